"""Match paths and names against glob patterns.

The time for one pattern is bounded by its length times that of the name: `fnmatch` goes back to the last star only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import translate
from functools import lru_cache

# No stage, image or file has a longer name, no file is in more folders, and hostile ones take time.
_LONGEST_NAME = 1_000
_MOST_FOLDERS = 256
# The most patterns that a configuration may have are among them.
_CACHED = 4_096


def match_path(pattern: str, path: str) -> bool:
    """Return whether a pattern matches a path or one of the folders that it is in.

    Both use `/`. `*`, `?` and `[...]` stay inside one component; a component `**` is any number of components.
    """
    wanted, parts = _components(pattern), path.split("/")
    if len(parts) > _MOST_FOLDERS:
        return False
    at = item = 0
    back: tuple[int, int] | None = None
    while item < len(parts):
        if at < len(wanted) and wanted[at] == "**":
            at += 1
            back = at, item
        elif at < len(wanted) and match_name(wanted[at], parts[item]):
            at += 1
            item += 1
        elif back is not None:
            # Going back to an earlier `**` could never help.
            back = at, item = back[0], back[1] + 1
        else:
            return False
    return all(rest == "**" for rest in wanted[at:])


@lru_cache(maxsize=_CACHED)
def match_name(pattern: str, name: str) -> bool:
    """Return whether a pattern matches a whole name; `*` runs over any character."""
    return len(name) <= _LONGEST_NAME and _matcher(pattern)(name) is not None


@lru_cache(maxsize=_CACHED)
def _components(pattern: str) -> tuple[str, ...]:
    # What is inside a matching folder matches too, so one more `**` ends every pattern.
    return (*(part for part in pattern.split("/") if part not in ("", ".")), "**")


@lru_cache(maxsize=_CACHED)
def _matcher(pattern: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(translate(pattern)).match
