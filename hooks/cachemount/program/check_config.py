"""Validating configurations, and finding their allowlist entries that are stale."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

from cachemount import __version__, reporters
from cachemount.files.patterns import match_path
from cachemount.policy.ancestors import CONFIGURATIONS
from cachemount.policy.config_search import ConfigSearch, load
from cachemount.policy.model import Config, ConfigError
from cachemount.policy.suppress import EXPIRED, UNUSED
from cachemount.program.arguments import Parser
from cachemount.program.discovery import host_kind, is_host_name, known_to_git, walk
from cachemount.program.runner import Task, run
from cachemount.program.streams import FAILED, FOUND, run_program
from cachemount.records import replace
from cachemount.results import FileResult, Region, Result, Run, printable
from cachemount.source import Position

PROGRAM = "check-cachemount-config"


def check_configs(paths: Sequence[str]) -> Iterator[FileResult]:
    """Yield a result for each of the configurations at `paths` (none given: for those that git knows here)."""
    for path in paths or _known():
        try:
            config = load(path)
        except ConfigError as error:
            yield FileResult(path=path, error=error.message, line=error.line, column=error.column)
            continue
        if config is not None:
            found = tuple(one for result in _stale(config) for one in result.findings)
            yield FileResult(path=path, findings=found)


def _stale(config: Config) -> Iterator[FileResult]:
    if config.allow:
        yield from expired(config)
        yield from unused(config, used_entries(config))
    if config.exclude and UNUSED not in config.disable:
        yield from idle_excludes(config)


def _known() -> list[str]:
    names = known_to_git(".", *CONFIGURATIONS, *(f"**/{name}" for name in CONFIGURATIONS))
    return [name for name in (CONFIGURATIONS if names is None else names) if os.path.isfile(name)]


def used_entries(config: Config) -> set[int]:
    """Return the entries that hide something, or would if they had not expired, in the configuration's files."""
    return {entry for result in run(_tasks(config), 0) for entry in result.entries}


def _tasks(config: Config) -> Iterator[Task]:
    search = ConfigSearch()
    for path in _files(config):
        try:
            found = search.for_file(path)
        except ConfigError:
            continue
        if os.path.abspath(found.path) == os.path.abspath(config.path) and found.path and not found.excluded:
            kind = host_kind(path) or "dockerfile"
            yield Task(path=path, config=replace(found, today=None), mode="check", kind=kind)


def _files(config: Config) -> list[str]:
    """Return the files that the configuration is for: Dockerfiles, those that hold some, and what entries name."""
    folder = os.path.dirname(config.path) or "."
    # A pattern that ends in a wildcard matches files of every kind.
    globs = {glob for entry in config.allow for glob in entry.paths if glob.rpartition("/")[2].strip("*?")}
    others = walk(folder, lambda name: is_host_name(name) or any(match_path(glob, _slashed(name)) for glob in globs))
    return sorted({*walk(folder), *others})


def _slashed(name: str) -> str:
    return name.replace(os.sep, "/")


def unused(config: Config, used: set[int]) -> Iterator[FileResult]:
    """Yield a finding for each allowlist entry that is not used."""
    if UNUSED not in config.disable and config.suppressions and not config.narrowed:
        stale = [entry for index, entry in enumerate(config.allow) if index not in used]
        stale = [entry for entry in stale if not entry.expired(config.today)]
        for entry in stale:
            message = f"this allowlist entry hides nothing; its reason was: {entry.reason}"
            yield _result(config, UNUSED, message, entry.line)


def idle_excludes(config: Config) -> Iterator[FileResult]:
    """Yield a finding for each glob of `exclude` that no file in the folder of the configuration matches."""
    folder = os.path.dirname(config.path) or "."
    files = [_slashed(os.path.relpath(path, folder)) for path in walk(folder, lambda _name: True)]
    for glob in config.exclude:
        if not any(match_path(glob, file) for file in files):
            yield _result(config, UNUSED, f"`{glob}` in `exclude` leaves no file out", config.exclude_line)


def expired(config: Config) -> Iterator[FileResult]:
    """Yield a finding for each allowlist entry that is past its date."""
    if EXPIRED not in config.disable:
        for entry in config.allow:
            if entry.expired(config.today):
                message = f"this allowlist entry expired on {entry.expires}; its reason was: {entry.reason}"
                yield _result(config, EXPIRED, message, entry.line)


def _result(config: Config, rule: str, message: str, line: int) -> FileResult:
    place = Position(max(line, 1), 1)
    result = Result(
        path=config.path,
        region=Region(*place, *place),
        instruction_line=place.line,
        stage="",
        rule=rule,
        manager=None,
        message=message,
        severity=config.severity.get(rule, "warning"),
    )
    return FileResult(path=config.path, findings=(result,))


def make_parser(called: str = PROGRAM) -> Parser:
    """Return the parser of the program, for one who called it by the name `called`."""
    parser = Parser(
        prog=called,
        description="Validate .cachemount.toml and [tool.cachemount]; report stale allowlist entries.",
        epilog="exit status: 0 all is well; 1 stale entries; 2 a mistake in a configuration",
    )
    add = parser.add_argument
    add("paths", metavar="PATH", nargs="*", help="configurations (default: all that git knows here)")
    add("--version", action="version", version=f"{called} {__version__}")
    return parser


def main(arguments: Sequence[str], called: str = PROGRAM) -> int:
    """Run check-cachemount-config, which its user called by the name `called`, and return its exit status."""

    def work() -> int:
        paths = make_parser(called).parse_args(arguments).paths
        places = printable(", ".join(paths[:3])) or "this folder"
        report = Run(results=check_configs(paths), searched="configurations", places=places)
        reporters.load("text")(report, sys.stdout)
        return FAILED if report.totals.errors else FOUND if report.totals.findings else 0

    return run_program(called, work)
