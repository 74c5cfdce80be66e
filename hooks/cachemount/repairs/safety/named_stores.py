"""Words of what the image runs that name a store by its path, as a class path does."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Sequence

from cachemount.facts.locations import below
from cachemount.late_pattern import late

_PATH = late(r"(?:~|\$HOME|\$\{HOME\})?/[\w./*+@-]*")
_HOME = late(r"\A(?:~|\$HOME|\$\{HOME\})(?=/)")


def names_store(words: Sequence[str], places: Collection[str], home: str | None) -> bool:
    """Return whether a word has the path of a place, of what is in it, or of a hidden folder around it."""
    for path in (path for word in words for path in _PATH.findall(word)):
        full = posixpath.normpath(_HOME.sub(home or "/root", path).partition("*")[0])
        hidden = posixpath.basename(full).startswith(".")
        if any(below(full, place) or (hidden and below(place, full)) for place in places):
            return True
    return False
