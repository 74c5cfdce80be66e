"""One JSON document, as `report.schema.json` in the package describes it."""

from __future__ import annotations

from cachemount.reporters.documents import write_document
from cachemount.results import FileResult, Run, unicode
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, TextIO


def write(run: Run, out: TextIO) -> None:
    findings: list[dict[str, Any]] = []
    suppressed: list[dict[str, Any]] = []
    fixes_made: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for result in run:
        findings += (one.to_dict() for one in result.findings)
        if run.show_suppressed:
            suppressed += (one.to_dict() for one in result.suppressed)
        if result.fixes_made:
            fixes_made.append({"path": unicode(result.path), "fixes": result.fixes_made})
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
    return {"path": unicode(result.path), "message": unicode(result.error), **place}
