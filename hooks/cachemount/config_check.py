"""Validating configurations, and finding their allowlist entries that are stale."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

from cachemount import reporters
from cachemount.config import Config, ConfigError
from cachemount.config_reader import NAMES
from cachemount.config_search import ConfigSearch, load
from cachemount.discovery import known_to_git, walk
from cachemount.records import replace
from cachemount.results import FileResult, Region, Result, Run
from cachemount.runner import Task, run
from cachemount.source import Position
from cachemount.suppress import EXPIRED, UNUSED


def check_configs(paths: Sequence[str]) -> Iterator[FileResult]:
    """What is wrong with the configurations at `paths` (none given: with those that git knows here)."""
    for path in paths or _known():
        try:
            config = load(path)
        except ConfigError as error:
            yield FileResult(path=path, error=error.message, line=error.line, column=error.column)
            continue
        if config is not None and config.allow:
            yield from expired(config)
            yield from unused(config, _used(config))


def _known() -> list[str]:
    names = known_to_git(".", *NAMES, *(f"**/{name}" for name in NAMES))
    return [name for name in (NAMES if names is None else names) if os.path.isfile(name)]


def _used(config: Config) -> set[int]:
    """The entries that hide something, or would if they had not expired, in the files that the configuration is for."""
    search = ConfigSearch()
    tasks = []
    for path in walk(os.path.dirname(config.path) or "."):
        try:
            found = search.for_file(path)
        except ConfigError:
            continue
        if os.path.abspath(found.path) == os.path.abspath(config.path) and found.path and not found.excluded:
            tasks.append(Task(path=path, config=replace(found, today=None), mode="check"))
    return {entry for result in run(tasks, 0) for entry in result.entries}


def unused(config: Config, used: set[int]) -> Iterator[FileResult]:
    """A finding for each allowlist entry that is not used."""
    if UNUSED not in config.disable and config.suppressions and not config.narrowed:
        stale = [entry for index, entry in enumerate(config.allow) if index not in used]
        stale = [entry for entry in stale if not entry.expired(config.today)]
        for entry in stale:
            message = f"this allowlist entry hides nothing; its reason was: {entry.reason}"
            yield _result(config, UNUSED, message, entry.line)


def expired(config: Config) -> Iterator[FileResult]:
    """A finding for each allowlist entry that is past its date."""
    if EXPIRED not in config.disable:
        for entry in config.allow:
            if entry.expired(config.today):
                message = f"this allowlist entry expired on {entry.expires}; its reason was: {entry.reason}"
                yield _result(config, EXPIRED, message, entry.line)


def _result(config: Config, rule: str, message: str, line: int) -> FileResult:
    place = Position(max(line, 1), 1)
    result = Result(
        path=config.path,
        region=Region(start=place, end=place),
        instruction_line=place.line,
        stage="",
        rule=rule,
        manager=None,
        message=message,
    )
    return FileResult(path=config.path, findings=(result,))


def main(arguments: Sequence[str]) -> int:
    """Run check-cachemount-config and return its exit status."""
    import argparse  # noqa: PLC0415

    from cachemount import __version__  # noqa: PLC0415

    program = "check-cachemount-config"
    parser = argparse.ArgumentParser(
        prog=program,
        description="Validate .cachemount.toml and [tool.cachemount]; report stale allowlist entries.",
        epilog="exit status: 0 all is well; 1 stale entries; 2 a mistake in a configuration",
    )
    parser.add_argument("paths", metavar="PATH", nargs="*", help="configurations (default: all that git knows here)")
    parser.add_argument("--version", action="version", version=f"{program} {__version__}")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace", newline="\n")
    report = Run(results=check_configs(parser.parse_args(arguments).paths))
    reporters.load("text")(report, sys.stdout)
    return 2 if report.totals.errors else 1 if report.totals.findings else 0
