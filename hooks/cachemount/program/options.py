"""The command line: arguments in, `Options` out."""

from __future__ import annotations

import os
from collections.abc import Sequence

from cachemount.records import Record, field
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal

FORMATS = (
    "text",
    "full",
    "concise",
    "json",
    "sarif",
    "rdjson",
    "github",
    "gitlab",
    "junit",
    "cache-map",
    "cache-workflow",
)
# They list the mounts of the files and no findings.
MOUNT_FORMATS = ("cache-map", "cache-workflow")
FOR_PEOPLE = ("text", "full", "concise")
# Services look for the paths of these in the repository.
FOR_SERVICES = ("sarif", "github", "gitlab", "junit")
STDIN = "-"
# The name of its text where none is given.
UNNAMED = "<stdin>"

# A hook's `args:` cannot depend on where it runs, an environment can.
FORMAT = "CACHEMOUNT_FORMAT"
OUTPUT_FILE = "CACHEMOUNT_OUTPUT_FILE"


class Options(Record):
    """The options that the user gives.

    `hosts`: files that hold Dockerfiles are meant, not Dockerfiles.
    `rules` and `managers` are None where all are wanted; `explain` is None where no page is asked for, and "" for the
    list of pages. `exclude` are globs relative to the current folder.
    """

    mode: Literal["check", "fix", "diff"]
    hosts: bool
    paths: tuple[str, ...]
    stdin_name: str
    managers: frozenset[str] | None
    rules: frozenset[str] | None
    ignored: frozenset[str]
    exclude: tuple[str, ...]
    config: str
    isolated: bool
    format: str
    output_file: str
    show_files: bool
    unsafe: bool
    explain: str | None
    statistics: bool
    show_suppressed: bool
    suppressions: bool
    baseline: str
    use_baseline: bool
    write_baseline: bool
    add_to_baseline: bool
    fail_on: Literal["warning", "error", "never"]
    exit_zero: bool
    color: Literal["auto", "always", "never"]
    jobs: int
    verbose: bool


class UsageError(Exception):
    """Wrong arguments."""


class Given(Record, frozen=False):
    """The arguments as they are given; the values here are those of what is not given."""

    paths: list[str] = field(default_factory=list)
    stdin_filename: str = ""
    manager: list[str] = field(default_factory=list)
    rule: list[str] = field(default_factory=list)
    ignore: list[str] = field(default_factory=list)
    exclude: list[str] = field(default_factory=list)
    config: str = ""
    isolated: bool = False
    show_files: bool = False
    diff: bool = False
    unsafe_fixes: bool = False
    format: str | None = None
    output_file: str | None = None
    statistics: bool = False
    color: str = "auto"
    verbose: bool = False
    fail_on: str = "warning"
    exit_zero: bool = False
    show_suppressed: bool = False
    no_suppressions: bool = False
    baseline: str = ""
    no_baseline: bool = False
    write_baseline: str | None = None
    add_to_baseline: bool = False
    explain: str | None = None
    jobs: str = "0"


def read_options(program: str, arguments: Sequence[str], called: str = "") -> Options:
    """Understand the arguments of a program. Raises `UsageError`; exits for --help and --version."""
    if program.startswith("check-") and "--fix" in arguments:
        name = called or program
        raise UsageError(f"--fix: {name} changes nothing; run {name.replace('check', 'fix', 1)}")
    given = _given(program, arguments, called)
    if given.stdin_filename and [path for path in given.paths if path != STDIN]:
        raise UsageError("--stdin-filename reads standard input; it does not go with paths")
    if given.paths.count(STDIN) and len(given.paths) > 1:
        raise UsageError("`-` does not go with other paths")
    paths = tuple(given.paths) or ((STDIN,) if given.stdin_filename else (".",))
    if given.isolated and given.config:
        raise UsageError("--isolated does not go with --config")
    form = _form(given)
    diff = given.diff
    for option, wanted in (("--statistics", given.statistics), ("--diff", diff)):
        if wanted and form not in FOR_PEOPLE:
            raise UsageError(f"{option} does not go with --format {form}, only with {', '.join(FOR_PEOPLE)}")
    if diff and given.statistics:
        raise UsageError("--statistics does not go with --diff: one counts what is found, one shows what would change")
    _check_baseline(given, diff=diff)
    fixing = program.startswith("fix-")
    if form in MOUNT_FORMATS and program != "check-cache-mounts":
        raise UsageError(f"--format {form} goes with check-cache-mounts only")
    if form in MOUNT_FORMATS and given.write_baseline is not None:
        raise UsageError(f"--format {form} does not go with --write-baseline")
    return Options(
        mode="diff" if diff else "fix" if fixing else "check",
        hosts="-compose-" in program,
        paths=paths,
        stdin_name=given.stdin_filename or UNNAMED,
        managers=_managers(given.manager) if given.manager else None,
        rules=_rules("--rule", given.rule) if given.rule else None,
        ignored=_rules("--ignore", given.ignore) if given.ignore else frozenset(),
        exclude=_globs(given.exclude),
        config=given.config,
        isolated=given.isolated,
        format=form,
        output_file=os.environ.get(OUTPUT_FILE, "") if given.output_file is None else given.output_file,
        show_files=given.show_files,
        unsafe=given.unsafe_fixes,
        explain=given.explain,
        statistics=given.statistics,
        show_suppressed=given.show_suppressed,
        suppressions=not given.no_suppressions,
        baseline=given.write_baseline or given.baseline,
        use_baseline=not (given.no_baseline or given.no_suppressions or given.isolated),
        write_baseline=given.write_baseline is not None,
        add_to_baseline=given.add_to_baseline,
        fail_on=_one("--fail-on", given.fail_on, ("warning", "error", "never")),  # type: ignore[arg-type]
        exit_zero=given.exit_zero,
        color=_one("--color", given.color, ("auto", "always", "never")),  # type: ignore[arg-type]
        jobs=_jobs(given.jobs),
        verbose=given.verbose,
    )


def _given(program: str, arguments: Sequence[str], called: str) -> Given:
    if all(one == STDIN or not one.startswith("-") for one in arguments):
        # As pre-commit calls a hook. To import argparse and to build its parser takes as long as checking a file.
        return Given(paths=list(arguments))
    from cachemount.program.arguments import parse

    return parse(program, arguments, called)


def _form(given: Given) -> str:
    """Return the format that is asked for. The environment's counts where the arguments allow any format."""
    if given.format is not None:
        return _one("--format", given.format, FORMATS)
    named = os.environ.get(FORMAT, "")
    for_people = given.statistics or given.diff
    return _one(FORMAT, named, FORMATS) if named and not for_people else "text"


def _globs(given: Sequence[str]) -> tuple[str, ...]:
    for glob in given:
        from cachemount.policy.config_reader import glob_problem

        problem = glob_problem(glob)
        if problem:
            raise UsageError(f"--exclude: `{glob}` {problem}")
    return tuple(given)


def _check_baseline(given: Given, *, diff: bool) -> None:
    if given.add_to_baseline and given.write_baseline is None:
        raise UsageError("--add-to-baseline goes with --write-baseline")
    if given.no_baseline and (given.baseline or given.write_baseline is not None):
        raise UsageError("--no-baseline does not go with --baseline or --write-baseline")
    if given.write_baseline is None:
        return
    if given.write_baseline and given.baseline:
        raise UsageError("the baseline is named twice")
    if diff or given.no_suppressions:
        raise UsageError("--write-baseline does not go with --diff or --no-suppressions")
    if given.stdin_filename or STDIN in given.paths:
        raise UsageError("--write-baseline needs paths, not standard input")
    for path in given.paths:
        if path.endswith(".jsonl") and not given.write_baseline and not os.path.isdir(path):
            raise UsageError(
                f"`{path}` is not a Dockerfile; a file for the baseline stands after `=`: --write-baseline={path}"
            )


def _managers(given: Sequence[str]) -> frozenset[str]:
    from cachemount.policy.config_reader import manager_names

    return _names("--manager", given, manager_names())


def _rules(option: str, given: Sequence[str]) -> frozenset[str]:
    from cachemount.policy.config_reader import rule_names

    return _names(option, given, rule_names())


def _names(option: str, given: Sequence[str], known: Sequence[str]) -> frozenset[str]:
    names = [name.strip() for value in given for name in value.split(",") if name.strip()]
    if not names:
        raise UsageError(f"{option} needs at least one name; known are {', '.join(known)}")
    return frozenset(_one(option, name, known) for name in names)


def _one(option: str, name: str, known: Sequence[str]) -> str:
    if name not in known:
        from cachemount.policy.config_reader import suggestion

        raise UsageError(f"{option}: unknown name `{name}`{suggestion(name, known)}")
    return name


def _jobs(given: str) -> int:
    if not given.isascii() or not given.isdigit() or len(given) > 4:
        raise UsageError(f"--jobs: `{given}` is not a number of processes")
    return int(given)
