"""GitLab's code quality report."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import Any, TextIO

from cachemount.reporters.documents import write_document
from cachemount.results import Run, printable, slashed


def write(run: Run, out: TextIO) -> None:
    seen: Counter[str] = Counter()
    issues: list[dict[str, Any]] = []
    for result in run:
        places = [
            (one.rule, one.message, one.identity or one.message, one.path, one.region.start.line)
            for one in result.findings
        ]
        if result.error:
            places.append(("error", result.error, result.error, result.path, result.line or 1))
        for rule, message, known, path, line in places:
            # Without the line, so that an issue stays the same when the file grows above it.
            identity = f"{rule}\0{slashed(path)}\0{known}"
            seen[identity] += 1
            digest = sha256(f"{identity}\0{seen[identity]}".encode("utf-8", "surrogatepass")).hexdigest()
            issues.append(
                {
                    "description": printable(message),
                    "check_name": rule,
                    "fingerprint": digest,
                    "severity": "blocker" if rule == "error" else "major",
                    "location": {"path": printable(slashed(path)), "lines": {"begin": line}},
                }
            )
    write_document(issues, out)
