"""The `NAME=value` pairs of ENV and ARG, and values with variables filled in as BuildKit does it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cachemount.dockerfile.model import Instruction
from cachemount.source import Span

_WORD = re.compile(r"""(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"?|'[^']*'?)+""", re.DOTALL)
_REFERENCE = re.compile(r"\$(?:(\w+)|\{(\w+)(?:(:?[-+?])((?:[^{}\\]|\\.|\{[^{}]*\})*))?\}|(\{))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """`raw` is the value as written, None for an ARG without one; `span` covers the name and the value."""

    name: str
    raw: str | None
    span: Span


def pairs(instruction: Instruction) -> tuple[Pair, ...]:
    """The pairs of an ENV or ARG instruction, in order; `ENV name value` is one pair."""
    text = instruction.arguments.text
    words = list(_WORD.finditer(text))
    if not words:
        return ()
    if instruction.keyword == "ENV" and "=" not in words[0][0]:
        end = len(text.rstrip())
        raw = text[words[0].end() : end].strip()
        return (Pair(name=words[0][0], raw=raw, span=instruction.arguments.span(words[0].start(), end)),)
    found = []
    for word in words:
        name, equals, raw = word[0].partition("=")
        span = instruction.arguments.span(word.start(), word.end())
        found.append(Pair(name=name.strip("\"'"), raw=raw if equals else None, span=span))
    return tuple(found)


def expand(raw: str, variables: Mapping[str, str | None]) -> str | None:
    """The value of a word with quotes taken off and variables filled in; None when one of them is not known."""
    result = []
    index = 0
    quote = ""
    while index < len(raw):
        letter = raw[index]
        if letter == quote:
            quote = ""
        elif not quote and letter in "\"'":
            quote = letter
        elif letter == "\\" and quote != "'" and index + 1 < len(raw):
            index += 1
            result.append(raw[index] if not quote or raw[index] in '"$\\' else "\\" + raw[index])
        elif letter == "$" and quote != "'":
            match = _REFERENCE.match(raw, index)
            if match is None:
                result.append(letter)
            else:
                value = _value(match, variables)
                if value is None:
                    return None
                result.append(value)
                index = match.end() - 1
        else:
            result.append(letter)
        index += 1
    return "".join(result)


def _value(match: re.Match[str], variables: Mapping[str, str | None]) -> str | None:
    if match[5]:
        return None
    name, operator, word = match[1] or match[2], match[3] or "", match[4] or ""
    value = variables.get(name, "")
    if value is None:
        return None
    if operator.endswith("-"):
        present = bool(value) if operator.startswith(":") else name in variables
        return value if present else expand(word, variables)
    if operator.endswith("+"):
        present = bool(value) if operator.startswith(":") else name in variables
        return expand(word, variables) if present else ""
    return value
