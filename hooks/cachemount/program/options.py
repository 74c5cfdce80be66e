"""The command line: arguments in, `Options` out."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from functools import cache
from typing import Any, Literal, NoReturn, Protocol

from cachemount import __version__
from cachemount.policy.baseline import NAME
from cachemount.policy.config_reader import glob_problem, manager_names, rule_names, suggestion
from cachemount.records import Record

FORMATS = ("text", "full", "concise", "json", "sarif", "github", "gitlab", "junit", "cache-map")
FOR_PEOPLE = ("text", "full", "concise")
# Services look for the paths of these in the repository.
FOR_SERVICES = ("sarif", "github", "gitlab", "junit")
STDIN = "-"

_WRITE = "--write-baseline"

_DESCRIPTIONS = {
    "check-cache-mounts": "Find Dockerfile RUN steps that download packages without a cache mount that works.",
    "fix-cache-mounts": "Repair Dockerfile RUN steps that download packages without a cache mount that works;"
    " report the rest.",
    "check-compose-cache-mounts": "Do what check-cache-mounts does with the Dockerfiles in Compose and Bake files.",
    "fix-compose-cache-mounts": "Do what fix-cache-mounts does with the Dockerfiles in Compose files; Bake files are"
    " only checked.",
}
_EPILOG = """\
examples:
  {program} Dockerfile
  {program} .                          a folder, git-ignored files left out
  {program} --explain missing-cache-mount

exit status:
  0  nothing found and nothing changed
  1  findings, or files changed
  2  wrong usage, a mistake in the configuration, a path that cannot be read, an internal error"""

# A hook's `args:` cannot depend on where it runs, an environment can.
_FORMAT = "CACHEMOUNT_FORMAT"
_OUTPUT_FILE = "CACHEMOUNT_OUTPUT_FILE"


class Options(Record):
    """What the user asks for.

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


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """With the width of the terminal. argparse makes one for each option and imports shutil to ask it."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_width())


@cache
def _width() -> int:
    try:
        columns = int(os.environ.get("COLUMNS") or 0) or os.get_terminal_size().columns
    except (OSError, ValueError):
        columns = 0
    return (columns or 80) - 2


class Parser(argparse.ArgumentParser):
    """Raises `UsageError` where argparse would exit."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def _parser(program: str) -> argparse.ArgumentParser:
    parser = Parser(
        prog=program,
        description=_DESCRIPTIONS[program],
        epilog=_EPILOG.format(program=program),
        allow_abbrev=False,
        formatter_class=_Formatter,
    )
    paths = "files, and folders to walk (default: .); `-` is standard input"
    parser.add_argument("paths", metavar="PATH", nargs="*", help=paths)
    _add_choice(parser.add_argument_group("what is checked"))
    if program.startswith("fix-"):
        add = parser.add_argument_group("what is changed").add_argument
        add("--diff", action="store_true", help="show what would be changed, change nothing")
        add("--unsafe-fixes", action="store_true", help="make the fixes that may change what a build does as well")
    _add_report(parser.add_argument_group("what is shown"))
    _add_baseline(parser.add_argument_group("what is accepted"))
    add = parser.add_argument_group("the run").add_argument
    page = "print the page of a rule or a package manager; without NAME, the list of both"
    add("--explain", metavar="NAME", nargs="?", const="", help=page)
    add("--jobs", metavar="N", default="0", help="number of processes (default: by the number of files)")
    add("--version", action="version", version=f"{program} {__version__}")
    return parser


class _Group(Protocol):
    def add_argument(self, *names: str, **options: Any) -> argparse.Action: ...


def _add_choice(group: _Group) -> None:
    add = group.add_argument
    add("--stdin-filename", metavar="NAME", default="", help="read standard input, as the text of this file")
    add("--manager", metavar="NAME,...", action="append", default=[], help="only findings about these package managers")
    add("--rule", metavar="NAME,...", action="append", default=[], help="only these rules (and unreadable-dockerfile)")
    add("--ignore", metavar="RULE,...", action="append", default=[], help="not these rules")
    add("--exclude", metavar="GLOB", action="append", default=[], help="not these files; seen from the current folder")
    add("--config", metavar="FILE", default="", help="use this configuration for all files")
    add("--isolated", action="store_true", help="use no configuration and no baseline")
    add("--show-files", action="store_true", help="print the files that would be checked, and check none")


def _add_report(group: _Group) -> None:
    add = group.add_argument
    forms = ", ".join(FORMATS)
    add("--format", metavar="FORMAT", help=f"{forms} (default: {_FORMAT}, or text, which is full on a terminal)")
    add("--output-file", metavar="FILE", help=f"write the report there (default: {_OUTPUT_FILE}, or standard output)")
    add("--statistics", action="store_true", help="print counts by rule and manager in place of the findings")
    add("--color", metavar="WHEN", default="auto", help="auto, always or never (default: auto)")
    add("-v", "--verbose", action="store_true", help="say which files are passed over, and why")
    add(
        "--fail-on",
        metavar="SEVERITY",
        default="warning",
        help="which findings make the exit status 1: warning (all, the default), error, or never",
    )
    add("--exit-zero", action="store_true", help="exit with 0 whatever is found or changed")


def _add_baseline(group: _Group) -> None:
    add = group.add_argument
    add("--show-suppressed", action="store_true", help="also show what pragmas and the allowlist hide")
    add("--no-suppressions", action="store_true", help="report what pragmas and the allowlist hide")
    add("--baseline", metavar="FILE", default="", help=f"the findings to pass over (default: the nearest {NAME})")
    add("--no-baseline", action="store_true", help="use no baseline")
    add(
        _WRITE,
        metavar="FILE",
        dest="write_baseline",
        help="write the baseline: a new one with all findings, an old one without those that are gone",
    )
    add("--add-to-baseline", action="store_true", help="with --write-baseline: take up new findings as well")


def read_options(program: str, arguments: Sequence[str]) -> Options:
    """Understand the arguments of a program. Raises `UsageError`; exits for --help and --version."""
    if program.startswith("check-") and "--fix" in arguments:
        raise UsageError(f"--fix: {program} changes nothing; run fix-{program.removeprefix('check-')}")
    given = _parser(program).parse_args(_with_values(arguments))
    if given.stdin_filename and [path for path in given.paths if path != STDIN]:
        raise UsageError("--stdin-filename reads standard input; it does not go with paths")
    if given.paths.count(STDIN) and len(given.paths) > 1:
        raise UsageError("`-` does not go with other paths")
    paths = tuple(given.paths) or ((STDIN,) if given.stdin_filename else (".",))
    if given.isolated and given.config:
        raise UsageError("--isolated does not go with --config")
    form = _form(given)
    diff = bool(getattr(given, "diff", False))
    for option, wanted in (("--statistics", given.statistics), ("--diff", diff)):
        if wanted and form not in FOR_PEOPLE:
            raise UsageError(f"{option} does not go with --format {form}, only with {', '.join(FOR_PEOPLE)}")
    if diff and given.statistics:
        raise UsageError("--statistics does not go with --diff: one counts what is found, one shows what would change")
    _check_baseline(given, diff=diff)
    fixing = program.startswith("fix-")
    if form == "cache-map" and program != "check-cache-mounts":
        raise UsageError("--format cache-map goes with check-cache-mounts only")
    if form == "cache-map" and given.write_baseline is not None:
        raise UsageError("--format cache-map does not go with --write-baseline")
    return Options(
        mode="diff" if diff else "fix" if fixing else "check",
        hosts="-compose-" in program,
        paths=paths,
        stdin_name=given.stdin_filename or "<stdin>",
        managers=_names("--manager", given.manager, manager_names()) if given.manager else None,
        rules=_names("--rule", given.rule, rule_names()) if given.rule else None,
        ignored=_names("--ignore", given.ignore, rule_names()) if given.ignore else frozenset(),
        exclude=_globs(given.exclude),
        config=given.config,
        isolated=given.isolated,
        format=form,
        output_file=os.environ.get(_OUTPUT_FILE, "") if given.output_file is None else given.output_file,
        show_files=given.show_files,
        unsafe=bool(getattr(given, "unsafe_fixes", False)),
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


def _form(given: argparse.Namespace) -> str:
    """Return the format that is asked for. The environment's counts where the arguments allow any format."""
    if given.format is not None:
        return _one("--format", given.format, FORMATS)
    named = os.environ.get(_FORMAT, "")
    for_people = given.statistics or getattr(given, "diff", False)
    return _one(_FORMAT, named, FORMATS) if named and not for_people else "text"


def _globs(given: Sequence[str]) -> tuple[str, ...]:
    for glob in given:
        problem = glob_problem(glob)
        if problem:
            raise UsageError(f"--exclude: `{glob}` {problem}")
    return tuple(given)


def _with_values(arguments: Sequence[str]) -> list[str]:
    """`--write-baseline` takes a value only behind `=`, so that a path behind it stays a path."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return [f"{_WRITE}=" if one == _WRITE else one for one in arguments[:end]] + list(arguments[end:])


def _check_baseline(given: argparse.Namespace, *, diff: bool) -> None:
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


def _names(option: str, given: Sequence[str], known: Sequence[str]) -> frozenset[str]:
    names = [name.strip() for value in given for name in value.split(",") if name.strip()]
    if not names:
        raise UsageError(f"{option} needs at least one name; known are {', '.join(known)}")
    return frozenset(_one(option, name, known) for name in names)


def _one(option: str, name: str, known: Sequence[str]) -> str:
    if name not in known:
        raise UsageError(f"{option}: there is no `{name}`{suggestion(name, known)}")
    return name


def _jobs(given: str) -> int:
    if not given.isascii() or not given.isdigit() or len(given) > 4:
        raise UsageError(f"--jobs: `{given}` is not a number of processes")
    return int(given)
