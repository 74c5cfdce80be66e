"""The check's findings in a document in an editor, and the texts that its fixes make."""

from __future__ import annotations

import os
import re
from typing import Literal

from cachemount import fixer
from cachemount.embedded import hosts
from cachemount.engine import Report
from cachemount.findings import Finding, Fix
from cachemount.policy.pragmas import ignoring
from cachemount.program.discovery import host_kind, is_dockerfile_name, is_ignore_file
from cachemount.program.options import read_options
from cachemount.program.planning import plan_of
from cachemount.program.runner import Task, config_of, examine
from cachemount.program.surroundings import with_surroundings
from cachemount.records import replace
from cachemount.results import FileResult
from cachemount.source import Source

# It has to be a reason, and to look like one that somebody still has to write.
REASON = "TODO: say why"

# The fix of a finding, a comment that ignores it, or all safe fixes (of no finding: index 0).
Change = Literal["fix", "ignore", "all"]


def is_ours(path: str, language: str) -> bool:
    """Return whether a document is checked: its name or its language says that it is a Dockerfile, or holds some."""
    return not is_ignore_file(path) and (
        is_dockerfile_name(path) or host_kind(path) != "" or _is_dockerfile(language) or _is_host(language)
    )


def _is_dockerfile(language: str) -> bool:
    return re.search("(?i)(docker|container)file", language) is not None


def _is_host(language: str) -> bool:
    """Return whether a language is that of Compose or Bake files, which every editor names in its own way."""
    return re.search("(?i)docker.?(compose|bake)", language) is not None


def task_for(path: str, language: str) -> Task | FileResult:
    """Return what to do with a document, or why it is left out. Raises `ConfigError`.

    Configuration and baseline are read anew.
    """
    hosts = _is_host(language) and not is_dockerfile_name(path)
    program = "check-compose-cache-mounts" if hosts else "check-cache-mounts"
    return plan_of(read_options(program, ["--format=text", "--", path])).task(path)


class Analysis:
    """The check's findings in a text, and the texts that can be made of it, each made when it is first asked for.

    A change is named by what it is, and by the index of the finding that it is for.
    """

    def __init__(self, task: Task, text: str) -> None:
        self.source = Source(path=task.path, text=text)
        if task.kind == "dockerfile" and os.path.isabs(task.path):
            # A document without a file yet is in no repository.
            self.source = with_surroundings(self.source)
        self._task = task
        examined = examine(self.source, task)
        self.report: Report = examined.report
        self._made: dict[tuple[Change, int], str] = {}
        self._writable: list[Finding] | None = None

    def can_make(self, change: Change, index: int) -> bool:
        """Return whether a change can be made, as far as that is known without making it."""
        if change == "all":
            return any(one.fix is not None and one.fix.safe for one in self.report.findings)
        finding = self.report.findings[index]
        if change == "fix":
            return finding.fix is not None
        if not self._task.config.pragmas or _pragma(self.source, finding) is None:
            return False
        if self._task.kind == "dockerfile":
            return True
        if self._writable is None:
            self._writable = hosts.writable(self.source, self._task.kind, config_of(self._task))
        return finding in self._writable

    def make(self, change: Change, index: int) -> str:
        """Return the text with a change; as it is where the change cannot be made."""
        key = (change, index)
        if key not in self._made:
            self._made[key] = self._changed(change, index) if self.can_make(change, index) else self.source.text
        return self._made[key]

    def _changed(self, change: Change, index: int) -> str:
        if change == "all":
            return examine(self.source, replace(self._task, mode="fix")).source.text
        finding = self.report.findings[index]
        make = _own_fix if change == "fix" else _pragma
        if self._task.kind == "dockerfile":
            fix = make(self.source, finding)
            return self.source.text if fix is None else fixer.apply(self.source.text, [fix])[0]
        new = hosts.apply(self.source, self._task.kind, config_of(self._task), finding, make)
        return (new or self.source).text


def _own_fix(_source: Source, finding: Finding) -> Fix | None:
    return finding.fix


def _pragma(source: Source, finding: Finding) -> Fix | None:
    edit = ignoring(source, finding, REASON)
    return None if edit is None else Fix(title="ignore it", edits=(edit,))
