"""Tells which words of an instruction ask for a heredoc."""

from __future__ import annotations

import re
from functools import lru_cache

from cachemount.dockerfile.syntax.lexer import LexedWord, Lexer, LexError
from cachemount.late_pattern import late
from cachemount.type_checking import NamedTuple

# What takes the lexer, and what does not: an operator keeps the blanks that follow it.
_SPECIAL = late(r"""[$'"\\]""")
_PLAIN = late(r"(?:<<[\t\r ]*|<|[^<\t\n\v\f\r ]+)+")
_HEREDOC = late(r"(\d*)<<(-?)[\t\n\f\r ]*([^<]*)", re.ASCII)


class HeredocWord(NamedTuple):
    """`name` is the unquoted delimiter of `<<name`."""

    name: str
    chomp: bool
    quoted: bool
    start: int
    end: int


def heredoc_word(text: str, start: int = 0, end: int = 0) -> HeredocWord | None:
    """Return the heredoc that the word `text` asks for, or None. Raises `LexError` where BuildKit refuses it."""
    match = _HEREDOC.fullmatch(text)
    delimiter = _delimiter(match[3]) if match and match[3] else None
    if not match or not delimiter:
        return None
    return HeredocWord(delimiter[0], match[2] == "-", delimiter[1], start, end)


@lru_cache(maxsize=256)
def _delimiter(text: str) -> tuple[str, bool] | None:
    """Return the unquoted delimiter and whether it had quotes; None if it is not exactly one word."""
    words = Lexer(text).words()
    if len(words) != 1:
        return None
    raw = Lexer(text, raw_quotes=True).words()
    if len(raw) != 1:
        raise LexError(f"internal lexing of heredoc produced inconsistent results: {text}")
    name = words[0].text
    return name, _quotes(name) != _quotes(raw[0].text)


def _quotes(text: str) -> int:
    return text.count("'") + text.count('"')


def heredoc_words(line: str) -> list[HeredocWord]:
    """Return the heredocs of an instruction's joined line, in order; none if its quotes or braces do not match."""
    if line.isascii() and not _SPECIAL.search(line):
        words = [LexedWord(match[0], *match.span()) for match in _PLAIN.finditer(line)]
    else:
        try:
            words = Lexer(line, raw_quotes=True, raw_escapes=True).words()
        except LexError:
            return []
    found = (heredoc_word(*word) for word in words if "<<" in word.text)
    return [heredoc for heredoc in found if heredoc]
