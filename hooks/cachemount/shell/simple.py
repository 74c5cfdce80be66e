"""Plain scripts cut into simple commands by one pattern; what it does not know is left to the grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from cachemount.shell.model import Assignment, Word
from cachemount.shell.words import read_word, tilded
from cachemount.source import Excerpt

_BARE = r"A-Za-z0-9_./:=@%+,^~*?\-"
_VARIABLE = r"\$[A-Za-z_]\w*(?!\w)|\$\{[A-Za-z_]\w*\}"
_TEXT = r'[^"$`\\\n]*'
_SINGLE = r"'[^'\n]*'"
_CODE = r"""[^()'"`$#\\\n]*"""
# Commands without parentheses of their own.
_SUBSTITUTION = rf"""\$\({_CODE}(?:(?:{_SINGLE}|"{_TEXT}(?:(?:{_VARIABLE}){_TEXT})*"|{_VARIABLE}){_CODE})*\)"""
_ESCAPE = r"\\[^\s`]"
_DOUBLE = rf'"{_TEXT}(?:(?:{_ESCAPE}|{_VARIABLE}|{_SUBSTITUTION}){_TEXT})*"'
_SET = r"\[[\w.^!*,-]+\]"
_PIECES = rf"(?:(?:{_SINGLE}|{_DOUBLE}|{_VARIABLE}|{_SUBSTITUTION}|{_SET})[{_BARE}#]*)+"
_WORD = rf"[{_BARE}][{_BARE}#]*"
_TOKEN = re.compile(
    rf"(&&|\|\|?|;)|([12]?>(?:>|&[12](?![^\s;&|]))?|&>>?)|((?:{_WORD}[ \t]+)+)"
    rf"|(?:{_WORD})?({_PIECES})|{_WORD}|([^ \t])",
    re.ASCII,
)
# The groups of a token; a word alone without quotes and variables is in none.
_OPERATOR, _REDIRECTION, _WORDS, _OTHER = 1, 2, 3, 5
# What may come: assignments and the program, words, what a redirection is to, nothing but redirections.
_BEGINNING, _ARGUMENTS, _TARGET, _REDIRECTED = range(4)
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=", re.ASCII)


class NotPlainError(Exception):
    """Only the grammar can read it."""


class Simple:
    """A simple command as it is written; `start` and `end` are where it stands in the text.

    `inner` are the places of the commands in its substitutions.
    """

    __slots__ = ("appends", "assignments", "end", "inner", "outputs", "start", "words")

    def __init__(self) -> None:
        self.words: list[Word] = []
        self.assignments: list[Assignment] = []
        self.outputs: list[Word] = []
        self.appends: list[Word] = []
        self.inner: list[tuple[int, int]] = []
        self.start, self.end = -1, 0

    def word(self, excerpt: Excerpt, raw: str, start: int) -> Word:
        """A word in which quotes, variables or substitutions are."""
        if "$(" in raw:
            self.inner += [(start + first + 2, start + end - 1) for first, end in _substitutions(raw)]
        return _word(excerpt, raw, start)

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


def _word(excerpt: Excerpt, raw: str, start: int) -> Word:
    return read_word(excerpt, raw, start, _substitutions(raw) if "$(" in raw else ())


@cache
def _pieces() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What tells the pieces of a word apart, and those of a string in double quotes; most scripts need neither."""
    return (
        re.compile(rf"{_SINGLE}|({_DOUBLE})|({_SUBSTITUTION})", re.ASCII),
        re.compile(rf"{_ESCAPE}|({_SUBSTITUTION})", re.ASCII),
    )


def _substitutions(raw: str) -> list[tuple[int, int]]:
    """Where the substitutions of a word are."""
    found = []
    pieces, in_quotes = _pieces()
    for piece in pieces.finditer(raw):
        if piece[1]:
            found += [match.span(1) for match in in_quotes.finditer(raw, *piece.span()) if match[1]]
        elif piece[2]:
            found.append(piece.span())
    return found


def simple_commands(  # noqa: PLR0915
    excerpt: Excerpt, place: tuple[int, int] | None = None
) -> Iterator[tuple[list[Simple], re.Match[str] | None]]:
    """The pipelines of a list, which is the text or a part of it, each with the operator behind it.

    Raises `NotPlainError`.
    """
    text = excerpt.text
    pipeline: list[Simple] = []
    command = Simple()
    words, target, state = command.words, command.outputs, _BEGINNING
    for match in _TOKEN.finditer(text, *(place or ())):
        kind = match.lastindex
        raw = match[0]
        if kind == _OPERATOR:
            if command.start < 0 or state == _TARGET:
                raise NotPlainError
            pipeline.append(command)
            if raw != "|":
                yield pipeline, match
                pipeline = []
            command = Simple()
            words, state = command.words, _BEGINNING
            continue
        start = match.start()
        if command.start < 0:
            command.start = start
        if kind == _REDIRECTION:
            # Behind a dash the grammar takes the number of a file for something else.
            if state not in (_ARGUMENTS, _REDIRECTED) or text[start - 1] not in " \t" or words[-1].raw[-1] == "-":
                raise NotPlainError
            target = command.appends if raw[-2:] == ">>" else command.outputs
            state = _TARGET if raw[-1] == ">" else _REDIRECTED
            command.end = match.end()
            continue
        if kind == _OTHER:
            raise NotPlainError
        plain = kind is None or kind == _WORDS
        for one in raw.split() if plain else (raw,):
            start = text.index(one, start)
            if plain:
                word = Word(one, one, one[0] == "~" and tilded(one), excerpt, start)
            else:
                word = command.word(excerpt, one, start)
            start += len(one)
            if state == _ARGUMENTS:
                if "=" in one and words[-1].raw[-1] == "-" and not (one[0] == "-" and words[-1].raw == "--"):
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
        command.end = start
    if command.start >= 0 and state != _TARGET:
        yield [*pipeline, command], None
    elif pipeline or command.start >= 0:
        raise NotPlainError


def assignment(word: Word) -> Assignment:
    """`NAME=value`, which has been read as a word."""
    raw = word.raw
    match = _ASSIGNMENT.match(raw)
    # Without a value, or on two lines, the place of the value is for others to find.
    if match is None or match.end() == len(raw) or word.span.end - word.span.start != len(raw):
        raise NotPlainError
    value = raw[match.end() :]
    return Assignment(
        name=match[1],
        value=_word(word.excerpt, value, word.start + match.end()),
        span=word.span,
    )
