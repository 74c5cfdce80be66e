"""SARIF 2.1.0, for code scanning services."""

from __future__ import annotations

import os
import re
from urllib.parse import quote

from cachemount import __version__
from cachemount.reporters.concise import notes_on
from cachemount.reporters.documents import write_document
from cachemount.results import FileResult, PlacedFix, Region, Result, Run, is_text, printable, slashed
from cachemount.rules import RULES
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, TextIO

_ORDER = {rule.name: index for index, rule in enumerate(RULES)}


def write(run: Run, out: TextIO) -> None:
    results: list[dict[str, Any]] = []
    notifications: list[dict[str, Any]] = []
    for result in run:
        results += [_result(one, run) for one in (*result.findings, *result.suppressed)]
        if result.error:
            notifications.append(_notification(result))
    document = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "cachemount", "version": __version__, "rules": _rules()}},
                "invocations": [
                    {"executionSuccessful": not notifications, "toolExecutionNotifications": notifications}
                ],
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    write_document(document, out)


def _rules() -> list[dict[str, Any]]:
    return [
        {
            "id": rule.name,
            "shortDescription": {"text": rule.summary.replace("`", "")},
            "fullDescription": {"text": rule.summary.replace("`", "")},
            "help": {"text": rule.explanation.replace("`", ""), "markdown": rule.explanation},
            "defaultConfiguration": {"level": rule.severity},
        }
        for rule in RULES
    ]


def _artifact(path: str) -> dict[str, Any]:
    path = slashed(path)
    try:
        encoded = quote(path.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:  # A name of Windows, whose halves of characters do not stand for bytes.
        encoded = quote(path.encode("utf-8", "surrogatepass"))
    if re.match(r"[A-Za-z]%3A/", encoded) and os.sep == "\\":
        encoded = f"/{encoded[0]}:{encoded[4:]}"
    return {"uri": f"file://{encoded}" if encoded.startswith("/") else encoded}


def _region(region: Region) -> dict[str, int]:
    return {
        "startLine": region.start.line,
        "startColumn": region.start.column,
        "endLine": region.end.line,
        "endColumn": region.end.column,
    }


def _result(one: Result, run: Run) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ruleId": one.rule,
        "ruleIndex": _ORDER[one.rule],
        "level": one.severity,
        "message": {"text": "\n".join((printable(one.message), *notes_on(one)))},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(one.path), "region": _region(one.region)}}],
        "properties": {"manager": one.manager, "stage": printable(one.stage)},
    }
    edits = one.fix.replacements if one.fix is not None else ()
    if one.fix is not None and edits and all(is_text(edit.text) for edit in edits):
        found["fixes"] = [_fix(one.path, one.fix)]
    if one.suppressed:
        kind = "inSource" if one.suppressed == "pragma" else "external"
        found["suppressions"] = [{"kind": kind, "justification": printable(one.reason)}]
    if run.baseline:
        found["baselineState"] = "unchanged" if one.suppressed == "baseline" else "new"
    return found


def _fix(path: str, fix: PlacedFix) -> dict[str, Any]:
    text = fix.title if fix.safe else f"{fix.title} (not safe: {fix.withheld or 'check the build'})"
    return {
        "description": {"text": printable(text)},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(path),
                "replacements": [
                    {"deletedRegion": _region(edit.region), "insertedContent": {"text": edit.text}}
                    for edit in fix.replacements
                ],
            }
        ],
    }


def _notification(result: FileResult) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _artifact(result.path)}
    if result.line:
        place["region"] = {"startLine": result.line, **({"startColumn": result.column} if result.column else {})}
    return {
        "level": "error",
        "message": {"text": printable(result.error)},
        "locations": [{"physicalLocation": place}],
    }
