"""Checking or repairing many files, in this process or in several, each file on its own."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from cachemount.files.reading import FileError, read, write
from cachemount.policy.config_search import placed
from cachemount.policy.model import Config, Known
from cachemount.program.fast_path import is_silent_everywhere
from cachemount.program.surroundings import is_alone, with_surroundings
from cachemount.records import Record, replace
from cachemount.results import FileResult, locate, printable, slashed
from cachemount.source import Source
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal

    from cachemount.engine import Report
    from cachemount.findings import Finding

# Below this number of files, starting processes costs more than it saves.
FEW_FILES = 200


class Task(Record):
    """One file to deal with.

    `config` is shared by many files, without the place of this one in it; `known` is what the baseline knows of it.
    `with_counts` tells whether to try how many findings the fixes settle.
    """

    path: str
    config: Config
    known: Known | None = None
    mode: Literal["check", "fix", "diff"]
    unsafe: bool = False
    kind: Literal["dockerfile", "compose", "bake"] = "dockerfile"
    list_mounts: bool = False
    with_fixes: bool = True
    with_counts: bool = False


def run(tasks: Iterable[Task | FileResult], jobs: int) -> Iterator[FileResult]:
    """Deal with all tasks; the results come in order, among them those that stand among the tasks.

    With `jobs` 0, the number of files decides how many.

    Tasks are taken as they are needed, so that what they and their results take up does not grow with their number.
    """
    rest = iter(tasks)
    first = list(islice(rest, FEW_FILES))
    if not jobs:
        jobs = 1 if len(first) < FEW_FILES else _processors()
    rest = chain(first, rest)
    if jobs == 1 or len(first) == 1:
        return map(process, rest)
    from cachemount.program.pool import spread

    return spread(rest, jobs, process, _crashed, _prepare)


def _prepare() -> None:
    """Import and compile what nearly every file needs, so that it is done once for all processes."""
    from cachemount import engine
    from cachemount.program.streams import collect_seldom

    collect_seldom()
    engine.check("FROM a\nFROM debian:12\nRUN if a; then apt-get update && pip install b; fi\n", with_fixes=False)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _crashed(task: Task | FileResult) -> FileResult:
    return FileResult(path=task.path, error="the process that read this file died: an internal error")


def process(task: Task | FileResult) -> FileResult:
    """Deal with one file. Whatever goes wrong is said in the result."""
    if isinstance(task, FileResult):
        return task
    try:
        content = read(task.path)
        if _is_silent(content.data, task):
            return FileResult(path=task.path, with_fixes=task.with_fixes, config=task.config.path)
        source = Source.from_bytes(task.path, content.data)
        if task.kind == "dockerfile":
            source = with_surroundings(source, with_fixes=task.with_fixes or task.mode != "check")
        result, new = check_or_fix(source, task)
        if new is not None and task.mode == "fix":
            try:
                write(task.path, new.to_bytes(), content)
            except FileError as error:
                # The file is as it was, and so are its findings.
                result, _ = check_or_fix(source, replace(task, mode="check"))
                return replace(result, error=str(error))
    except FileError as error:
        return FileResult(path=task.path, error=str(error))
    except Exception as error:
        # One file's bad luck must not hide the findings of the others.
        return internal_error(task.path, error)
    return result


def _is_silent(data: bytes, task: Task) -> bool:
    """Return whether the engine has nothing to say of a file, which is told in a tenth of its time."""
    is_plain = task.kind == "dockerfile" and not task.list_mounts and not task.config.also
    return is_plain and is_silent_everywhere(data)


def internal_error(path: str, error: Exception) -> FileResult:
    import traceback

    if isinstance(error, ImportError):
        return FileResult(path=path, error=f"{str(error)[:200]}; reinstall the hook's environment (`pre-commit clean`)")
    message = f"internal error, please report it: {type(error).__name__}: {str(error)[:200]}"
    details = "".join(traceback.format_exception(error))
    return FileResult(path=path, error=message, details=details)


def check_or_fix(source: Source, task: Task) -> tuple[FileResult, Source | None]:
    """Check or repair a source: what came of it, and the repaired source if there is one."""
    if task.list_mounts:
        from cachemount.cache_mounts import cache_mounts

        return FileResult(path=source.path, mounts=cache_mounts(source)), None
    examined = examine(source, task)
    report, findings = examined.report, examined.report.findings
    new = examined.source if examined.source.text != source.text else None
    return (
        FileResult(
            path=source.path,
            findings=tuple(locate(report.source, one) for one in findings),
            suppressed=tuple(
                locate(report.source, one.finding, suppressed=one.by, reason=one.reason) for one in report.suppressed
            ),
            with_fixes=task.with_fixes or task.kind != "dockerfile",
            fixes_made=report.fixes_made if new else 0,
            made=report.made if new else (),
            found=report.found if new else 0,
            settled=_settled(examined.source, task, findings) if task.with_counts else None,
            diff=_diff(source, new) if new and task.mode == "diff" else "",
            skipped=examined.skipped,
            config=task.config.path,
            text=report.source.text if task.with_fixes and (findings or report.suppressed) else "",
            entries=tuple(sorted({index for one in report.suppressed for index in one.entries})),
            changed=(source.text, new.text) if new else (),
        ),
        new,
    )


def _settled(source: Source, task: Task, findings: tuple[Finding, ...]) -> tuple[int, int] | None:
    """Return how many findings the safe fixes settle, and how many more --unsafe-fixes does, as far as that differs.

    A fix may settle a finding that has none, and another one bring up a finding. Where that can be, it is tried.
    """
    from cachemount.engine import UnsettledError

    safe = sum(one.fix is not None and one.fix.safe for one in findings)
    unsafe = sum(one.fix is not None and not one.fix.safe for one in findings)
    if safe == len(findings) or not (safe or unsafe):
        return None
    try:
        if safe:
            safe = len(findings) - _left(source, task, unsafe=False)
        if unsafe and not task.unsafe:
            unsafe = max(len(findings) - safe - _left(source, task, unsafe=True), 0)
    except UnsettledError:
        return None
    return safe, unsafe


def _left(source: Source, task: Task, *, unsafe: bool) -> int:
    """Return how many findings are left after a fix."""
    return len(examine(source, replace(task, mode="fix", unsafe=unsafe)).report.findings)


class Examined(Record):
    """The result for a source: the source after it, the report on that, and why the file is passed over, if it is."""

    source: Source
    report: Report
    skipped: str = ""


def examine(source: Source, task: Task) -> Examined:
    """Check or repair a source."""
    return _examine_dockerfile(source, task) if task.kind == "dockerfile" else _examine_host(source, task, task.kind)


def _examine_dockerfile(source: Source, task: Task) -> Examined:
    from cachemount import engine

    fixed = source
    if task.mode == "check":
        report = engine.check(source, config_of(task), with_fixes=task.with_fixes)
    else:
        fixed, report = engine.fix(source, config_of(task), unsafe=task.unsafe)
    skipped = ""
    if any(one.rule == "unreadable-dockerfile" for one in report.findings):
        from cachemount.program.other_files import what_else

        skipped = what_else(source.path, source.text)
        report = replace(report, findings=()) if skipped else report
    return Examined(source=fixed, report=report, skipped=skipped)


def _examine_host(source: Source, task: Task, kind: Literal["compose", "bake"]) -> Examined:
    from cachemount.embedded import hosts

    if task.mode == "check":
        return Examined(source=source, report=hosts.check(source, kind, config_of(task)))
    fixed, report = hosts.fix(source, kind, config_of(task), unsafe=task.unsafe)
    return Examined(source=fixed, report=report)


def config_of(task: Task) -> Config:
    """Return the configuration for the file of a task, with its place, its baseline and its builder in it."""
    config = task.config
    if config.allow or config.ids:
        config = placed(config, task.path)
    if task.kind == "dockerfile" and (task.with_fixes or task.mode != "check") and not is_alone(task.path):
        from cachemount.program.refusals import refusal

        config = replace(config, refusal=refusal(task.path, config))
    return config if task.known is None else replace(config, known=task.known)


def _diff(old: Source, new: Source) -> str:
    from difflib import unified_diff

    before, after = _lines(old.text), _lines(new.text)
    path = slashed(_patched(old.path)).lstrip("/")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in unified_diff(before, after, _patch_name(f"a/{path}"), _patch_name(f"b/{path}"))
    )


def _patched(path: str) -> str:
    """Return the path of the file that a link leads to, where it is below this folder: no patch goes through a link."""
    if not os.path.islink(path):
        return path
    target = os.path.relpath(os.path.realpath(path), os.path.realpath(os.curdir))
    return path if target.startswith(os.pardir) else target


def _patch_name(path: str) -> str:
    """Return a name as git writes it in a patch: quoted as in C where it could end the line or steer a terminal."""
    if path == printable(path) and not any(char in path for char in '"\\'):
        return path
    escaped = "".join(
        f"\\{char}" if char in '"\\' else char if char == printable(char) else _octal(char) for char in path
    )
    return f'"{escaped}"'


def _octal(char: str) -> str:
    errors = "surrogateescape" if "\udc80" <= char <= "\udcff" else "surrogatepass"
    return "".join(f"\\{byte:03o}" for byte in char.encode("utf-8", errors))


def _lines(text: str) -> list[str]:
    """Lines with their ends; only LF ends one."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def restricted_to(config: Config, *, rules: frozenset[str] | None, managers: frozenset[str] | None) -> Config:
    """Return a configuration with only these rules and managers left (None: all)."""
    from cachemount.policy.config_reader import manager_names, rule_names

    if rules is not None:
        # A file that cannot be read is never a clean one.
        others = frozenset(rule_names()) - rules - {"unreadable-dockerfile"}
        config = replace(config, disable=config.disable | others, narrowed=True)
    if managers is not None:
        others = frozenset(manager_names()) - managers
        config = replace(config, disabled_managers=config.disabled_managers | others, narrowed=True)
    return config
