"""The difference of two texts as small replacements, so that an editor keeps its cursor, marks and folds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import accumulate

from cachemount.source import Span


def changes(before: str, after: str) -> Iterator[tuple[Span, str]]:
    """Yield what to replace in `before`, and by what, in order. No replacement begins or ends inside a CRLF."""
    old, new = (re.findall(r"[^\n]*\n|[^\n]+", text) for text in (before, after))
    starts = [0, *accumulate(map(len, old))]
    for tag, first, last, new_first, new_last in SequenceMatcher(None, old, new).get_opcodes():
        if tag != "equal":
            replaced, text = "".join(old[first:last]), "".join(new[new_first:new_last])
            skipped, kept = _common(replaced, text)
            span = Span(starts[first] + skipped, starts[last] - kept)
            yield span, text[skipped : len(text) - kept]


def _common(old: str, new: str) -> tuple[int, int]:
    """Return how many characters the texts have in common at their beginnings and, beyond those, at their ends."""
    start = _common_start(old, new)
    start -= old[:start].endswith("\r")
    end = _common_start(old[start:][::-1], new[start:][::-1])
    cut = (text[start : len(text) - end] for text in (old, new))
    if end and old[len(old) - end] == "\n" and any(one.endswith("\r") for one in cut):
        end -= 1
    return start, end


def _common_start(one: str, other: str) -> int:
    differing = (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1])
    return next(differing, min(len(one), len(other)))
