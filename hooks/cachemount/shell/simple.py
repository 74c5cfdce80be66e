"""Plain scripts cut into simple commands by one pattern; what it does not know is left to the grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount.shell.model import Assignment, Word
from cachemount.shell.words import parts, tilded
from cachemount.source import Excerpt, Span

_BARE = r"A-Za-z0-9_./:=@%+,^~*?\-"
_VARIABLE = r"\$[A-Za-z_]\w*(?!\w)|\$\{[A-Za-z_]\w*\}"
_TEXT = r'[^"$`\\\n]*'
_QUOTED = rf"""'[^'\n]*'|"{_TEXT}(?:(?:\\[^\s`]|{_VARIABLE}){_TEXT})*"|{_VARIABLE}"""
_PIECES = rf"(?:(?:{_QUOTED})[{_BARE}#]*)+"
_TOKEN = re.compile(
    rf"(&&|\|\|?|;)|([12]?>(?:>|&[12](?![^\s;&|]))?|&>>?)|[{_BARE}][{_BARE}#]*({_PIECES})?|({_PIECES})|([^ \t])",
    re.ASCII,
)
# The groups of a token; a word without quotes and variables is in none.
_OPERATOR, _REDIRECTION, _OTHER = 1, 2, 5
# What may come: assignments and the program, words, what a redirection is to, nothing but redirections.
_BEGINNING, _ARGUMENTS, _TARGET, _REDIRECTED = range(4)
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=", re.ASCII)
_NOWHERE = Span(0, 0)


class NotPlainError(Exception):
    """Only the grammar can read it."""


class Simple:
    """A simple command as it is written; `place` is where it stands in the text."""

    __slots__ = ("appends", "assignments", "outputs", "place", "span", "words")

    def __init__(self) -> None:
        self.words: list[Word] = []
        self.assignments: list[Assignment] = []
        self.outputs: list[Word] = []
        self.appends: list[Word] = []
        self.span = self.place = _NOWHERE

    def begin(self, word: Word) -> int:
        """Take an assignment or the program; gives back what may come."""
        if "=" not in word.raw:
            self.words.append(word)
            return _ARGUMENTS
        if self.assignments and "$" in self.assignments[-1].value.raw:
            # The grammar may take the second assignment for a command.
            raise NotPlainError
        self.assignments.append(assignment(word))
        return _BEGINNING


def simple_commands(excerpt: Excerpt) -> Iterator[tuple[list[Simple], re.Match[str] | None]]:  # noqa: PLR0915
    """The pipelines of a list, each with the operator behind it. Raises `NotPlainError`."""
    text, offsets = excerpt.text, excerpt.offsets
    # Where the pieces of the text end.
    ends = (*excerpt.starts[1:], len(text) + 1)
    piece, limit, shift = 0, ends[0], offsets[0]
    pipeline: list[Simple] = []
    command = Simple()
    words, target, state = command.words, command.outputs, _BEGINNING
    start, begin, end, span = -1, 0, 0, _NOWHERE
    for match in _TOKEN.finditer(text):
        kind = match.lastindex
        raw = match[0]
        if kind == _OPERATOR:
            if start < 0 or state == _TARGET:
                raise NotPlainError
            command.span, command.place = Span(begin, span.end), Span(start, end)
            pipeline.append(command)
            if raw != "|":
                yield pipeline, match
                pipeline = []
            command = Simple()
            words, start, state = command.words, -1, _BEGINNING
            continue
        first, end = match.span()
        while first >= limit:
            piece += 1
            shift = offsets[piece] - limit
            limit = ends[piece]
        span = Span(first + shift, end + shift) if end <= limit else excerpt.span(first, end)
        if start < 0:
            start, begin = first, span.start
        if kind == _REDIRECTION:
            # Behind a dash the grammar takes the number of a file for something else.
            if state not in (_ARGUMENTS, _REDIRECTED) or text[first - 1] not in " \t" or words[-1].raw[-1] == "-":
                raise NotPlainError
            target = command.appends if raw[-2:] == ">>" else command.outputs
            state = _TARGET if raw[-1] == ">" else _REDIRECTED
            continue
        if kind == _OTHER:
            raise NotPlainError
        word = Word(span=span, raw=raw, parts=(raw,) if kind is None else parts(raw), tilde=tilded(raw))
        if state == _ARGUMENTS:
            if "=" in raw and words[-1].raw[-1] == "-":
                # The grammar passes over some dashes there; what it makes of the script decides.
                raise NotPlainError
            words.append(word)
        elif state == _TARGET:
            target.append(word)
            state = _REDIRECTED
        elif state == _BEGINNING:
            state = command.begin(word)
        else:
            raise NotPlainError
    if start >= 0 and state != _TARGET:
        command.span, command.place = Span(begin, span.end), Span(start, end)
        yield [*pipeline, command], None
    elif pipeline or start >= 0:
        raise NotPlainError


def assignment(word: Word) -> Assignment:
    """`NAME=value`, which has been read as a word."""
    raw = word.raw
    match = _ASSIGNMENT.match(raw)
    # Without a value, or on two lines, the place of the value is for others to find.
    if match is None or match.end() == len(raw) or word.span.end - word.span.start != len(raw):
        raise NotPlainError
    value = raw[match.end() :]
    span = Span(word.span.start + match.end(), word.span.end)
    return Assignment(
        name=match[1], value=Word(span=span, raw=value, parts=parts(value), tilde=tilded(value)), span=word.span
    )
