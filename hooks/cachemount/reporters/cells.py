"""A line of text as a terminal shows it: how many cells each character takes."""

from __future__ import annotations

import unicodedata

from cachemount.results import printable

_TAB = 4
_CUT = "\u2026"
_BEFORE = 16


class Cells:
    """A line without its end. Wide characters take two cells, combining ones none, and tabs end at every fourth cell.

    What could steer a terminal is shown as an escape.
    """

    def __init__(self, text: str) -> None:
        self._shown: list[str] = []
        self._at = [0]
        for character in text:
            at = self._at[-1]
            shown = " " * (_TAB - at % _TAB) if character == "\t" else printable(character)
            self._shown.append(shown)
            self._at.append(at + _width(shown))

    @property
    def whole(self) -> str:
        """The whole line, however long."""
        return "".join(self._shown)

    def window(self, start: int, end: int, room: int) -> tuple[str, int, int]:
        """Return what fits in `room` cells, with the characters `start` to `end` (0-based) in view as far as they fit.

        The result is the text, the cell where `start` stands in it, and how many cells from there are marked.
        """
        last = len(self._shown)
        start, end = min(start, last), min(max(start, end), last)
        first = 0
        cut = ""
        if self._at[last] > room and self._at[min(start + 1, last)] > room - _BEFORE:
            while first < start and self._at[start] - self._at[first] > _BEFORE:
                first += 1
            cut = _CUT if first else ""
        room -= len(cut)
        stop = last
        if self._at[last] - self._at[first] > room:
            while stop > first and self._at[stop] - self._at[first] > room - 1:
                stop -= 1
        text = cut + "".join(self._shown[first:stop]) + (_CUT if stop < last else "")
        marked = self._at[min(end, stop)] - self._at[min(start, stop)]
        return text, len(cut) + self._at[min(start, stop)] - self._at[first], marked


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.category(one) in ("Mn", "Me") else 1 + (unicodedata.east_asian_width(one) in "WF")
        for one in text
    )
