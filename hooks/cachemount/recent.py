"""What was found out lately: a mapping that forgets, so that a run over many folders does not grow with each."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

# Files come folder by folder: what is asked again is of the folders just before, and of those they are in.
_MOST = 1_000


class Recent(dict[K, V]):
    """Holds the newest keys; a key must not be set twice."""

    def __setitem__(self, key: K, value: V) -> None:
        if len(self) >= _MOST:
            del self[next(iter(self))]
        super().__setitem__(key, value)


def inherited(folder: str, known: Recent[str, V], look: Callable[[str], tuple[V] | None]) -> V:
    """What holds in a folder: what `look` gives for it or for the nearest one above; None sends the search upwards.

    `look` has to give something for the root.
    """
    passed = []
    while folder not in known:
        passed.append(folder)
        answer = look(folder)
        if answer is not None:
            value = answer[0]
            break
        folder = os.path.dirname(folder)
    else:
        value = known[folder]
    for one in reversed(passed):
        known[one] = value
    return value
