"""JUnit's XML: a test suite a file, a failed test case a finding, one passed test case for a file without any."""

from __future__ import annotations

from html import escape
from typing import TextIO

from cachemount.results import FileResult, Result, Run, printable


def write(run: Run, out: TextIO) -> None:
    suites = [_suite(result) for result in run if not result.skipped]
    totals = run.totals
    passed = totals.files - totals.bad_files - totals.errors
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(
        f'<testsuites name="cachemount" tests="{totals.findings + totals.errors + max(passed, 0)}"'
        f' failures="{totals.findings}" errors="{totals.errors}">\n'
    )
    out.write("".join(suites))
    out.write("</testsuites>\n")


def _suite(result: FileResult) -> str:
    name = escape(printable(result.path))
    cases = [_case(one) for one in result.findings]
    if result.error:
        message = escape(printable(result.error))
        cases.append(f'  <testcase name="error" classname="{name}"><error message="{message}"/></testcase>\n')
    body = "".join(cases) or f'  <testcase name="cache mounts" classname="{name}"/>\n'
    return (
        f' <testsuite name="{name}" tests="{max(len(cases), 1)}" failures="{len(result.findings)}"'
        f' errors="{int(bool(result.error))}">\n{body} </testsuite>\n'
    )


def _case(one: Result) -> str:
    start = one.region.start
    path = escape(printable(one.path))
    message = escape(printable(one.message))
    return (
        f'  <testcase name="{one.rule} at {start.line}:{start.column}" classname="{path}">'
        f'<failure type="{one.rule}" message="{message}">{path}:{start.line}:{start.column}: {message}</failure>'
        "</testcase>\n"
    )
