"""Words of what the image runs that name a store by its path, or by the end of that, as a class path does."""

from __future__ import annotations

import posixpath
import re
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


def names_folder(words: Sequence[str], ends: Collection[str]) -> bool:
    """Return whether a word has what the path of a store ends with, or all of a hidden folder that it is in."""
    wanted = [*ends, *(f"{one.partition('/')[0]}/*" for one in ends if one.startswith("."))]
    return any(re.search(rf"/{re.escape(one)}(?![\w-])", word) for word in words for one in wanted)
