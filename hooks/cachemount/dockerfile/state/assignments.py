"""The `NAME=value` pairs of ENV and ARG, and values with variables filled in as BuildKit does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cachemount.dockerfile.model import HOST_VARIABLE, Instruction
from cachemount.dockerfile.syntax.lexer import PLAIN, Lexer, LexError
from cachemount.dockerfile.syntax.words import SPACE, split_words
from cachemount.late_pattern import late
from cachemount.records import Record
from cachemount.source import Span

_BLANKS = late(r"[\t\v\f\r ]+")


class Pair(Record, kw_only=False):
    """`raw` is the value as written, None for an ARG without one; `span` covers the name and the value.

    `old` marks `ENV name value`, where all the rest of the line is the value.
    """

    name: str
    raw: str | None
    span: Span
    old: bool = False


class _Defined(Mapping[str, "str | None"]):
    """Variables as BuildKit sees them: one that is not set is empty, but is not there; the host's are not known."""

    def __init__(self, variables: Mapping[str, str | None]) -> None:
        self._variables = variables

    def __getitem__(self, name: str) -> str | None:
        return None if name.startswith(HOST_VARIABLE) else self._variables.get(name, "")

    def __contains__(self, name: object) -> bool:
        return name in self._variables or (isinstance(name, str) and name.startswith(HOST_VARIABLE))

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)


def pairs(instruction: Instruction, escape: str = "\\") -> tuple[Pair, ...]:
    """Return the pairs of an ENV or ARG instruction, in order; `ENV name value` is one pair."""
    arguments = instruction.arguments
    text = arguments.text
    words = split_words(text, escape)
    if not words:
        return ()
    at = _after_space(text, 0)
    if instruction.keyword == "ENV" and "=" not in words[0]:
        end = len(text.rstrip(SPACE))
        blank = _BLANKS.search(text, at, end)
        name, value = (text[at : blank.start()], blank.end()) if blank else (text[at:end], end)
        return (Pair(name, text[value:end], arguments.span(at, end), old=True),)
    found = []
    for word in words:
        at = _after_space(text, at)
        name, equals, raw = word.partition("=")
        span = arguments.span(at, at + len(word))
        found.append(Pair(name.strip("\"'"), raw if equals else None, span))
        at += len(word)
    return tuple(found)


def expand(raw: str, variables: Mapping[str, str | None], escape: str = "\\") -> str | None:
    """Return the value of a word with quotes taken off and variables filled in.

    Return None when one of the variables is not known, or when BuildKit would refuse the word.
    """
    if PLAIN.fullmatch(raw):
        return raw
    try:
        return Lexer(raw, escape=escape, variables=_Defined(variables)).word()
    except LexError:
        return None


def _after_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in SPACE:
        at += 1
    return at
