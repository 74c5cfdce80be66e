"""Workflow commands: GitHub Actions shows them as annotations beside the lines."""

from __future__ import annotations

from cachemount.reporters.changes import repair_lines
from cachemount.reporters.concise import notes_on
from cachemount.results import Result, Run, printable, slashed
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


def write(run: Run, out: TextIO) -> None:
    for result in run:
        for one in result.findings:
            said = (f"{one.message} [{one.rule}]", *notes_on(one), *repair_lines(result, one))
            lines = "%0A".join(map(_data, said))
            out.write(f"::{one.severity} {_place(one)},title={_property(one.rule)}::{lines}\n")
        if result.error:
            place = "".join(
                f",{name}={number}" for name, number in (("line", result.line), ("col", result.column)) if number
            )
            out.write(f"::error file={_property(slashed(result.path))}{place}::{_data(result.error)}\n")


def _place(one: Result) -> str:
    start, end = one.region.start, one.region.end
    place = f"file={_property(slashed(one.path))},line={start.line},col={start.column}"
    if (start.line, start.column) != (end.line, end.column):
        place += f",endLine={end.line}"
        # A column of the end is refused where the end is on another line.
        if start.line == end.line:
            place += f",endColumn={end.column}"
    return place


def _data(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
