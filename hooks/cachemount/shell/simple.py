"""Plain scripts cut into simple commands by one pattern; what it does not know is left to the grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount.shell.model import Assignment, Word
from cachemount.shell.words import parts, tilded
from cachemount.source import Excerpt

_BARE = r"A-Za-z0-9_./:=@%+,^~*?\-"
_VARIABLE = r"\$[A-Za-z_]\w*(?!\w)|\$\{[A-Za-z_]\w*\}"
_TEXT = r'[^"$`\\\n]*'
_QUOTED = rf"""'[^'\n]*'|"{_TEXT}(?:(?:\\[^\s`]|{_VARIABLE}){_TEXT})*"|{_VARIABLE}"""
_PIECES = rf"(?:(?:{_QUOTED})[{_BARE}#]*)+"
_WORD = rf"[{_BARE}][{_BARE}#]*"
_TOKEN = re.compile(
    rf"(&&|\|\|?|;)|([12]?>(?:>|&[12](?![^\s;&|]))?|&>>?)|((?:{_WORD}[ \t]+)+)"
    rf"|{_WORD}({_PIECES})?|({_PIECES})|([^ \t])",
    re.ASCII,
)
# The groups of a token; a word alone without quotes and variables is in none.
_OPERATOR, _REDIRECTION, _WORDS, _OTHER = 1, 2, 3, 6
# What may come: assignments and the program, words, what a redirection is to, nothing but redirections.
_BEGINNING, _ARGUMENTS, _TARGET, _REDIRECTED = range(4)
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=", re.ASCII)


class NotPlainError(Exception):
    """Only the grammar can read it."""


class Simple:
    """A simple command as it is written; `start` and `end` are where it stands in the text."""

    __slots__ = ("appends", "assignments", "end", "outputs", "start", "words")

    def __init__(self) -> None:
        self.words: list[Word] = []
        self.assignments: list[Assignment] = []
        self.outputs: list[Word] = []
        self.appends: list[Word] = []
        self.start, self.end = -1, 0

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


def simple_commands(excerpt: Excerpt) -> Iterator[tuple[list[Simple], re.Match[str] | None]]:
    """The pipelines of a list, each with the operator behind it. Raises `NotPlainError`."""
    text = excerpt.text
    pipeline: list[Simple] = []
    command = Simple()
    words, target, state = command.words, command.outputs, _BEGINNING
    for match in _TOKEN.finditer(text):
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
            word = Word(one, (one,) if plain else parts(one), one[0] == "~" and tilded(one), excerpt, start)
            start += len(one)
            if state == _ARGUMENTS:
                if "=" in one and words[-1].raw[-1] == "-":
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
        value=Word(value, parts(value), tilded(value), word.excerpt, word.start + match.end()),
        span=word.span,
    )
