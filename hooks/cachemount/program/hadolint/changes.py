"""What the fixes of a run change, or would: the texts of Dockerfiles before and after."""

from __future__ import annotations

from collections.abc import Iterable

from cachemount.program.discovery import host_kind
from cachemount.results import FileResult, PlacedFix
from cachemount.source import line_starts


def changed_texts(result: FileResult, *, unsafe: bool) -> tuple[str, str] | None:
    """Return a Dockerfile before and after the fixes made, or offered by a check; None where there are none."""
    if host_kind(result.path):
        return None
    if result.changed:
        return result.changed
    fixes = tuple(one.fix for one in result.findings if one.fix is not None and (one.fix.safe or unsafe))
    return (result.text, repaired(result.text, fixes)) if fixes and result.text else None


def repaired(text: str, fixes: Iterable[PlacedFix]) -> str:
    """Return a text after the fixes of a check: what the first round of a repair makes of it, nearly."""
    starts = line_starts(text)
    marked = text.startswith("\ufeff")

    def offset(line: int, column: int) -> int:
        return starts[line - 1] + column - 1 + (marked and line == 1)

    taken: dict[tuple[int, int], list[str]] = {}
    for one in (replacement for fix in fixes for replacement in fix.replacements):
        region = one.region
        start, end = offset(region.line, region.column), offset(region.end_line, region.end_column)
        others = taken.get((start, end), [])
        if one.text in others or any(start < high and low < end for low, high in taken if (low, high) != (start, end)):
            continue
        if not others or (start == end and "--mount=" in one.text):
            taken[start, end] = [*others, one.text]
    pieces, at = [], 0
    for (start, end), new in sorted(taken.items()):
        pieces += [text[at:start], "".join(new)]
        at = end
    return "".join([*pieces, text[at:]])
