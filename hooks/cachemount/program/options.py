"""The command line: arguments in, `Options` out."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from functools import cache
from typing import Literal, NoReturn

from cachemount import __version__
from cachemount.policy.baseline import NAME
from cachemount.policy.config_reader import manager_names, rule_names, suggestion
from cachemount.records import Record

FORMATS = ("text", "full", "concise", "json", "sarif", "github", "gitlab", "junit", "cache-map")
FOR_PEOPLE = ("text", "full", "concise")
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
_EPILOG = (
    "exit status: 0 nothing found and nothing changed; 1 findings, or files repaired; 2 wrong usage, a mistake in the"
    " configuration, a path that cannot be read, an internal error"
)


class Options(Record):
    """What the user asks for.

    `hosts`: files that hold Dockerfiles are meant, not Dockerfiles.
    `rules` and `managers` are None where all are wanted.
    """

    mode: Literal["check", "fix", "diff"]
    hosts: bool
    paths: tuple[str, ...]
    stdin_name: str
    managers: frozenset[str] | None
    rules: frozenset[str] | None
    config: str
    format: str
    unsafe: bool
    explain: str
    statistics: bool
    show_suppressed: bool
    suppressions: bool
    baseline: str
    use_baseline: bool
    write_baseline: bool
    add_to_baseline: bool
    exit_zero: bool
    color: Literal["auto", "always", "never"]
    jobs: int
    verbose: bool


class UsageError(Exception):
    """Wrong arguments."""


class _Formatter(argparse.HelpFormatter):
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
    fixing = program.startswith("fix-")
    parser = Parser(
        prog=program, description=_DESCRIPTIONS[program], epilog=_EPILOG, allow_abbrev=False, formatter_class=_Formatter
    )
    add = parser.add_argument
    add("paths", metavar="PATH", nargs="*", help="files, and folders to walk; `-` is standard input")
    add("--stdin-filename", metavar="NAME", default="", help="read standard input, as the text of this file")
    add("--manager", metavar="NAME,...", action="append", default=[], help="only findings about these package managers")
    add("--rule", metavar="NAME,...", action="append", default=[], help="only these rules (and unreadable-dockerfile)")
    add("--config", metavar="FILE", default="", help="use this configuration for all files")
    add(
        "--format",
        metavar="FORMAT",
        default="text",
        help=f"{', '.join(FORMATS)} (default: text, which is full on a terminal)",
    )
    if fixing:
        add("--diff", action="store_true", help="show what would be changed, change nothing")
        add("--unsafe-fixes", action="store_true", help="make the repairs that may change what a build does as well")
    add("--explain", metavar="RULE", default="", help="print the documentation of a rule")
    add("--statistics", action="store_true", help="print counts by rule and manager in place of the findings")
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
    add("--exit-zero", action="store_true", help="exit with 0 whatever is found")
    add("--color", metavar="WHEN", default="auto", help="auto, always or never (default: auto)")
    add("--jobs", metavar="N", default="0", help="number of processes (default: by the number of files)")
    add("-v", "--verbose", action="store_true", help="say which files are passed over, and why")
    add("--version", action="version", version=f"{program} {__version__}")
    return parser


def read_options(program: str, arguments: Sequence[str]) -> Options:
    """Understand the arguments of a program. Raises `UsageError`; exits for --help and --version."""
    given = _parser(program).parse_args(_with_values(arguments))
    if given.stdin_filename and [path for path in given.paths if path != STDIN]:
        raise UsageError("--stdin-filename reads standard input; it does not go with paths")
    if given.paths.count(STDIN) and len(given.paths) > 1:
        raise UsageError("`-` does not go with other paths")
    paths = tuple(given.paths) or ((STDIN,) if given.stdin_filename else ())
    if not paths and not given.explain:
        raise UsageError("no path given; `.` is the current folder")
    form = _one("--format", given.format, FORMATS)
    diff = bool(getattr(given, "diff", False))
    for option, wanted in (("--statistics", given.statistics), ("--diff", diff)):
        if wanted and form not in FOR_PEOPLE:
            raise UsageError(f"{option} does not go with --format {form}, only with {', '.join(FOR_PEOPLE)}")
    if diff and given.statistics:
        raise UsageError("--statistics does not go with --diff: one counts what is found, one shows what would change")
    _check_baseline(given, diff=diff)
    fixing = program.startswith("fix-")
    if given.format == "cache-map" and program != "check-cache-mounts":
        raise UsageError("--format cache-map goes with check-cache-mounts only")
    if given.format == "cache-map" and given.write_baseline is not None:
        raise UsageError("--format cache-map does not go with --write-baseline")
    return Options(
        mode="diff" if diff else "fix" if fixing else "check",
        hosts="-compose-" in program,
        paths=paths,
        stdin_name=given.stdin_filename or "<stdin>",
        managers=_names("--manager", given.manager, manager_names()) if given.manager else None,
        rules=_names("--rule", given.rule, rule_names()) if given.rule else None,
        config=given.config,
        format=form,
        unsafe=bool(getattr(given, "unsafe_fixes", False)),
        explain=given.explain,
        statistics=given.statistics,
        show_suppressed=given.show_suppressed,
        suppressions=not given.no_suppressions,
        baseline=given.write_baseline or given.baseline,
        use_baseline=not given.no_baseline and not given.no_suppressions,
        write_baseline=given.write_baseline is not None,
        add_to_baseline=given.add_to_baseline,
        exit_zero=given.exit_zero,
        color=_one("--color", given.color, ("auto", "always", "never")),  # type: ignore[arg-type]
        jobs=_jobs(given.jobs),
        verbose=given.verbose,
    )


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
