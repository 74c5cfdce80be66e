"""How BuildKit splits the text of an instruction: its character classes, name=value words, JSON arrays of strings."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from cachemount.late_pattern import late
from cachemount.type_checking import NamedTuple

# Go's unicode.IsSpace. Python's own notion of white space has four control characters more.
SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
# What Go's strconv.ParseBool takes.
TRUE_OR_FALSE = ("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False")

_BLANKS = late(r"[\t\v\f\r ]+")
_STRING = late(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"')
_SPACES = late(f"[{SPACE}]+")
_SURROGATE = late(r"[\ud800-\udfff]")


class JsonString(NamedTuple):
    """A string of a JSON array, and where it stands in the text, its quotes included."""

    value: str
    start: int
    end: int


class MixedArrayError(ValueError):
    """A JSON array that has something other than strings in it."""


def json_strings(text: str) -> list[JsonString] | None:
    """Return the strings of the JSON array in `text`; None where it is not such an array, as `[ -f x ] && y`."""
    at = 0 if text.startswith("[") else len(text) - len(text.lstrip(SPACE))
    if not text.startswith("[", at):
        return None
    strings: list[JsonString] = []
    at = _after_blanks(text, at + 1)
    if text.startswith("]", at) and _after_blanks(text, at + 1) == len(text):
        return strings
    while match := _STRING.match(text, at):
        strings.append(JsonString(_decoded(match[0]), match.start(), match.end()))
        at = _after_blanks(text, match.end())
        if text.startswith(",", at):
            at = _after_blanks(text, at + 1)
        elif text.startswith("]", at) and _after_blanks(text, at + 1) == len(text):
            return strings
        else:
            break
    if _is_json(text.lstrip(SPACE)):
        raise MixedArrayError("when using JSON array syntax, arrays must be comprised of strings only")
    return None


def _after_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _decoded(literal: str) -> str:
    value = literal[1:-1] if "\\" not in literal else _unescaped(literal)
    return value if value.isascii() else _SURROGATE.sub("\ufffd", value)


def _unescaped(literal: str) -> str:
    import json

    return str(json.loads(literal))


def _is_json(text: str) -> bool:
    import json
    import math

    def number(digits: str) -> float:
        value = float(digits)
        if math.isinf(value):
            raise ValueError(digits)
        return value

    def refuse(name: str) -> float:
        raise ValueError(name)

    try:
        json.loads(text, parse_int=number, parse_float=number, parse_constant=refuse)
    except (ValueError, RecursionError):
        return False
    return True


def split_blanks(text: str) -> list[str]:
    """Return the arguments of an instruction like FROM, COPY or EXPOSE, which has no quotes and no escapes."""
    if "  " not in text and text.isprintable():
        # As most are: with one blank between two words.
        return text.split(" ") if text else []
    return _BLANKS.split(text)


@cache
def _plain(escape: str) -> re.Pattern[str]:
    return re.compile(f"[^'\"{re.escape(escape)}{SPACE}]+")


@lru_cache(maxsize=64)
def split_words(text: str, escape: str) -> tuple[str, ...]:
    """Return the words of ENV, LABEL and ARG. Quotes and escapes keep blanks in a word and stay in it."""
    if "'" not in text and '"' not in text and escape not in text:
        return tuple([word for word in _SPACES.split(text) if word])
    words: list[str] = []
    word: list[str] = []
    quote = ""
    begun = False
    at = 0
    size = len(text)
    plain = _plain(escape)
    while at < size:
        char = text[at]
        if not quote and char in SPACE:
            if begun:
                words.append("".join(word))
                word = []
                begun = False
            at += 1
        elif char == escape and quote != "'":
            # An escape at the very end is dropped.
            begun = begun or at + 1 < size
            if at + 1 < size:
                word.append(text[at : at + 2])
            at += 2
        elif char in "'\"":
            begun = True
            if not quote:
                quote = char
            elif quote == char:
                quote = ""
            word.append(char)
            at += 1
        else:
            begun = True
            match = plain.match(text, at)
            end = match.end() if match else at + 1
            word.append(text[at:end])
            at = end
    if begun:
        words.append("".join(word))
    return tuple(words)
