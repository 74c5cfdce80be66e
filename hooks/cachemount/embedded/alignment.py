"""Finding the characters of a value in the text that it is written in."""

from __future__ import annotations

from cachemount.source import Span

_NAMED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "/": "/", " ": " "}


def align(text: str, span: Span, value: str) -> tuple[int, ...]:
    """Offsets in `text[span]` of the characters of `value`, and one for the end.

    The text may be quoted, with escapes, or folded over lines. Where the value cannot be followed through it, every
    offset is the start of the span.
    """
    at, end = span
    offsets: list[int] = []
    quote = text[at] if at < end and text[at] in "\"'" else ""
    at += len(quote)
    for character in value:
        if character not in " \n\t":
            while at < end and text[at] in " \r\n\t":
                at += 1
        width = _width(text, at, end, character, quote)
        while not width and text.startswith("\\", at) and text[at + 1 : at + 2] in ("\n", "\r"):
            # A double-quoted line that goes on without a space.
            at += 1
            while at < end and text[at] in " \r\n\t":
                at += 1
            width = _width(text, at, end, character, quote)
        if not width and character in " \n":
            # A line was folded: the break and the indentation after it stand for one character, or for none.
            offsets.append(at)
            continue
        if not width:
            return (span.start,) * (len(value) + 1)
        offsets.append(at)
        at += width
    return (*offsets, min(at, end))


def _width(text: str, at: int, end: int, character: str, quote: str) -> int:
    """Return how many characters at a place stand for the wanted one; 0 if they do not."""
    if at >= end:
        return 0
    if quote == '"' and text[at] == "\\":
        escape = text[at + 1 : at + 2]
        if _NAMED.get(escape) == character:
            return 2
        digits = {"x": 2, "u": 4, "U": 8}.get(escape, 0)
        try:
            return digits + 2 if digits and int(text[at + 2 : at + 2 + digits], 16) == ord(character) else 0
        except ValueError:
            return 0
    if text[at] != character:
        return 0
    return 2 if quote == "'" == character else 1
