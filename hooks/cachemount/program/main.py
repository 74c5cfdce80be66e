"""The command line programs: from arguments to an exit status."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from cachemount import reporters
from cachemount.files.reading import MOST_BYTES, too_large
from cachemount.policy.model import Config, ConfigError
from cachemount.program.discovery import Found, discover, is_dockerfile_name, is_host_name
from cachemount.program.options import FOR_SERVICES, MOUNT_FORMATS, STDIN, UNNAMED, Options, UsageError, read_options
from cachemount.program.planning import Plan, config_error_result, plan_of
from cachemount.program.runner import FEW_FILES, check_or_fix, internal_error, run
from cachemount.program.streams import FAILED, FOUND, run_program
from cachemount.program.surroundings import with_surroundings
from cachemount.results import FileResult, Run, printable, printable_lines
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

CLEAN = 0


def check_cache_mounts() -> int:
    return main("check-cache-mounts", sys.argv[1:])


def fix_cache_mounts() -> int:
    return main("fix-cache-mounts", sys.argv[1:])


def check_compose_cache_mounts() -> int:
    return main("check-compose-cache-mounts", sys.argv[1:])


def fix_compose_cache_mounts() -> int:
    return main("fix-compose-cache-mounts", sys.argv[1:])


def main(program: str, arguments: Sequence[str], called: str = "") -> int:
    """Run a program, which its user called by the name `called` ("": by its own), and return its exit status."""
    name = called or program

    def work() -> int:
        options = read_options(program, arguments, called)
        if options.explain is not None:
            from cachemount.program.explain import explain

            print(explain(options.explain))
            return CLEAN
        return _show_files(options) if options.show_files else _main(options, name, arguments)

    return run_program(name, work)


def _show_files(options: Options) -> int:
    """Print the files that would be checked, one on each line."""
    plan = plan_of(options)
    for task in plan.tasks(_found(options)):
        if isinstance(task, FileResult):
            if task.error:
                print(f"{printable(task.path)}{task.place}: {printable(task.error)}", file=sys.stderr)
            continue
        print(printable(task.path))
    return CLEAN


def _found(options: Options, walked: list[str] | None = None) -> Iterator[Found]:
    return discover(options.paths, is_host_name if options.hosts else is_dockerfile_name, walked)


def _main(options: Options, name: str, arguments: Sequence[str]) -> int:
    plan = plan_of(options)
    ratchet = plan.ratchet
    walked: list[str] = []
    if options.paths == (STDIN,):
        results = _standard_input(options, plan)
        # The fixed text is on standard output.
        out = sys.stderr if options.mode == "fix" else sys.stdout
    else:
        results, out = _with_progress(_files(options, plan, walked)), sys.stdout
    if options.output_file:
        out = _opened(options.output_file)
    if options.format in FOR_SERVICES:
        from cachemount.program.root_paths import from_root

        results = from_root(results)
    report = Run(
        results=results,
        mode=options.mode,
        color=_color(options, out),
        fixer=name.replace("check", "fix", 1),
        arguments=tuple(arguments),
        unsafe=options.unsafe,
        searched="Compose and Bake files" if options.hosts else "Dockerfiles",
        places=printable(", ".join("this folder" if path == "." else path for path in options.paths[:3])),
        notes=plan.builder_notes,
        linters=plan.linter_notes,
        elsewhere=lambda: "" if options.hosts else _in_compose(walked, name),
        baseline=options.use_baseline,
        show_suppressed=options.show_suppressed,
        statistics=options.statistics,
        verbose=options.verbose,
    )
    if options.mode == "diff" and hasattr(out, "reconfigure"):
        # A patch has the bytes of the file, also those that are not UTF-8.
        out.reconfigure(encoding="utf-8", errors="surrogateescape")
    reporters.load(options.format)(report, out)
    out.flush()
    if options.output_file:
        out.close()
    for note in ratchet.notes:
        print(printable(note), file=sys.stderr)
    if report.totals.errors:
        return FAILED
    changed = report.totals.fixes_made or (ratchet.wrote and options.mode == "fix" and not options.write_baseline)
    failing = {"warning": report.totals.findings, "error": report.totals.severe, "never": 0}[options.fail_on]
    return FOUND if (failing or changed) and not options.exit_zero else CLEAN


def _in_compose(folders: Sequence[str], name: str) -> str:
    """Return what to run for the Dockerfiles in Compose and Bake files below folders; "" where there are none."""
    if not folders:
        return ""
    from cachemount.program.inline_hosts import inline_hosts

    hosts = inline_hosts(folders)
    if not hosts:
        return ""
    command = f"{name} --compose" if " " in name else name.replace("-cache", "-compose-cache", 1)
    more = f" and {len(hosts) - 1} more hold" if len(hosts) > 1 else " holds"
    return f"{hosts[0]}{more} Dockerfiles: {command}"


def _with_progress(results: Iterator[FileResult]) -> Iterator[FileResult]:
    """Let a long run show that it is alive, where somebody looks at it."""
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return results
    from cachemount.program.progress import with_progress

    return with_progress(results, sys.stderr)


def _opened(path: str) -> TextIO:
    """Open the file of the report. Raises `UsageError` where it cannot be written."""
    try:
        return open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise UsageError(f"--output-file: {path}: {error.strerror}") from None


def _color(options: Options, out: TextIO) -> bool:
    if options.color != "auto":
        return options.color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if any(os.environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return out.isatty() and os.environ.get("TERM") != "dumb"


def _standard_input(options: Options, plan: Plan) -> Iterator[FileResult]:
    from cachemount.source import Source

    path = options.stdin_name
    if sys.stdin is None:
        raise OSError(errno.EBADF, "standard input is closed")
    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        yield FileResult(path=path, error=too_large(MOST_BYTES))
        return
    source = Source.from_bytes(path, data)
    new = None
    try:
        task = plan.task(path)
        if isinstance(task, FileResult):
            result = task
        else:
            if task.kind == "dockerfile" and path != UNNAMED:
                source = with_surroundings(source)
            result, new = check_or_fix(source, task)
    except ConfigError as error:
        result = config_error_result(error)
    except Exception as error:
        result = internal_error(path, error)
    if options.mode == "fix":
        sys.stdout.flush()
        if sys.stdout.isatty():
            sys.stdout.write(printable_lines((new or source).text))
        else:
            sys.stdout.buffer.write((new or source).to_bytes())
            sys.stdout.buffer.flush()
    yield plan.ratchet.apply(result)


def _files(options: Options, plan: Plan, walked: list[str]) -> Iterator[FileResult]:
    """Yield the results of all files, and put the folders that they were looked for in into `walked`."""
    failed = False
    found = _found(options, walked)
    first = list(islice(found, FEW_FILES))
    # With many files, a summary is not worth the time that it takes to work them all out.
    few = len(first) < FEW_FILES
    shown = few or options.verbose or reporters.shows_fixes(options.format, sys.stdout)
    plan.with_fixes = shown or options.mode != "check"
    used: dict[str, set[int]] = {}
    for done in run(plan.tasks(chain(first, found)), options.jobs):
        used.setdefault(done.config, set()).update(done.entries)
        failed = failed or bool(done.error)
        result = plan.ratchet.apply(done)
        plan.note_change(result)
        yield result
    if options.mode != "diff" and not (failed and options.write_baseline):
        yield from plan.ratchet.finish(walked)
    configs = plan.allowing()
    if walked and configs and options.format not in MOUNT_FORMATS:
        yield from _unused_entries([os.path.abspath(path) for path in walked], configs, used)


def _unused_entries(
    walked: Sequence[str], configs: Sequence[Config], used: dict[str, set[int]]
) -> Iterator[FileResult]:
    """Allowlist entries that hide nothing, of the configurations all of whose files were walked."""
    from cachemount.program.check_config import unused, used_entries

    for config in configs:
        folder = os.path.dirname(os.path.abspath(config.path))
        if any(folder == one or folder.startswith(one.rstrip(os.sep) + os.sep) for one in walked):
            found = used.get(config.path, set())
            if len(found) < len(config.allow):
                # The others may hide findings in files that this program does not look at.
                found = found | used_entries(config)
            yield from unused(config, found)
