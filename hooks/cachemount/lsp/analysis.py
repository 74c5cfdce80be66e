"""What the check says of a document in an editor, and the texts that its fixes make."""

from __future__ import annotations

import re
from collections.abc import Callable

from cachemount import embedded, fixer
from cachemount.engine import Report
from cachemount.findings import Finding, Fix
from cachemount.policy.pragmas import ignoring
from cachemount.program.discovery import host_kind, is_dockerfile_name, is_ignore_file
from cachemount.program.options import read_options
from cachemount.program.planning import plan_of
from cachemount.program.runner import Task, config_of, examine
from cachemount.records import replace
from cachemount.results import FileResult
from cachemount.source import Source

# It has to be a reason, and to look like one that somebody still has to write.
REASON = "TODO: say why"


def is_ours(path: str, language: str) -> bool:
    """Whether a document is checked: its name or its language says that it is a Dockerfile, or holds some."""
    return not is_ignore_file(path) and (
        is_dockerfile_name(path) or host_kind(path) != "" or _is_dockerfile(language) or _is_host(language)
    )


def _is_dockerfile(language: str) -> bool:
    return re.search("(?i)(docker|container)file", language) is not None


def _is_host(language: str) -> bool:
    """Return whether a language is that of Compose or Bake files, which every editor names in its own way."""
    return re.search("(?i)docker.?(compose|bake)", language) is not None


def task_for(path: str, language: str) -> Task | FileResult:
    """What to do with a document, or why nothing is. Configuration and baseline are read anew. Raises `ConfigError`."""
    hosts = _is_host(language) and not is_dockerfile_name(path)
    program = "check-compose-cache-mounts" if hosts else "check-cache-mounts"
    return plan_of(read_options(program, ["--format=text", "--", path])).task(path)


class Analysis:
    """What the check says of a text, and the texts that fixes make of it, each made when it is first asked for."""

    def __init__(self, task: Task, text: str) -> None:
        self.source = Source(path=task.path, text=text)
        self._task = task
        examined = examine(self.source, task)
        self.report: Report = examined.report
        self.error = examined.error
        self._made: dict[tuple[str, int], str] = {}

    def fixed(self, finding: Finding) -> str:
        """Return the text with the fix of a finding; as it is where that cannot be made."""
        return self._remembered("fix", finding, lambda: self._applied(finding, lambda _source, own: own.fix))

    def ignored(self, finding: Finding) -> str:
        """Return the text with a pragma that hides a finding; as it is where none can."""
        if not self._task.config.pragmas:
            return self.source.text
        return self._remembered("ignore", finding, lambda: self._applied(finding, _pragma))

    def all_fixed(self) -> str:
        """Return the text with all safe fixes."""
        if not any(one.fix is not None and one.fix.safe for one in self.report.findings):
            return self.source.text
        return self._remembered("all", None, lambda: examine(self.source, replace(self._task, mode="fix")).source.text)

    def _remembered(self, what: str, finding: Finding | None, make: Callable[[], str]) -> str:
        key = (what, id(finding))
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def _applied(self, finding: Finding, make: Callable[[Source, Finding], Fix | None]) -> str:
        if self._task.kind == "dockerfile":
            fix = make(self.source, finding)
            return self.source.text if fix is None else fixer.apply(self.source.text, [fix])[0]
        new = embedded.apply(self.source, self._task.kind, config_of(self._task), finding, make)
        return (new or self.source).text


def _pragma(source: Source, finding: Finding) -> Fix | None:
    edit = ignoring(source, finding, REASON)
    return None if edit is None else Fix(title="ignore it", edits=(edit,))
