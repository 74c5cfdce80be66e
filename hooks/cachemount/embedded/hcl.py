"""Dockerfiles in Bake's HCL: `dockerfile-inline` of targets.

A scanner of its own: python-hcl2 gives the lines of blocks, but no places of values, and what it gives for a heredoc is
no longer the text that was written. Only what ends a value has to be known here: strings, heredocs and comments.

https://docs.docker.com/build/bake/reference/#targetdockerfile-inline
https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#template-expressions
"""

from __future__ import annotations

import re

from cachemount import reasons
from cachemount.embedded import interpolation
from cachemount.embedded.alignment import align
from cachemount.embedded.hcl_tokens import TOKEN, heredoc, margin, string_end, unescaped
from cachemount.embedded.model import Inline
from cachemount.source import Span


def bake(text: str) -> list[Inline]:
    """Return the Dockerfiles of a docker-bake.hcl, given without a byte order mark. Raises `UnreadableHostError`.

    Only values that are one string or one heredoc are read: another expression's value is not known.
    """
    found: list[Inline] = []
    before = ["", ""]
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            break
        start, at = at, match.end()
        kind = match.lastgroup if match["heredoc"] is None else "heredoc"
        if kind in ("comment", "space"):
            continue
        wanted = before == ["dockerfile-inline", "="]
        if kind == "heredoc":
            body, at = heredoc(text, at, match["label"])
            if wanted:
                found.append(_of_heredoc(text, body, indented=bool(match["indented"])))
        elif kind == "string":
            at = string_end(text, at)
            if wanted:
                found += _of_string(text, Span(start, at))
        before = [before[1], match[0]]
    return [one for one in found if one.text.strip()]


def _of_heredoc(text: str, body: Span, *, indented: bool) -> Inline:
    lines = text[body.start : body.end].split("\n")
    taken = margin(lines) if indented else 0
    pieces: list[str] = []
    offsets: list[int] = []
    at = body.start
    for number, line in enumerate(lines):
        cut = min(taken, len(line) - len(line.lstrip(" \t")))
        kept = line[cut:].removesuffix("\r")
        last = number == len(lines) - 1
        pieces.append(kept if last else kept + "\n")
        offsets.extend(range(at + cut, at + cut + len(kept)))
        if not last:
            offsets.append(at + len(line))
        at += len(line) + 1
    return _inline("".join(pieces), (*offsets, body.end))


def _of_string(text: str, span: Span) -> list[Inline]:
    rest = re.compile(r"[ \t]*(?:\r?\n|\}|#|//|/\*|$)").match(text, span.end)
    if rest is None:
        return []
    value = unescaped(text[span.start + 1 : span.end - 1])
    return [_inline(value, align(text, span, value))]


def _inline(value: str, offsets: tuple[int, ...]) -> Inline:
    made = interpolation.bake(value, offsets)
    return Inline(
        text=made.text,
        offsets=made.offsets,
        unknown=made.unknown,
        defaults=made.defaults,
        withheld=reasons.BAKE.about(),
    )
