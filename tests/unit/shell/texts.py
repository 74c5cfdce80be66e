"""A stand-in for the Dockerfile reader: the first RUN of a text, its lines joined."""

from __future__ import annotations

import re

from cachemount.source import Excerpt, Source, Span


def joined(text: str, escape: str = "\\") -> tuple[Source, Excerpt]:
    """Return the source, and what the shell gets of the RUN that it begins with."""
    start = 4
    pieces = []
    ends = re.compile(rf"(?<!{re.escape(escape)}){re.escape(escape)}[ \t]*(\r?\n)?$|(\r?\n)$")
    position = 0
    first = True
    for line in text.splitlines(keepends=True):
        begin, position = position, position + len(line)
        if not first and (line.lstrip().startswith("#") or not line.strip()):
            continue
        match = ends.search(line)
        end = match.start() if match else len(line)
        pieces.append(Span(start if first else begin, begin + end))
        first = False
        if not match or not match[0].startswith(escape):
            break
    return Source(path="Dockerfile", text=text), Excerpt.of_pieces(text, pieces)


def without(text: str, spans: tuple[Span, ...]) -> str:
    """Return the text after a deletion."""
    for span in reversed(spans):
        text = text[: span.start] + text[span.end :]
    return text
