"""Applying fixes: a whole fix or none of it."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from cachemount.findings import Fix


def apply(text: str, fixes: Iterable[Fix]) -> tuple[str, int]:
    """Apply the fixes that do not get in each other's way; the text and how many were applied.

    An edit that several fixes share is made once. A fix that touches what an earlier one edits waits for the next
    round.
    """
    taken: list[tuple[int, int, str]] = []
    applied = 0
    done: set[int] = set()
    for fix in fixes:
        if id(fix) in done:
            applied += 1
            continue
        edits = [(edit.span.start, edit.span.end, edit.text) for edit in fix.edits]
        new = [edit for edit in edits if edit not in _around(taken, edit)]
        if any(_conflicts(_around(taken, edit), edit) for edit in new):
            continue
        for edit in new:
            insort(taken, edit)
        done.add(id(fix))
        applied += 1
    pieces = []
    at = 0
    for start, end, replacement in taken:
        pieces.append(text[at:start])
        pieces.append(replacement)
        at = end
    pieces.append(text[at:])
    return "".join(pieces), applied


def _around(taken: list[tuple[int, int, str]], edit: tuple[int, int, str]) -> list[tuple[int, int, str]]:
    """The edits already taken that could meet this one: those that start in it, and the last before."""
    low = bisect_left(taken, (edit[0],))
    high = bisect_left(taken, (edit[1] + 1,))
    return taken[max(low - 2, 0) : high]


def _conflicts(others: list[tuple[int, int, str]], edit: tuple[int, int, str]) -> bool:
    start, end, _ = edit
    for other_start, other_end, _ in others:
        if start == end and other_start == other_end:
            if start == other_start:
                return True
        elif start < other_end and other_start < end:
            return True
    return False
