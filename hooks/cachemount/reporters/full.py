"""A finding with its step, a caret under the command, and the repair as a diff, for a terminal."""

from __future__ import annotations

import shutil
import textwrap

from cachemount.reporters import advice, pages
from cachemount.reporters.cells import Cells
from cachemount.reporters.changes import MOST_CHANGES, changes
from cachemount.reporters.concise import by_hand_on, line, reasons_on, write_with
from cachemount.results import FileResult, PlacedFix, Result, Run, printable, printable_path
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

_MOST_LINES = 6
# Further findings take one line each: nothing is read that fills several screens.
_MOST_BLOCKS = 10


def write(run: Run, out: TextIO) -> None:
    width = max(advice.width(shutil.get_terminal_size().columns), 40)
    page = _Page(run, width, links=run.color and out.isatty())
    write_with(run, out, page.block)


class _Page:
    def __init__(self, run: Run, width: int, *, links: bool) -> None:
        self._run = run
        self._width = width
        self._links = links
        self._file = ""
        self._shown: set[PlacedFix] = set()
        self._blocks = 0

    def block(self, result: FileResult, one: Result) -> str:
        if result.path != self._file:
            self._file, self._shown = result.path, set()
        self._blocks += 1
        if self._blocks > _MOST_BLOCKS:
            return line(one, self._run)
        start = one.region.start
        place = f"{printable_path(one.path)}:{start.line}:{start.column}"
        lines = self._heading(one)
        source = result.text.removeprefix("\ufeff").split("\n") if result.text and one.path == result.path else []
        gutter = len(str(one.region.end.line))
        lines.append(f"{' ' * gutter}{self._paint('34', '-->')} {place}")
        if 0 < start.line <= len(source):
            lines += self._step(one, source, gutter)
        lines += [part for note in reasons_on(one) for part in self._note(gutter, note)]
        if one.fix is not None and source and not one.suppressed:
            lines += self._fix(result, one.fix, gutter)
        if by_hand := by_hand_on(one):
            lines.append(self._aside(gutter, by_hand[0]))
            lines += self._changed([(change[:1], change[2:]) for change in by_hand[1:]], gutter)
        return "\n".join(lines) + "\n\n"

    def _heading(self, one: Result) -> list[str]:
        """Return severity, rule and message, in lines that are no wider than the terminal."""
        kind = f"{one.severity}[{one.rule}]"
        first, *more = _wrapped(f"{kind}: {printable(one.message)}", self._width, "  ")
        color = "1;31" if one.severity == "error" else "1;33"
        said = first.removeprefix(f"{kind}: ")
        kind = self._link(one.rule, self._paint(color, kind))
        return [f"{kind}: {self._paint('1', said)}", *(self._paint("1", line) for line in more)]

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._run.color and text else text

    def _link(self, rule: str, text: str) -> str:
        """Text that the terminal opens the rule's page for (OSC 8; terminals that do not know it pass over it)."""
        url = pages.page(rule) if self._links else ""
        return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\" if url else text

    def _note(self, gutter: int, text: str) -> list[str]:
        """Return a note in lines that are no wider than the terminal."""
        indent = " " * (gutter + 3)
        first, *more = _wrapped(text, max(self._width - len(indent), 20))
        return [self._aside(gutter, first), *(f"{indent}{one}" for one in more)]

    def _aside(self, gutter: int, text: str) -> str:
        return f"{' ' * gutter} {self._paint('34', '=')} {text}"

    def _step(self, one: Result, source: list[str], gutter: int) -> list[str]:
        """Return the lines of the command, from the first line of its instruction on if that is near."""
        start, end = one.region.start, one.region.end
        # A region ends before its end, so one that ends in column 1 has nothing on that line.
        last = end.line - (end.line > start.line and end.column == 1)
        first = one.instruction_line if start.line - 2 <= one.instruction_line <= start.line else start.line
        bar = self._paint("34", "|")
        lines = [f"{' ' * gutter} {bar}"]
        numbers = range(first, min(last, len(source)) + 1)
        for number in numbers[:_MOST_LINES]:
            text = source[number - 1].removesuffix("\r")
            here = number >= start.line
            begin = start.column - 1 if number == start.line else len(text) - len(text.lstrip())
            stop = end.column - 1 if number == end.line else len(text)
            cells = Cells(text)
            shown, at, carets = cells.window(begin, stop if here else begin, self._width - gutter - 3)
            lines.append(f"{self._paint('34', str(number).rjust(gutter))} {bar} {shown}".rstrip())
            if here and (carets or number == start.line):
                lines.append(f"{' ' * gutter} {bar} {' ' * at}{self._paint('1;31', '^' * max(carets, 1))}")
        if len(numbers) > _MOST_LINES:
            lines.append(f"{' ' * gutter} {bar} ... {len(numbers) - _MOST_LINES} more")
        return lines

    def _fix(self, result: FileResult, fix: PlacedFix, gutter: int) -> list[str]:
        title = f"repair: {printable(fix.title)}"
        if fix in self._shown:
            return [self._aside(gutter, f"{title} (shown above)")]
        self._shown.add(fix)
        lines = [self._aside(gutter, title)]
        changed = changes(result.text, fix.replacements)
        lines += self._changed(changed[:MOST_CHANGES], gutter)
        if len(changed) > MOST_CHANGES:
            lines.append(f"{' ' * gutter}   ... {len(changed) - MOST_CHANGES} more; {self._run.fixer} --diff has all")
        return lines

    def _changed(self, changed: list[tuple[str, str]], gutter: int) -> list[str]:
        # Never cut: two lines of which only the end differs would be the same.
        shown = ((sign, f"{sign} {Cells(text.removesuffix(chr(13))).whole}".rstrip()) for sign, text in changed)
        return [f"{' ' * gutter}   {self._paint({'+': '32', '-': '31'}.get(sign, ''), text)}" for sign, text in shown]


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    wrapped = textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return wrapped or [""]
