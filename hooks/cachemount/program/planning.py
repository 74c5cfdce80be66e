"""The plan for each file of a run, decided when the file's turn comes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from cachemount.files.patterns import match_path
from cachemount.files.reading import repository_of
from cachemount.policy.ancestors import Folders
from cachemount.policy.baseline_search import BaselineSearch
from cachemount.policy.config_search import ConfigSearch, placed
from cachemount.policy.model import Config, ConfigError
from cachemount.policy.ratchet import Ratchet
from cachemount.program.discovery import Found, host_kind
from cachemount.program.options import FOR_PEOPLE, MOUNT_FORMATS, Options
from cachemount.program.runner import FEW_FILES, Task, restricted_to
from cachemount.program.surroundings import is_alone
from cachemount.records import Record, field, replace
from cachemount.results import FileResult
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal

# What holds with --isolated.
_DEFAULT = Config()


class Plan(Record, frozen=False):
    """The wishes of the command line and the configurations. `with_fixes` tells whether to work out how to repair."""

    options: Options
    ratchet: Ratchet
    search: ConfigSearch
    with_fixes: bool = True
    _adapted: dict[str, Config] = field(default_factory=dict)
    _used: dict[str, Config] = field(default_factory=dict)
    _mistakes: set[str] = field(default_factory=set)
    _changes: list[FileResult] = field(default_factory=list)

    def tasks(self, files: Iterable[Found]) -> Iterator[Task | FileResult]:
        """Yield what to do with each file, or the result for a file that is not to be read.

        A mistake in a configuration is said once, in the place of the first file that it concerns.
        """
        for found in files:
            if found.error or found.skipped:
                yield FileResult(path=found.path, error=found.error, skipped=found.skipped)
                continue
            try:
                yield self.task(found.path)
            except ConfigError as error:
                if str(error) not in self._mistakes:
                    self._mistakes.add(str(error))
                    yield config_error_result(error)

    def task(self, path: str) -> Task | FileResult:
        """Return what to do with a file, or the result that says why it is left out. Raises `ConfigError`."""
        options = self.options
        config = self._config(path)
        if options.exclude and any(match_path(glob, _from_here(path)) for glob in options.exclude):
            return FileResult(path=path, skipped="--exclude leaves it out")
        if config.exclude and placed(config, path).excluded:
            return FileResult(path=path, skipped=f"{config.path} excludes it")
        uses_baseline = options.use_baseline and options.format not in MOUNT_FORMATS
        state = self.ratchet.open(config, path) if uses_baseline else None
        if config.allow:
            self._used[config.path] = config
        return Task(
            path=path,
            config=config,
            known=None if state is None else self.ratchet.known(state, path),
            mode=options.mode,
            unsafe=options.unsafe,
            kind=_kind(options, path),
            list_mounts=options.format in MOUNT_FORMATS,
            with_fixes=self.with_fixes,
            with_counts=self.with_fixes and options.format in FOR_PEOPLE,
        )

    def allowing(self) -> list[Config]:
        """Return the configurations that have an allowlist and held for a file so far."""
        return list(self._used.values())

    def builder_notes(self) -> list[str]:
        """Return what to say of the builders of the repository that the current folder is in."""
        root = repository_of(os.getcwd())
        if is_alone(os.path.join(root, "Dockerfile")):
            return []
        from cachemount.program.builder_notes import builder_notes

        try:
            return [*builder_notes(root, self._config(os.path.join(root, "Dockerfile")))]
        except ConfigError:
            return []

    def note_change(self, result: FileResult) -> None:
        """Keep a result with fixes, as long as there are few."""
        if len(self._changes) < FEW_FILES and (result.changed or any(one.fix for one in result.findings)):
            self._changes.append(result)

    def linter_notes(self) -> Iterator[str]:
        """Yield what to say of linters and scanners that the repository runs which the current folder is in."""
        root = repository_of(os.getcwd())
        if not self._changes or is_alone(os.path.join(root, "Dockerfile")):
            return
        from cachemount.program.hadolint.notes import hadolint_note
        from cachemount.program.scanners import scanner_notes
        from cachemount.program.shown_builders import texts_of_builds

        try:
            is_wanted = self._config(os.path.join(root, "Dockerfile")).warn_hadolint
        except ConfigError:
            return
        if not is_wanted:
            return
        texts, unsafe = texts_of_builds(root), self.options.unsafe
        if note := hadolint_note(root, texts, self._changes, unsafe=unsafe):
            yield f"hadolint: {note}"
        yield from scanner_notes(root, texts, self._changes, unsafe=unsafe)

    def _config(self, path: str) -> Config:
        """Return the configuration for a file as the command line changes it: one object for all its files."""
        options = self.options
        config = _DEFAULT if options.isolated else self.search.shared(path)
        if config.path not in self._adapted:
            adapted = config
            if options.rules is not None or options.managers is not None:
                adapted = restricted_to(adapted, rules=options.rules, managers=options.managers)
            if options.ignored:
                adapted = replace(adapted, disable=adapted.disable | options.ignored, narrowed=True)
            if not options.suppressions:
                adapted = replace(adapted, suppressions=False)
            self._adapted[config.path] = adapted
        return self._adapted[config.path]


def plan_of(options: Options) -> Plan:
    """Return the plan for a run; nothing that it looks up is known before."""
    folders = Folders()
    rules = options.rules
    if options.ignored:
        from cachemount.policy.config_reader import rule_names

        rules = (frozenset(rule_names()) if rules is None else rules) - options.ignored
    ratchet = Ratchet(
        search=BaselineSearch(only=options.baseline, writing=options.write_baseline, folders=folders),
        writing=options.write_baseline,
        adding=options.add_to_baseline,
        dropping=options.mode == "fix",
        rules=rules,
        managers=options.managers,
    )
    return Plan(options=options, search=ConfigSearch(only=options.config, folders=folders), ratchet=ratchet)


def _from_here(path: str) -> str:
    """Return a path as seen from the current folder, its parts joined by `/`."""
    return os.path.relpath(path).replace(os.sep, "/")


def config_error_result(error: ConfigError) -> FileResult:
    """Return the result that reports a mistake in a configuration."""
    return FileResult(path=error.path, error=error.message, line=error.line, column=error.column)


def _kind(options: Options, path: str) -> Literal["dockerfile", "compose", "bake"]:
    """Return what a file is read as. The name decides, and where it says nothing, the program."""
    if kind := host_kind(path):
        return kind
    if not options.hosts:
        return "dockerfile"
    return "bake" if path.lower().endswith((".hcl", ".json")) else "compose"
