"""Applying fixes: a whole fix or none of it."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from cachemount.facts.locations import below
from cachemount.findings import Edit, Fix

# Where an edit begins and ends, and how many were taken before it.
_Taken = tuple[int, int, int, Edit]


def apply(text: str, fixes: Iterable[Fix]) -> tuple[str, int]:
    """Apply the fixes that do not get in each other's way; the text and how many were applied.

    An edit that several fixes share is made once. Mounts of several fixes for one RUN are put in a row. A fix
    that touches what an earlier one edits in another way waits for the next round, as does one that has the same turn.
    """
    taken: list[_Taken] = []
    done: dict[int, bool] = {}
    applied = 0
    turns: set[int] = set()
    for fix in fixes:
        if id(fix) not in done:
            done[id(fix)] = fix.turn not in turns and _take(taken, fix)
            if fix.turn is not None and done[id(fix)]:
                turns.add(fix.turn)
        applied += done[id(fix)]
    pieces = []
    at = 0
    before: Edit | None = None
    for start, end, _, edit in taken:
        pieces.append(text[at:start])
        if before is not None and before.span == edit.span:
            pieces.append(before.joint)
        pieces.append(edit.text)
        at, before = end, edit
    pieces.append(text[at:])
    return "".join(pieces), applied


def _take(taken: list[_Taken], fix: Fix) -> bool:
    """Take the edits of a fix, where none of them conflicts with another one of it or one that is taken already."""
    new: list[Edit] = []
    for edit in fix.edits:
        near = _around(taken, edit)
        if edit in near:
            continue
        if any(_conflict(other, edit) for other in (*near, *new[-1:])):
            return False
        new.append(edit)
    for edit in new:
        insort(taken, (edit.span.start, edit.span.end, len(taken), edit))
    return True


def _around(taken: list[_Taken], edit: Edit) -> list[Edit]:
    """Return the edits already taken that could meet this one: those that start in it, and the last before."""
    low = bisect_left(taken, (edit.span.start,))
    high = bisect_left(taken, (edit.span.end + 1,))
    return [other for *_, other in taken[max(low - 2, 0) : high]]


def _conflict(one: Edit, other: Edit) -> bool:
    if one.span.start == one.span.end and other.span.start == other.span.end:
        return one.span == other.span and not _fit(one, other)
    return one.span.start < other.span.end and other.span.start < one.span.end


def _fit(one: Edit, other: Edit) -> bool:
    """Return whether the edits add mounts that are not nested: repairs do not look at mounts elsewhere."""
    return (
        bool(one.targets)
        and bool(other.targets)
        and not any(below(mine, theirs) or below(theirs, mine) for mine in one.targets for theirs in other.targets)
    )
