"""What was found out lately: a mapping that forgets, so that a run over many folders does not grow with each."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

# Files come folder by folder: what is asked again is of the folders just before, and of those they are in.
_MOST = 1_000


class Recent(dict[K, V]):
    """Forgets only when it is asked to make room."""

    def make_room(self) -> None:
        if len(self) >= _MOST:
            self.clear()
