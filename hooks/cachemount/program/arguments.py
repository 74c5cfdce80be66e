"""The command line as argparse reads it: the arguments, their help, and their groups."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from functools import cache

from cachemount import __version__
from cachemount.policy.ancestors import BASELINE
from cachemount.program.options import FORMAT, FORMATS, OUTPUT_FILE, STDIN, Given, UsageError
from cachemount.type_checking import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from typing import Any, NoReturn

_WRITE = "--write-baseline"

_DESCRIPTIONS = {
    "check-cache-mounts": "Find Dockerfile RUN steps that download packages without a BuildKit cache\n"
    "mount that works.",
    "fix-cache-mounts": "Repair Dockerfile RUN steps that download packages without a BuildKit cache\n"
    "mount that works, where that is safe; report the rest.",
    "check-compose-cache-mounts": "Do what check-cache-mounts does with the Dockerfiles in Compose and Bake\nfiles.",
    "fix-compose-cache-mounts": "Do what fix-cache-mounts does with the Dockerfiles in Compose files; Bake\n"
    "files are only checked.",
}
_EXAMPLES = {
    "check-": """\
  {program}                all below this folder
  {program} services       below another; or files
  {program} --statistics   counts, to begin with""",
    "fix-": """\
  {program} --diff     what would change below this folder
  {program}            change it, and report the rest
  {program} services   below another; or files""",
}
_EPILOG = """\
examples:
{examples}

exit status:
  0  nothing found and nothing changed
  1  findings, or files changed
  2  wrong usage, a mistake in the configuration, a path that cannot be read,
     an internal error"""


def parse(program: str, arguments: Sequence[str], called: str = "") -> Given:
    """Understand the arguments of a program that its user called by the name `called` ("": by its own).

    Raises `UsageError`; exits for --help and --version.

    Paths may stand on both sides of an option.
    """
    end = arguments.index("--") if "--" in arguments else len(arguments)
    parser = make_parser(program, called)
    given, rest = parser.parse_known_args([_with_value(one) for one in arguments[:end]], namespace=Given())
    # argparse takes for paths only those that stand together.
    unknown = [one for one in rest if one.startswith("-") and one != STDIN]
    if unknown:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    given.paths = [*given.paths, *rest, *arguments[end + 1 :]]
    return given


def _with_value(argument: str) -> str:
    """`--write-baseline` takes a value only after `=`, so that a path after it stays a path."""
    return f"{_WRITE}=" if argument == _WRITE else argument


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """With the width of the terminal. argparse makes one for each option and imports shutil to ask it."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_width())

    def _format_action_invocation(self, action: argparse.Action) -> str:
        shown = super()._format_action_invocation(action)
        return f"{_WRITE}[=FILE]" if shown.startswith(_WRITE) else shown


@cache
def _width() -> int:
    try:
        columns = int(os.environ.get("COLUMNS") or 0) or os.get_terminal_size().columns
    except (OSError, ValueError):
        columns = 0
    return (columns or 80) - 2


class Parser(argparse.ArgumentParser):
    """Raises `UsageError` where argparse would exit."""

    def __init__(self, **options: Any) -> None:
        # Python has no translations of argparse's words, and to look for them imports more modules.
        names = vars(argparse)
        translate, names["_"] = names["_"], str
        try:
            super().__init__(**options)
        finally:
            names["_"] = translate

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def make_parser(program: str, called: str = "") -> argparse.ArgumentParser:
    """Return the parser of one of the four programs, for one who called it by the name `called` ("": by its own)."""
    name = called or program
    examples = next(text for kind, text in _EXAMPLES.items() if program.startswith(kind))
    parser = Parser(
        prog=name,
        description=_DESCRIPTIONS[program],
        usage="%(prog)s [OPTION ...] [PATH ...]",
        epilog=_EPILOG.format(examples=examples.format(program=name)),
        allow_abbrev=False,
        formatter_class=_Formatter,
    )
    paths = "files, and folders to walk (default: .); `-` is standard input"
    parser.add_argument("paths", metavar="PATH", nargs="*", help=paths)
    choice = parser.add_argument_group("what is checked")
    if called:
        # `cachemount` has taken it: it chooses the program.
        choice.add_argument("--compose", action="store_true", help="the Dockerfiles in Compose and Bake files")
    _add_choice(choice)
    if program.startswith("fix-"):
        add = parser.add_argument_group("what is changed").add_argument
        add("--diff", action="store_true", help="show what would be changed, change nothing")
        add("--unsafe-fixes", action="store_true", help="make the fixes that may change what a build does as well")
    _add_report(parser.add_argument_group("what is shown"))
    _add_baseline(parser.add_argument_group("what is accepted"))
    add = parser.add_argument_group("the run").add_argument
    page = "print the page of a rule or a package manager; without NAME, the list of both"
    add("--explain", metavar="NAME", nargs="?", const="", help=page)
    add("--jobs", metavar="N", help="number of processes (default: by the number of files)")
    add("--version", action="version", version=f"{name} {__version__}")
    return parser


class _Group(Protocol):
    def add_argument(self, *names: str, **options: Any) -> argparse.Action: ...


def _add_choice(group: _Group) -> None:
    add = group.add_argument
    add("--stdin-filename", metavar="NAME", help="read standard input, as the text of this file")
    add("--manager", metavar="NAME,...", action="append", help="only findings about these package managers")
    add("--rule", metavar="NAME,...", action="append", help="only these rules (and unreadable-dockerfile)")
    add("--ignore", metavar="RULE,...", action="append", help="not these rules")
    add("--exclude", metavar="GLOB", action="append", help="not these files; seen from the current folder")
    add("--config", metavar="FILE", help="use this configuration for all files")
    add("--isolated", action="store_true", help="use no configuration and no baseline")
    add("--show-files", action="store_true", help="print the files that would be checked, and check none")


def _add_report(group: _Group) -> None:
    add = group.add_argument
    forms = ", ".join(FORMATS)
    add("--format", metavar="FORMAT", help=f"{forms} (default: {FORMAT}, or text, which is full on a terminal)")
    add("--output-file", metavar="FILE", help=f"write the report there (default: {OUTPUT_FILE}, or standard output)")
    add("--statistics", action="store_true", help="print counts by rule and manager in place of the findings")
    add("--color", metavar="WHEN", help="auto, always or never (default: auto)")
    add("-v", "--verbose", action="store_true", help="say which files are passed over, and why")
    add(
        "--fail-on",
        metavar="SEVERITY",
        help="which findings make the exit status 1: warning (all, the default), error, or never",
    )
    add("--exit-zero", action="store_true", help="exit with 0 whatever is found or changed")


def _add_baseline(group: _Group) -> None:
    add = group.add_argument
    add("--show-suppressed", action="store_true", help="also show what pragmas and the allowlist hide")
    add("--no-suppressions", action="store_true", help="report what pragmas and the allowlist hide")
    add("--baseline", metavar="FILE", help=f"the findings to pass over (default: the nearest {BASELINE})")
    add("--no-baseline", action="store_true", help="use no baseline")
    add(
        _WRITE,
        metavar="FILE",
        dest="write_baseline",
        help="write the baseline: a new one with all findings, an old one without those that are gone",
    )
    add("--add-to-baseline", action="store_true", help="with --write-baseline: take up new findings as well")
