"""Places in a text as the language server protocol counts them."""

from __future__ import annotations

import re
from bisect import bisect_right

from lsprotocol.types import Position, Range

from cachemount.source import Span
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from pygls.workspace import PositionCodec


class Positions:
    """The lines of a text, and the units of the encoding that client and server have agreed on.

    CR, LF and CRLF end a line, and nothing else does; a line end has no width.
    """

    def __init__(self, text: str, codec: PositionCodec) -> None:
        self._text = text
        self._codec = codec
        ends = list(re.finditer(r"\r\n?|\n", text))
        self._starts = [0, *(one.end() for one in ends)]
        self._ends = [*(one.start() for one in ends), len(text)]

    def position(self, offset: int) -> Position:
        line = bisect_right(self._starts, offset) - 1
        before = self._text[self._starts[line] : min(offset, self._ends[line])]
        return Position(line=line, character=self._codec.client_num_units(before))

    def range(self, span: Span) -> Range:
        return Range(start=self.position(span.start), end=self.position(span.end))

    def offset(self, position: Position) -> int:
        """Return the offset of a position; what is beyond the end of its line is that end."""
        if position.line >= len(self._starts):
            return len(self._text)
        at, end = self._starts[position.line], self._ends[position.line]
        units = 0
        while at < end and units < position.character:
            units += self._codec.client_num_units(self._text[at])
            at += 1
        return at

    def span(self, place: Range) -> Span:
        return Span(self.offset(place.start), self.offset(place.end))
