"""GitLab's code quality report."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from cachemount.reporters.changes import repair_lines
from cachemount.reporters.concise import by_hand_on, reasons_on
from cachemount.reporters.documents import write_document
from cachemount.results import FileResult, Result, Run, printable, slashed
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, TextIO


def write(run: Run, out: TextIO) -> None:
    seen: Counter[str] = Counter()
    issues: list[dict[str, Any]] = []
    for result in run:
        for one in result.findings:
            known = one.identity or one.message
            severity = "critical" if one.severity == "error" else "major"
            place = (one.path, one.region.start.line)
            issue = _issue(seen, place, rule=one.rule, known=known, message=one.message, severity=severity)
            if body := _body(result, one):
                issue["content"] = {"body": body}
            issues.append(issue)
        if result.error:
            error = result.error
            place = (result.path, result.line or 1)
            issues.append(_issue(seen, place, rule="error", known=error, message=error, severity="blocker"))
    write_document(issues, out)


def _body(result: FileResult, one: Result) -> str:
    """Return why a finding is not repaired, or how it is, as Markdown."""
    title, *changes = by_hand_on(one) or repair_lines(result, one) or [""]
    code = "\n".join(f"    {change}" for change in changes)
    return "\n\n".join(filter(None, (*reasons_on(one), title, code)))


def _issue(
    seen: Counter[str], place: tuple[str, int], *, rule: str, known: str, message: str, severity: str
) -> dict[str, Any]:
    path, line = place
    # Without the line, so that an issue stays the same when the file grows above it.
    identity = f"{rule}\0{slashed(path)}\0{known}"
    seen[identity] += 1
    digest = sha256(f"{identity}\0{seen[identity]}".encode("utf-8", "surrogatepass")).hexdigest()
    return {
        "description": printable(message),
        "check_name": rule,
        "fingerprint": digest,
        "severity": severity,
        "location": {"path": printable(slashed(path)), "lines": {"begin": line}},
    }
