"""The lines that a fix changes, for reports that people read beside the file."""

from __future__ import annotations

from cachemount.changed_lines import changed_lines
from cachemount.results import FileResult, Replacement, Result, printable

# More is not read beside a file.
MOST_CHANGES = 14


def changes(text: str, replacements: tuple[Replacement, ...]) -> list[tuple[str, str]]:
    """Return the lines that a fix removes ("-") and adds ("+"), and ("@") a gap between them."""
    before = text.split("\n")
    marked = text.startswith("\ufeff")
    starts = [0]
    for text_line in before:
        starts.append(starts[-1] + len(text_line) + 1)

    def offset(number: int, column: int) -> int:
        return starts[number - 1] + column - 1 + (marked and number == 1)

    after = text
    for one in sorted(replacements, key=lambda one: (one.region.start, one.region.end), reverse=True):
        begin, end = (offset(*place) for place in (one.region.start, one.region.end))
        after = after[:begin] + one.text + after[end:]
    return changed_lines(text, after)


def repair_lines(result: FileResult, one: Result) -> list[str]:
    """Return what a safe fix is called, and the lines that it changes, as those of a diff; nothing without one."""
    if one.fix is None or not one.fix.safe or not result.text:
        return []
    changed = changes(result.text, one.fix.replacements)
    lines = [f"{sign} {printable(text.removesuffix(chr(13)))}".rstrip() for sign, text in changed[:MOST_CHANGES]]
    more = [f"... {len(changed) - MOST_CHANGES} more"] if len(changed) > MOST_CHANGES else []
    return [f"repair: {printable(one.fix.title)}", *lines, *more]
