"""How much a step downloads, as its package managers print it."""

from __future__ import annotations

import re

from cachemount.late_pattern import late

_AMOUNT = r"(?P<number>\d[\d,]*(?:\.\d+)?) ?(?P<unit>[kKMG]?i?)B?"

# Each line is counted as it stands. "Using cached" and "Total size" say that nothing was fetched, which is told too.
_FETCHED = late(
    "|".join(
        (
            r"Fetched AMOUNT in ",  # apt
            r"\s*Downloading \S+ \(AMOUNT\)",  # pip
            r"Total download size: AMOUNT",  # dnf, yum
            r"Total Download Size: +AMOUNT",  # pacman
            r"(?:Overall|Package) download size: +AMOUNT",  # zypper
            r"\s+Total: +AMOUNT",  # conda
        )
    ).replace("AMOUNT", "(" + re.sub(r"\?P<\w+>", "?:", _AMOUNT) + ")")
)
_NOTHING = late(r"Need to get 0 B(?: of|/)|\s*Using cached \S+ \(|Total size: \d|Already downloaded: ")
_PARTS = late(_AMOUNT)
# pip, apt and zypper write kB for a thousand bytes, dnf and conda k or KB for what may be 1,024: the sum is rounded
# for reading anyway.
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30}


def downloaded(line: str) -> int | None:
    """Return the bytes that a line of a package manager says were downloaded; None where it does not say."""
    match = _FETCHED.match(line)
    if match is None:
        return 0 if _NOTHING.match(line) else None
    amount = _PARTS.match(next(group for group in match.groups() if group))
    assert amount is not None
    return round(float(amount["number"].replace(",", "")) * _UNITS[amount["unit"].lower()])
