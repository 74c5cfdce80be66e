"""JUnit's XML: a test suite a file, a failed test case a finding, one passed test case for a file without any."""

from __future__ import annotations

from html import escape

from cachemount.reporters.concise import notes_on
from cachemount.results import FileResult, Result, Run, printable
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


def write(run: Run, out: TextIO) -> None:
    suites = []
    tests = 0
    for result in run:
        if not result.skipped:
            cases = _cases(result)
            tests += len(cases)
            suites.append(_suite(result, cases))
    if not suites:
        # Jenkins takes a report without a test for a failure.
        tests = 1
        suites.append(
            ' <testsuite name="cachemount" tests="1" failures="0" errors="0">\n'
            '  <testcase name="cache mounts" classname="cachemount"/>\n </testsuite>\n'
        )
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(
        f'<testsuites name="cachemount" tests="{tests}"'
        f' failures="{run.totals.findings}" errors="{run.totals.errors}">\n'
    )
    out.write("".join(suites))
    out.write("</testsuites>\n")


def _cases(result: FileResult) -> list[str]:
    name = escape(printable(result.path))
    cases = [_case(one) for one in result.findings]
    if result.error:
        message = escape(f"{printable(result.path)}{result.place}: {printable(result.error)}")
        cases.append(f'  <testcase name="error" classname="{name}"><error message="{message}"/></testcase>\n')
    return cases or [f'  <testcase name="cache mounts" classname="{name}"/>\n']


def _suite(result: FileResult, cases: list[str]) -> str:
    return (
        f' <testsuite name="{escape(printable(result.path))}" tests="{len(cases)}" failures="{len(result.findings)}"'
        f' errors="{int(bool(result.error))}">\n{"".join(cases)} </testsuite>\n'
    )


def _case(one: Result) -> str:
    start = one.region.start
    path = escape(printable(one.path))
    message = escape(printable(one.message))
    notes = escape("".join(f"\n{note}" for note in (f"severity: {one.severity}", *notes_on(one))))
    return (
        f'  <testcase name="{one.rule} at {start.line}:{start.column}" classname="{path}">'
        f'<failure type="{one.rule}" message="{message}">{path}:{start.line}:{start.column}: {message}{notes}</failure>'
        "</testcase>\n"
    )
