"""The folders that a file is in and their entries: each is looked at once for all that is searched for upwards."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from cachemount.records import Record, field
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeVar

    K = TypeVar("K")
    V = TypeVar("V")

CONFIGURATIONS = (".cachemount.toml", "pyproject.toml")
BASELINE = ".cachemount-baseline.jsonl"
REPOSITORY = ".git"

_NAMES = (*CONFIGURATIONS, BASELINE, REPOSITORY)


# Files come folder by folder: what is asked again is of the folders just before, and of those they are in.
_MOST = 1_000


def make_room(answers: dict[K, V]) -> None:
    """Forget all answers where there are many, so that a run over many folders does not grow with each."""
    if len(answers) >= _MOST:
        answers.clear()


class Place(Record, eq=False):
    """A folder where something stands that is searched for, or where searches end.

    `above` is the nearest such folder that this one is in; None at the root of a repository or of the file system.
    """

    folder: str
    names: tuple[str, ...]
    above: Place | None


class Folders(Record, frozen=False):
    """Finds for each folder the nearest place, going up from that folder itself."""

    _nearest: dict[str, Place] = field(default_factory=dict)

    def above(self, path: str) -> Place:
        """Return the nearest place for a file (as given, relative to the current folder)."""
        folder = os.path.dirname(os.path.abspath(path))
        return self._nearest.get(folder) or self._search(folder)

    def _search(self, folder: str) -> Place:
        known = self._nearest
        make_room(known)
        passed = []
        place = None
        while folder not in known:
            names = _standing_in(os.path.join(folder, ""))
            passed.append((folder, names))
            above = os.path.dirname(folder)
            if above == folder or REPOSITORY in names:
                break
            folder = above
        else:
            place = known[folder]
        for folder, names in reversed(passed):
            if names or place is None:
                place = Place(folder=folder, names=tuple(names), above=place)
            known[folder] = place
        assert place is not None
        return place


def inherited(place: Place, known: dict[Place, V], look: Callable[[Place], V]) -> V:
    """Return what `look` gives for a place or, where that is None, for the nearest one above that has a value."""
    if place in known:
        return known[place]
    passed = [place]
    value = look(place)
    above = place.above
    while value is None and above is not None:
        if above in known:
            value = known[above]
            break
        value = look(above)
        passed.append(above)
        above = above.above
    make_room(known)
    known.update(dict.fromkeys(passed, value))
    return value


# It takes half the time of lstat. Where the C library or the kernel lacks it, it says no to everything.
_exists: Callable[[str], bool] = partial(os.access, mode=os.F_OK, follow_symlinks=False)
if os.access not in os.supports_follow_symlinks or not _exists(os.sep):
    _exists = os.path.lexists


def _standing_in(start: str) -> list[str]:
    try:
        return [name for name in _NAMES if _exists(start + name)]
    except ValueError:  # This cannot be a folder.
        return []
