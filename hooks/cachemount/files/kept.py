"""What is kept of files that many Dockerfiles are asked about, in a run for good, in a server until one changes."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache

from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from functools import _lru_cache_wrapper
    from typing import TypeVar

    T = TypeVar("T")


# As many files and folders are looked at again, at about 2 microseconds each.
_MOST = 5_000
_FORGET: list[Callable[[], None]] = []


def kept(function: Callable[..., T]) -> _lru_cache_wrapper[T]:
    """Keep what a function finds in files, until it is forgotten."""
    found = lru_cache(maxsize=256)(function)
    _FORGET.append(found.cache_clear)
    return found


def forget() -> None:
    """Forget what is kept of files."""
    for clear in _FORGET:
        clear()


class Watch:
    """The files and folders that were looked at, and what they were then; nothing unless it `is_on`."""

    def __init__(self) -> None:
        self.is_on = False
        self._seen: dict[str, tuple[int, ...]] = {}

    def note(self, path: str) -> None:
        """Note what a file or folder is, before it is read."""
        if self.is_on and path not in self._seen:
            self._seen[path] = _state(path)

    def forget_changed(self) -> bool:
        """Forget everything where one of them is another one now, and return whether that is so.

        Where they are too many to be looked at again, everything is forgotten as well.
        """
        is_full = len(self._seen) > _MOST
        has_changed = not is_full and any(_state(path) != state for path, state in self._seen.items())
        if is_full or has_changed:
            forget()
            self._seen.clear()
        return has_changed


def _state(path: str) -> tuple[int, ...]:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return ()
    return (status.st_mtime_ns, status.st_size, status.st_ino, status.st_mode)


WATCH = Watch()
