"""Cuts the joined line of an instruction into keyword, flags and arguments."""

from __future__ import annotations

import re
from functools import cache

from cachemount.dockerfile.model import Heredoc
from cachemount.dockerfile.syntax.words import SPACE, JsonString, MixedArrayError, json_strings
from cachemount.late_pattern import late
from cachemount.records import Record
from cachemount.source import Excerpt
from cachemount.type_checking import NamedTuple

# Single bytes that BuildKit takes for blanks, as they appear in a text where they are not UTF-8.
RAW_SPACE = chr(0xDC85) + chr(0xDCA0)

KEYWORDS = frozenset(
    {
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    }
)
_JSON_KEYWORDS = frozenset({"ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"})

_HALF = late(r"[\ud800-\udc7f\udd00-\udfff]")
_KEYWORD = late(r"([^\t\v\f\r ]*)[\t\v\f\r ]*")
# Most instructions begin so: no flags, no JSON, no other instruction after ONBUILD.
_USUAL = late(r"(?!ONBUILD)([A-Z]+) +(?=[A-Za-z0-9/$\".])")
_NOWHERE = Excerpt("")
# BuildKit reads flags byte by byte and takes these bytes for blanks, even in the middle of a character.
_BYTE_SPACE = "\t\n\v\f\r \x85\xa0"
_QUOTES = "'\""


class SplitError(ValueError):
    """BuildKit refuses the line; `offset` is in the line."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class RawFlag(NamedTuple):
    """A flag word, quotes and escapes undone; the offsets of `word` are those in the line."""

    word: Excerpt
    start: int
    end: int


class RawInstruction(Record, frozen=False, kw_only=False):
    """An instruction's line and its parts.

    Offsets are in the line: `start` is that of the keyword, `insertion` that of the first character after the keyword
    and its blanks, `arguments` that of the arguments without the flags.

    `strings` are the words of the JSON form. `child` is the instruction in an ONBUILD. `joined_line` is the line as it
    stands in the file, and `end_offset` the end of the last of its lines there, heredocs included.
    """

    line: str
    keyword: str
    start: int
    insertion: int
    flags: tuple[RawFlag, ...]
    arguments: int
    end: int
    strings: list[JsonString] | None = None
    child: RawInstruction | None = None
    joined_line: Excerpt = _NOWHERE
    end_offset: int = 0
    heredocs: tuple[Heredoc, ...] = ()

    @property
    def offset(self) -> int:
        """Where in the file the keyword is."""
        return self.joined_line.offset(self.start)

    @property
    def rest(self) -> str:
        return self.line[self.arguments : self.end]


def split(line: str, escape: str, start: int = 0, *, nested: bool = False) -> RawInstruction:
    """RawInstruction `line` from `start` on; a SplitError is BuildKit's."""
    end = len(line.rstrip(SPACE)) if line[-1:] in SPACE else len(line)
    usual = _USUAL.match(line, start)
    if usual is not None and usual[1] in KEYWORDS:
        return RawInstruction(line, usual[1], start, usual.end(1) + 1, (), usual.end(), end)
    while start < end and line[start] in SPACE:
        start += 1
    match = _KEYWORD.match(line, start, max(start, end))
    keyword, after, at = (match[1], match.end(1), match.end()) if match else ("", start, start)
    if keyword not in KEYWORDS:
        # BuildKit knows keywords in any case, by Go's lower-casing: the Kelvin sign is a k.
        keyword = keyword.lower().upper()
    insertion = min(after + 1, len(line))
    flags: tuple[RawFlag, ...] = ()
    if line.startswith("--", at) or (at < end and line[at] in RAW_SPACE):
        flags, at = _flags(line, at, end, escape)
    while at < end and line[at] in SPACE:
        at += 1
    result = RawInstruction(line, keyword, start, insertion, flags, at, end)
    if keyword in _JSON_KEYWORDS and line.startswith("[", at):
        try:
            result.strings = json_strings(line[at:end])
        except MixedArrayError as error:
            raise SplitError(str(error), at) from None
    elif keyword == "ONBUILD" and at < end and not nested:
        result.child = split(line, escape, at, nested=True)
    return result


def _flags(line: str, start: int, end: int, escape: str) -> tuple[tuple[RawFlag, ...], int]:
    """Return the flags from the offset `start` on, and the offset where what follows them begins."""
    text = line[start:end]
    if text.isascii():
        flags, at = _ascii_flags(text, range(start, end + 1), escape)
        return flags, start + at
    # JSON can name half a character, which stands for no byte.
    data = _HALF.sub("\ufffd", text).encode("utf-8", "surrogateescape")
    offsets: list[int] = []
    for offset, char in enumerate(text, start):
        code = ord(char)
        width = 1 if code < 0x80 or 0xDC80 <= code <= 0xDCFF else 2 if code < 0x800 else 3 if code < 0x10000 else 4
        offsets.extend([offset] * width)
    offsets.append(end)
    flags, at = _ascii_flags(data.decode("latin-1"), offsets, escape)
    # Arguments that begin in the middle of a character begin with the next one here.
    while 0 < at < len(data) and offsets[at] == offsets[at - 1]:
        at += 1
    return flags, offsets[at]


def _ascii_flags(text: str, offsets: range | list[int], escape: str) -> tuple[tuple[RawFlag, ...], int]:
    flags: list[RawFlag] = []
    at = 0
    while True:
        while at < len(text) and text[at] in _BYTE_SPACE:
            at += 1
        if not text.startswith("--", at):
            return tuple(flags), at
        begin = at
        chunks, at = _flag_chunks(text, at, escape)
        word = "".join(chunk for chunk, _ in chunks)
        if word == "--":
            return tuple(flags), at
        starts = [0]
        places = [offsets[begin]]
        length = 0
        for chunk, place in chunks:
            if isinstance(offsets, range):
                if offsets[place] - length != places[-1] - starts[-1]:
                    starts.append(length)
                    places.append(offsets[place])
            else:
                for index in range(len(chunk)):
                    starts.append(length + index)
                    places.append(offsets[place + index])
            length += len(chunk)
        if not isinstance(offsets, range):
            starts, places = starts[1:], places[1:]
        stop = offsets[at - 1] + 1
        flags.append(RawFlag(Excerpt(word, tuple(starts), tuple(places)), offsets[begin], stop))


@cache
def _literal(escape: str, quote: str) -> re.Pattern[str]:
    """Return what is taken as it is in a flag word, in quotes or (with `quote` empty) outside."""
    return re.compile(f"[^{quote or _BYTE_SPACE + _QUOTES}{re.escape(escape)}]+")


def _flag_chunks(text: str, at: int, escape: str) -> tuple[list[tuple[str, int]], int]:
    """Pieces of the flag word at `at`, with their offsets, and the offset after the word."""
    chunks: list[tuple[str, int]] = []
    quote = ""
    while at < len(text):
        char = text[at]
        match = _literal(escape, quote).match(text, at)
        if match:
            chunks.append((match[0], at))
            at = match.end()
        elif char == escape:
            if at + 1 < len(text):
                chunks.append((text[at + 1], at + 1))
            at += 2
        elif quote:
            quote = ""
            at += 1
        elif char in _QUOTES:
            quote = char
            at += 1
        else:
            break
    return chunks, min(at, len(text))
