"""One line a finding, for people: `path:line:col: severity: message [rule]`, as compilers write it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator

from cachemount.policy.model import UNSUPPRESSIBLE
from cachemount.reasons import Withheld
from cachemount.reporters import advice
from cachemount.results import FileResult, Result, Run, printable, printable_lines, printable_path
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

_BY = {"pragma": "a pragma", "allowlist": "the allowlist", "baseline": "the baseline"}


def write(run: Run, out: TextIO) -> None:
    write_with(run, out, lambda _, one: line(one, run))


def write_with(run: Run, out: TextIO, show: Callable[[FileResult, Result], str]) -> None:
    """Write what people read, each finding as `show` has it."""
    counts: Counter[tuple[str, str]] = Counter()
    rules: Counter[str] = Counter()
    for result in run:
        rules.update(one.rule for one in result.findings)
        _aside(result, run)
        if result.fixes_made and run.mode == "fix":
            out.write(_repaired(result))
        if result.diff:
            # With colors it is not a patch any more, and goes to a terminal in the end.
            out.write(_diff(result.diff, escape=out.isatty() or run.color, color=run.color))
        if run.statistics:
            counts.update((one.rule, one.manager or "-") for one in result.findings)
        elif run.mode == "diff":
            out.flush()
            for one in result.findings:
                # A patch alone goes to standard output; what it leaves, and why, is for people.
                sys.stderr.write(line(one, run, color=False))
        else:
            lines = [show(result, one) for one in result.findings]
            if run.show_suppressed:
                lines += [show(result, one) for one in result.suppressed]
            out.write("".join(lines))
    for (rule, manager), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        out.write(f"{count:6} {rule} {manager}\n")
    summary = _summary(run, terminal=out.isatty())
    if summary:
        # What a program may read from standard output is the patch alone.
        to = sys.stderr if run.mode == "diff" else out
        to.write((_wrapped(summary) if to.isatty() else summary) + "\n")
        if run.searched and not run.statistics:
            to.write("".join(f"  {line}\n" for line in _help(run, rules)))


def _repaired(result: FileResult) -> str:
    made = f": {'; '.join(map(printable, result.made))}" if result.made else ""
    return f"Repaired {printable_path(result.path)}{made}\n"


def _aside(result: FileResult, run: Run) -> None:
    """Errors, and what was passed over, go to standard error, which is not for programs."""
    if result.error:
        sys.stderr.write(f"{printable_path(result.path)}{result.place}: {printable(result.error)}\n")
        if result.details and run.verbose:
            sys.stderr.write(printable_lines(result.details))
    elif result.skipped and run.verbose:
        sys.stderr.write(f"{printable_path(result.path)}: skipped: {printable(result.skipped)}\n")


def line(one: Result, run: Run, *, color: bool | None = None) -> str:
    """Return a finding on one line, and why it is hidden or not repaired on the next.

    `color` is that of the run unless it is given.
    """
    start = one.region.start
    place = f"{printable_path(one.path)}:{start.line}:{start.column}:"
    severity = f"{one.severity}:"
    if run.color if color is None else color:
        place = f"\x1b[1m{place}\x1b[0m"
        severity = f"\x1b[{'31' if one.severity == 'error' else '33'}m{severity}\x1b[0m"
    notes = "".join(f"    {note}\n" for note in notes_on(one))
    return f"{place} {severity} {printable(one.message)} [{one.rule}]\n{notes}"


def notes_on(one: Result) -> list[str]:
    """By what a finding is hidden, or why a safe repair is not made, and the lines to write by hand."""
    title, *changes = by_hand_on(one) or [""]
    return [*reasons_on(one), *([title, *(f"    {change}" for change in changes)] if title else [])]


def by_hand_on(one: Result) -> list[str]:
    """Return a heading and the lines of a diff for a fix that cannot be written into the file."""
    if not one.by_hand or one.suppressed:
        return []
    return ["the lines to write by hand:", *map(printable, one.by_hand.split("\n"))]


def reasons_on(one: Result) -> list[str]:
    """By what a finding is hidden, or why a safe repair is not made."""
    if one.suppressed:
        return [f"suppressed by {_BY[one.suppressed]}: {printable(one.reason)}"]
    if one.fix is not None and not one.fix.safe:
        why = printable(one.fix.withheld) or "that may change what the build does"
        way_out, unsafe = _of_table(one.fix.withheld)
        if not unsafe:
            return [f"not repaired: {why} (--unsafe-fixes repairs it nevertheless)", *way_out]
        return [f"not repaired: {why}", *way_out, f"with --unsafe-fixes: {unsafe}"]
    if one.fix is None and one.note:
        return [f"not repaired: {printable(one.note)}", *_of_table(one.note)[0]]
    return []


def _of_table(reason: str) -> tuple[list[str], str]:
    """Return a line with the way out, where the reason itself has none, and what the unsafe fix does."""
    if not isinstance(reason, Withheld):
        return [], ""
    return [f"way out: {printable(reason.way_out)}"] if reason.way_out else [], printable(reason.unsafe)


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
    hidden = ((totals.suppressed, "suppressed"), (totals.baseline, "in the baseline"))
    suppressed = ", ".join(f"{count} {how}" for count, how in hidden if count)
    if totals.findings or totals.fixed:
        total = totals.findings + totals.fixed
        parts = ", ".join(_parts(run))
        files = _count(len(totals.bad), "file", "files")
        aside = f" ({suppressed})" if suppressed else ""
        return f"{_count(total, 'finding', 'findings')} in {files}" + (f": {parts}" if parts else "") + aside
    if totals.errors or totals.fixes_made or run.mode == "diff":
        return ""
    if run.searched and not totals.files:
        if totals.skipped:
            return f"Nothing was checked: {_count(totals.skipped, 'file was', 'files were')} passed over (-v says why)."
        return f"No {run.searched} were found in {run.places}."
    if not (suppressed or run.verbose or terminal):
        return ""
    checked = f"No findings in {_count(totals.files, 'file', 'files')}"
    return checked + (f" ({suppressed})." if suppressed else ".")


def _wrapped(text: str) -> str:
    import shutil
    import textwrap

    width = advice.width(shutil.get_terminal_size().columns)
    return textwrap.fill(text, max(width, 40), subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _parts(run: Run) -> Iterator[str]:
    """Yield what became of the findings, or can become of them: the same words in each mode."""
    totals = run.totals
    if run.mode == "check":
        if not totals.counted:
            yield f"{run.fixer} repairs what it safely can"
        elif totals.fixable:
            yield f"{totals.fixable} can be repaired"
            rest = totals.findings - totals.fixable
            if rest:
                yield f"{rest} cannot{_unsafely(totals.unsafe)}"
        elif totals.noted:
            yield f"none can be repaired{_unsafely(totals.unsafe)}"
        return
    yield f"{totals.fixed} {'repaired' if run.mode == 'fix' else 'would be repaired'}"
    if totals.findings:
        yield f"{totals.findings} left{'' if run.unsafe else _unsafely(totals.unsafe)}"


def _unsafely(count: int) -> str:
    return f" ({count} of them with --unsafe-fixes)" if count else ""


def _help(run: Run, rules: Counter[str]) -> list[str]:
    """Return what to do about the findings, and what comes after a repair: said once, in place of a line for each."""
    totals = run.totals
    of_steps = not UNSUPPRESSIBLE.issuperset(rules)
    lines = []
    if run.mode == "fix" and totals.fixes_made and advice.in_hook():
        then = "see to what is left" if totals.findings else "commit again"
        lines.append(f"next:    look at the change (git diff), git add it, and {then}")
    if of_steps and run.mode == "check" and (totals.fixable or not totals.counted):
        lines.append(f"repair:  {advice.fixing_command(run.fixer, run.arguments)}")
    if of_steps and run.mode != "diff":
        lines.append("accept:  # cachemount: ignore[RULE] reason   (a comment above the step)")
    if rules:
        lines.append(f"explain: {advice.explaining_command(_most_frequent(rules))}")
    if of_steps or totals.fixed:
        lines += [f"builder: {printable(note)}" for note in run.notes()]
        lines += map(printable, run.linters())
    if totals.templates and not run.verbose:
        passed = _count(totals.templates, "template, not yet a Dockerfile, was", "templates, not yet Dockerfiles, were")
        lines.append(f"skipped: {passed} passed over (-v says which)")
    if note := run.elsewhere():
        lines.append(f"compose: {printable(note)}")
    return lines


def _most_frequent(rules: Counter[str]) -> str:
    return min(rules, key=lambda rule: (-rules[rule], rule))


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
