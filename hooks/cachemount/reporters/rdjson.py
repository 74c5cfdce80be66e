"""Diagnostics for reviewdog, which comments on pull requests; a safe fix is a suggestion.

https://github.com/reviewdog/reviewdog/tree/master/proto/rdf
"""

from __future__ import annotations

from itertools import pairwise

from cachemount.reporters.concise import notes_on
from cachemount.reporters.documents import write_document
from cachemount.results import FileResult, PlacedFix, Region, Result, Run, is_text, printable, slashed
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, TextIO


def write(run: Run, out: TextIO) -> None:
    diagnostics: list[dict[str, Any]] = []
    for result in run:
        lines = result.text.removeprefix("\ufeff").split("\n")
        diagnostics += (_diagnostic(one, lines) for one in result.findings)
        if result.error:
            diagnostics.append(_error(result))
    write_document({"source": {"name": "cachemount"}, "diagnostics": diagnostics}, out)


def _diagnostic(one: Result, lines: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "message": "\n".join((printable(one.message), *notes_on(one))),
        "location": {"path": printable(slashed(one.path)), "range": _range(one.region, lines)},
        "severity": one.severity.upper(),
        "code": {"value": one.rule},
    }
    # Suggestions are made one by one, and a fix is made whole or not at all: its edits become one.
    if one.fix is not None and one.fix.safe and (text := _in_one(one.fix, lines)) is not None:
        found["suggestions"] = [{"range": _range(_around(one.fix), lines), "text": text}]
    return found


def _error(result: FileResult) -> dict[str, Any]:
    location: dict[str, Any] = {"path": printable(slashed(result.path))}
    if result.line:
        location["range"] = {"start": {"line": result.line}}
    return {"message": printable(result.error), "location": location, "severity": "ERROR"}


def _range(region: Region, lines: list[str]) -> dict[str, Any]:
    return {
        "start": _place(region.line, region.column, lines),
        "end": _place(region.end_line, region.end_column, lines),
    }


def _place(line: int, column: int, lines: list[str]) -> dict[str, int]:
    """Return a place; its column counts bytes of UTF-8, and is left out where the text is not at hand."""
    if line > len(lines) or lines == [""]:
        return {"line": line}
    before = lines[line - 1][: column - 1]
    return {"line": line, "column": len(before.encode("utf-8", "surrogateescape")) + 1}


def _around(fix: PlacedFix) -> Region:
    first, last = fix.replacements[0].region, fix.replacements[-1].region
    return Region(first.line, first.column, last.end_line, last.end_column)


def _in_one(fix: PlacedFix, lines: list[str]) -> str | None:
    """Return what a fix puts between the first and the last place that it changes; None where that cannot be said."""
    edits = fix.replacements
    if not edits or lines == [""]:
        return None
    parts = [edits[0].text]
    for before, after in pairwise(edits):
        parts += [_between(before.region, after.region, lines), after.text]
    text = "".join(parts)
    return text if is_text(text) else None


def _between(before: Region, after: Region, lines: list[str]) -> str:
    first, last = before.end_line - 1, after.line - 1
    if first == last:
        return lines[first][before.end_column - 1 : after.column - 1]
    return "\n".join((lines[first][before.end_column - 1 :], *lines[first + 1 : last], lines[last][: after.column - 1]))
