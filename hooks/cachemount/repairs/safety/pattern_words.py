"""Words that a regular expression in a test asks for: what it says literally, blanks of any number as one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount.late_pattern import late

# Of JavaScript, where an argument or a value begins; and a raw string of Python.
_LITERAL = late(
    r"(?m)(?<=[(,=:])[ \t\r\n]*/(?![/*])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+)/[a-z]*(?=[ \t\r\n]*[),;.])"
    r"|\br\"((?:\\.|[^\"\\\n])+)\"|\br'((?:\\.|[^'\\\n])+)'"
)
_TOKEN = late(
    r"(?P<char>\\[^\w\s]|[^\\\[\](){}|.*+?^$])|(?P<blank>\\[sn])|\\\w|\[(?:\\.|[^\]\\])*\]|(?P<other>.)", re.DOTALL
)
_QUANTIFIER = late(r"[*+?]\??|\{\d*,?\d*\}\??")


def patterns(text: str) -> Iterator[tuple[int, str]]:
    """Yield the regular expressions that a program's text holds, and where each begins."""
    for match in _LITERAL.finditer(text):
        yield match.start(), match[1] or match[2] or match[3]


def pieces(pattern: str) -> list[str]:
    """Return what a regular expression asks for outside of groups; nothing of one that leaves a choice."""
    found, depth, at = [""], 0, 0
    while match := _TOKEN.match(pattern, at):
        at = match.end()
        quantifier = _QUANTIFIER.match(pattern, at)
        at = quantifier.end() if quantifier else at
        token = match[0]
        depth += (token == "(") - (token == ")")
        if depth == 0 and token == "|":
            return []
        if depth == 0 and match["blank"]:
            found[-1] += " "
        elif depth == 0 and match["char"] and not quantifier:
            found[-1] += token[-1]
        else:
            found.append("")
    return [one for one in found if one]
