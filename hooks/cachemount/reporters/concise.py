"""One line a finding, for people: `path:line:col: message [rule]`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import TextIO

from cachemount.results import FileResult, Result, Run, Totals, printable, printable_lines

_BY = {"pragma": "a pragma", "allowlist": "the allowlist", "baseline": "the baseline"}


def write(run: Run, out: TextIO) -> None:
    write_with(run, out, lambda _, one: _line(one, run))


def write_with(run: Run, out: TextIO, show: Callable[[FileResult, Result], str]) -> None:
    """Write what people read, each finding as `show` has it."""
    counts: Counter[tuple[str, str]] = Counter()
    for result in run:
        _aside(result, run)
        if result.fixes_made and run.mode == "fix":
            out.write(f"Repaired {printable(result.path)} ({_count(result.fixes_made, 'fix', 'fixes')})\n")
        if result.diff:
            # With colors it is no patch any more, and goes to a terminal in the end.
            out.write(_diff(result.diff, escape=out.isatty() or run.color, color=run.color))
        if run.statistics:
            counts.update((one.rule, one.manager or "-") for one in result.findings)
        elif run.mode != "diff":
            lines = [show(result, one) for one in result.findings]
            if run.show_suppressed:
                lines += [show(result, one) for one in result.suppressed]
            out.write("".join(lines))
    for (rule, manager), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        out.write(f"{count:6} {rule} {manager}\n")
    summary = _summary(run, terminal=out.isatty())
    if summary:
        # What a program may read from standard output is the patch alone.
        (sys.stderr if run.mode == "diff" else out).write(summary + "\n")


def _aside(result: FileResult, run: Run) -> None:
    """Errors, and what was passed over, go to standard error, which is not for programs."""
    if result.error:
        sys.stderr.write(f"{printable(result.path)}{result.place}: {printable(result.error)}\n")
        if result.details and run.verbose:
            sys.stderr.write(printable_lines(result.details))
    elif result.skipped and run.verbose:
        sys.stderr.write(f"{printable(result.path)}: skipped: {printable(result.skipped)}\n")


def _line(one: Result, run: Run) -> str:
    start = one.region.start
    place = f"{printable(one.path)}:{start.line}:{start.column}:"
    rule = f"[{one.rule}]"
    if run.color:
        place, rule = f"\x1b[1m{place}\x1b[0m", f"\x1b[33m{rule}\x1b[0m"
    line = f"{place} {printable(one.message)} {rule}\n"
    if one.suppressed or run.mode == "fix" or run.verbose:
        line += "".join(f"    {note}\n" for note in notes_on(one))
    return line


def notes_on(one: Result) -> list[str]:
    """By what a finding is hidden, or why a safe repair is not made."""
    if one.suppressed:
        return [f"suppressed by {_BY[one.suppressed]}: {printable(one.reason)}"]
    if one.fix is not None and not one.fix.safe:
        why = printable(one.fix.withheld) or "that may change what the build does"
        return [f"not repaired: {why} (--unsafe-fixes does it all the same)"]
    if one.fix is None and one.note:
        return [f"not repaired: {printable(one.note)}"]
    return []


def _diff(diff: str, *, escape: bool, color: bool) -> str:
    colors = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}
    lines = []
    for line in diff[:-1].split("\n"):
        shown = printable_lines(line) if escape else line
        start = colors.get(line[:1], "") if color else ""
        lines.append(f"{start}{shown}\x1b[0m\n" if start else shown + "\n")
    return "".join(lines)


def _summary(run: Run, *, terminal: bool) -> str:
    totals = run.totals
    if run.mode == "diff":
        return _diff_summary(totals)
    hidden = ((totals.suppressed, "suppressed"), (totals.baseline, "in the baseline"))
    suppressed = ", ".join(f"{count} {how}" for count, how in hidden if count)
    if totals.findings:
        files = _count(totals.bad_files, "file", "files")
        fixable = ""
        if not totals.counted:
            fixable = f"{run.fixer} repairs what it safely can"
        elif totals.fixable and run.mode == "check":
            fixable = f"{totals.fixable} can be repaired by {run.fixer}"
        extra = ", ".join(filter(None, (suppressed, fixable)))
        return f"{_count(totals.findings, 'finding', 'findings')} in {files}" + (f" ({extra})" if extra else "")
    if totals.errors or totals.fixes_made or not (suppressed or run.verbose or terminal):
        return ""
    return "No findings" + (f" ({suppressed})." if suppressed else ".")


def _diff_summary(totals: Totals) -> str:
    parts = []
    if totals.fixes_made:
        files = _count(totals.fixed_files, "file", "files")
        parts.append(f"{_count(totals.fixes_made, 'fix', 'fixes')} would be made in {files}")
    if totals.findings:
        parts.append(f"{_count(totals.findings, 'finding', 'findings')} would be left")
    return "; ".join(parts)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
