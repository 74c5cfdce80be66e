"""Here-documents inside a script text, which the grammar reads badly: found here, made plain redirections for it."""

from __future__ import annotations

import re

from cachemount.late_pattern import late
from cachemount.records import Record
from cachemount.source import Excerpt, Span

_TOKEN = late(
    r"""\\. | '[^']*' | "(?:[^"\\]|\\.)*" | \$\(\( | \(\( | \)\) | (?<![^\s;&|()])\#[^\n]* | <<< |
    <<(?P<chomp>-?)[ \t]*(?P<word>(?:[^\s;&|()<>'"\\]|\\.|'[^']*'|"[^"]*")+) | \n""",
    re.VERBOSE | re.DOTALL,
)
_QUOTES = late(r"['\"\\]")
_TEXT = late(r"[^\n]")


NOWHERE = Span(0, 0)


class Body(Record):
    """A here-document: where its operator and delimiter stand in the script text, and its lines.

    `place` is where the lines, with the terminator's, stand in the script text; empty where they are not part of it.
    """

    operator: Span
    text: Excerpt
    place: Span = NOWHERE


def find(excerpt: Excerpt) -> tuple[str, list[Body]]:
    """The text with the bodies blanked, and the here-documents in it; a text of one line has none."""
    text = excerpt.text
    if "<<" not in text or "\n" not in text:
        return text, []
    bodies: list[Body] = []
    blanks: list[Span] = []
    pending: list[tuple[Span, str, bool]] = []
    index = arithmetic = 0
    while match := _TOKEN.search(text, index):
        index = match.end()
        token = match[0]
        if token in ("$((", "(("):
            arithmetic += 1
        elif token == "))":
            arithmetic = max(0, arithmetic - 1)
        elif match["word"] and not arithmetic:
            pending.append((Span(*match.span()), _QUOTES.sub("", match["word"]), bool(match["chomp"])))
        elif token == "\n" and pending:
            arithmetic = 0
            for operator, name, chomp in pending:
                end, after = _end(text, index, name, chomp=chomp)
                bodies.append(Body(operator=operator, text=excerpt.part(index, end), place=Span(index, after)))
                blanks.append(Span(index, after))
                index = after
            pending.clear()
    return _replaced(text, [(blank, _TEXT.sub(" ", text[blank.start : blank.end])) for blank in blanks]), bodies


def _end(text: str, start: int, name: str, *, chomp: bool) -> tuple[int, int]:
    """Where the body ends and where its terminator line ends."""
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end].rstrip("\r")
        if (line.lstrip("\t") if chomp else line) == name:
            return start, end
        start = end + 1
    return len(text), len(text)


def redirected(text: str, bodies: list[Body]) -> str:
    """The text with each here-document operator replaced by a redirection from a file, of the same length."""
    if not bodies:
        return text
    operators = sorted(body.operator for body in bodies)
    return _replaced(text, [(span, "<" + "x" * (span.end - span.start - 1)) for span in operators])


def _replaced(text: str, changes: list[tuple[Span, str]]) -> str:
    """The text with ranges of it, in order, replaced."""
    pieces = []
    index = 0
    for span, new in changes:
        pieces += [text[index : span.start], new]
        index = span.end
    return "".join([*pieces, text[index:]])
