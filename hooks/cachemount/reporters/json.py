"""One JSON document, as the README describes it."""

from __future__ import annotations

import json
from typing import Any, TextIO

from cachemount.results import FileResult, Region, Result, Run


def write(run: Run, out: TextIO) -> None:
    findings: list[dict[str, Any]] = []
    suppressed: list[dict[str, Any]] = []
    repaired: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for result in run:
        findings += map(_finding, result.findings)
        if run.show_suppressed:
            suppressed += map(_suppressed, result.suppressed)
        if result.repaired:
            repaired.append({"path": result.path, "fixes": result.repaired})
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
        document["repaired"] = repaired
    document["errors"] = errors
    # Escaped, so that paths and texts that are not UTF-8 can be written too.
    json.dump(document, out, ensure_ascii=True, indent=1)
    out.write("\n")


def _error(result: FileResult) -> dict[str, Any]:
    return {"path": result.path, "message": result.error}


def _region(region: Region) -> dict[str, Any]:
    return {
        "line": region.start.line,
        "column": region.start.column,
        "end_line": region.end.line,
        "end_column": region.end.column,
    }


def _finding(one: Result) -> dict[str, Any]:
    fix = None
    if one.repair is not None:
        edits = [{**_region(edit.region), "text": edit.text} for edit in one.repair.replacements]
        fix = {"title": one.repair.title, "safe": one.repair.safe, "edits": edits}
    return {
        "path": one.path,
        **_region(one.region),
        "instruction_line": one.instruction_line,
        "stage": one.stage,
        "rule": one.rule,
        "manager": one.manager,
        "message": one.message,
        "fix": fix,
    }


def _suppressed(one: Result) -> dict[str, Any]:
    return {**_finding(one), "suppressed_by": one.suppressed, "reason": one.reason}
