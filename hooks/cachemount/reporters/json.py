"""One JSON document, as `report.schema.json` in the package describes it."""

from __future__ import annotations

from typing import Any, TextIO

from cachemount.reasons import id_of
from cachemount.reporters.documents import write_document
from cachemount.results import FileResult, Region, Result, Run, is_text, printable


def write(run: Run, out: TextIO) -> None:
    findings: list[dict[str, Any]] = []
    suppressed: list[dict[str, Any]] = []
    fixes_made: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for result in run:
        findings += map(_finding, result.findings)
        if run.show_suppressed:
            suppressed += map(_suppressed, result.suppressed)
        if result.fixes_made:
            fixes_made.append({"path": _unicode(result.path), "fixes": result.fixes_made})
        if result.error:
            errors.append(_error(result))
    document: dict[str, Any] = {
        "version": 1,
        "files": run.totals.files,
        "suppressed": run.totals.suppressed,
        "baseline": run.totals.baseline,
        "findings": findings,
    }
    if run.show_suppressed:
        document["suppressed_findings"] = suppressed
    if run.mode == "fix":
        document["repaired"] = fixes_made
    document["errors"] = errors
    write_document(document, out)


def _error(result: FileResult) -> dict[str, Any]:
    place = {"line": result.line or None, "column": result.column or None}
    return {"path": _unicode(result.path), "message": _unicode(result.error), **place}


def _unicode(text: str) -> str:
    """Bytes that are not UTF-8 are escaped as on a terminal: most programs cannot read a document that holds them."""
    return text if is_text(text) else printable(text)


def _region(region: Region) -> dict[str, Any]:
    return {
        "line": region.start.line,
        "column": region.start.column,
        "end_line": region.end.line,
        "end_column": region.end.column,
    }


def _finding(one: Result) -> dict[str, Any]:
    fix = None
    if one.fix is not None and all(is_text(edit.text) for edit in one.fix.replacements):
        edits = [{**_region(edit.region), "text": edit.text} for edit in one.fix.replacements]
        fix = {
            "title": _unicode(one.fix.title),
            "safe": one.fix.safe,
            "withheld": _unicode(one.fix.withheld),
            "withheld_id": id_of(one.fix.withheld),
            "way_out": _unicode(getattr(one.fix.withheld, "way_out", "")),
            "unsafe_effect": _unicode(getattr(one.fix.withheld, "unsafe", "")),
            "edits": edits,
        }
    return {
        "path": _unicode(one.path),
        **_region(one.region),
        "instruction_line": one.instruction_line,
        "stage": _unicode(one.stage),
        "rule": one.rule,
        "severity": one.severity,
        "manager": one.manager,
        "message": _unicode(one.message),
        "note": _unicode(one.note),
        "note_id": id_of(one.note),
        "way_out": _unicode(getattr(one.note, "way_out", "")),
        "fix": fix,
    }


def _suppressed(one: Result) -> dict[str, Any]:
    return {**_finding(one), "suppressed_by": one.suppressed, "reason": _unicode(one.reason)}
