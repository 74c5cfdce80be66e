"""BuildKit's word lexer: cuts a line into words, expands variables.

It follows the lexer of BuildKit with all its quirks, because they decide which lines are instructions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cachemount.dockerfile.syntax.words import SPACE
from cachemount.late_pattern import late
from cachemount.type_checking import NamedTuple

_PLAIN = late(f"[^$<'\"\\\\{SPACE}]+")
_QUOTED = late(r'[^"$\\]+')
_SURROGATE = late(r"[\udc80-\udcff]")
# What the lexer leaves as it is.
PLAIN = late(r"[\w./:@%+,=~ -]*", re.ASCII)
_SPECIAL = "@*#?-$!0"
# Python's stack is smaller than Go's; real files stay far below this.
_DEEPEST = 100
# `ARG a=$a$a` doubles at each turn.
_LONGEST_EXPANSION = 4096


class LexError(ValueError):
    """The text cannot be cut into words, or a variable in it is not known."""


class LexedWord(NamedTuple):
    """A word and where it stands in the text."""

    text: str
    start: int
    end: int


class Lexer:
    """Cuts `text` into words once.

    With `variables` None they stay as they are written. Else they are expanded; the value None, or no value and no
    default, is a LexError.
    """

    def __init__(
        self,
        text: str,
        *,
        escape: str = "\\",
        raw_quotes: bool = False,
        raw_escapes: bool = False,
        variables: Mapping[str, str | None] | None = None,
    ) -> None:
        self._text = text if text.isascii() else _SURROGATE.sub("\ufffd", text)
        self._escape = escape
        self._raw_quotes = raw_quotes
        self._raw_escapes = raw_escapes
        self._variables = variables
        self._at = 1 if text.startswith("\ufeff") else 0
        self._depth = 0
        self._expanded = 0
        self._buffer: list[str] = []
        self._start = 0

    def words(self) -> list[LexedWord]:
        words: list[LexedWord] = []
        in_word = False
        while self._at < len(self._text):
            before = self._at
            char = self._text[before]
            if char in SPACE:
                self._at += 1
                if in_word and self._close(words, before):
                    in_word = False
                continue
            piece = self._piece(char)
            if char != "$":
                self._add(piece, before)
                in_word = True
                continue
            for part in piece:
                if part not in SPACE:
                    self._add(part, before)
                    in_word = True
                elif in_word and self._close(words, self._at):
                    in_word = False
        self._close(words, len(self._text))
        return words

    def word(self) -> str:
        """Return the whole text as one word, with its blanks."""
        return self._until("")

    def _add(self, piece: str, at: int) -> None:
        if not self._buffer:
            self._start = at
        if piece:
            self._buffer.append(piece)

    def _close(self, words: list[LexedWord], end: int) -> bool:
        if not self._buffer:
            return False
        words.append(LexedWord("".join(self._buffer), self._start, end))
        self._buffer = []
        return True

    def _piece(self, char: str) -> str:
        if char == "$":
            return self._dollar()
        if char == "<":
            return self._less()
        if char == "'":
            return self._single()
        if char == '"':
            return self._double()
        if char == self._escape:
            kept = char if self._raw_escapes else ""
            following = self._text[self._at + 1 : self._at + 2]
            self._at += 2
            return kept + following
        match = _PLAIN.match(self._text, self._at) if self._escape == "\\" else None
        end = match.end() if match else self._at + 1
        piece = self._text[self._at : end]
        self._at = end
        return piece

    def _until(self, stop: str) -> str:
        # The buffer of the word being read is shared by all levels in BuildKit: entering one loses what was read.
        self._buffer = []
        pieces: list[str] = []
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == stop:
                self._at += 1
                return "".join(pieces)
            if char in "$<'\"" or char == self._escape:
                pieces.append(self._piece(char))
            else:
                pieces.append(char)
                self._at += 1
        if stop:
            raise LexError(f"unexpected end of statement while looking for matching {stop}")
        return "".join(pieces)

    def _single(self) -> str:
        end = self._text.find("'", self._at + 1)
        if end < 0:
            raise LexError("unexpected end of statement while looking for matching single-quote")
        piece = self._text[self._at : end + 1]
        self._at = end + 1
        return piece if self._raw_quotes else piece[1:-1]

    def _double(self) -> str:
        pieces = ['"'] if self._raw_quotes else []
        self._at += 1
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == '"':
                self._at += 1
                if self._raw_quotes:
                    pieces.append(char)
                return "".join(pieces)
            if char == "$":
                pieces.append(self._dollar())
            elif char == self._escape:
                following = self._text[self._at + 1 : self._at + 2]
                self._at += 1
                if not following:
                    break
                if following not in ('"', "$", self._escape):
                    pieces.append(char if self._raw_quotes or not self._raw_escapes else char * 2)
                    continue
                pieces.append(char + following if self._raw_escapes else following)
                self._at += 1
            else:
                match = _QUOTED.match(self._text, self._at) if self._escape == "\\" else None
                end = match.end() if match else self._at + 1
                pieces.append(self._text[self._at : end])
                self._at = end
        raise LexError("unexpected end of statement while looking for matching double-quote")

    def _less(self) -> str:
        start = self._at
        self._at += 1
        if not self._text.startswith("<", self._at):
            return "<"
        self._at += 1
        while self._at < len(self._text) and self._text[self._at] in "\t\r ":
            self._at += 1
        return self._text[start : self._at]

    def _dollar(self) -> str:
        self._at += 1
        if not self._text.startswith("{", self._at):
            name = self._name()
            if not name:
                return "$"
            return f"${name}" if self._variables is None else self._value(name)
        self._at += 1
        following = self._text[self._at : self._at + 1]
        if not following:
            raise LexError("syntax error: missing '}'")
        if following in "{}:":
            raise LexError("syntax error: bad substitution")
        name = self._name()
        char = self._next()
        if char == "}":
            return f"${{{name}}}" if self._variables is None else self._value(name)
        self._depth += 1
        if self._depth > _DEEPEST:
            raise LexError("too many braces")
        result = self._modified(name, char)
        self._depth -= 1
        return result

    def _modified(self, name: str, char: str) -> str:
        if char == "/":
            double = self._text.startswith("/", self._at)
            self._at += double
            pattern = self._operand("/", raw_escapes=True)
            replacement = self._operand("}", raw_escapes=True)
            if self._variables is not None:
                raise LexError(f"{name} is replaced in")
            return f"${{{name}/{pattern}/{replacement}}}"
        modifier = char
        if char == ":":
            char = self._next()
            modifier += char
            if char and char in "#%":
                raise LexError(f"unsupported modifier ({modifier}) in substitution")
        elif not char or char not in "+-?#%":
            raise LexError(f"unsupported modifier ({modifier}) in substitution")
        word = self._operand("}", raw_escapes=char != "" and char in "#%")
        if self._variables is None:
            return f"${{{name}{modifier}{word}}}"
        value = self._value(name) if name in self._variables else None
        present = value is not None and not (modifier.startswith(":") and not value)
        if char == "-":
            return value if present and value is not None else word
        if char == "+":
            return word if present else ""
        if char == "?" and present and value is not None:
            return value
        raise LexError(f"{name} is unknown")

    def _operand(self, stop: str, *, raw_escapes: bool) -> str:
        outer = self._raw_escapes
        self._raw_escapes = raw_escapes
        operand = self._until(stop)
        self._raw_escapes = outer
        return operand

    def _value(self, name: str) -> str:
        value = None if self._variables is None else self._variables.get(name)
        if value is None:
            raise LexError(f"{name} is unknown")
        self._expanded += len(value)
        if self._expanded > _LONGEST_EXPANSION:
            raise LexError("too long")
        return value

    def _next(self) -> str:
        char = self._text[self._at : self._at + 1]
        self._at += 1
        return char

    def _name(self) -> str:
        text, start = self._text, self._at
        first = text[start : start + 1]
        if first.isdecimal():
            while self._at < len(text) and text[self._at].isdecimal():
                self._at += 1
        elif first and first in _SPECIAL:
            self._at += 1
        else:
            while self._at < len(text) and (
                text[self._at].isalpha() or text[self._at].isdecimal() or text[self._at] == "_"
            ):
                self._at += 1
        return text[start : self._at]
