"""Each safe fix is complete in itself: applied alone, it leaves no finding that was not there before."""

from __future__ import annotations

from collections import Counter

import pytest

import case_files
from cachemount import engine, fixer
from cachemount.engine import Report
from cachemount.records import replace
from case_files import Case

# Once an earlier step has a mount that works, a step without one is said to lack that.
_SAME = {"unmounted-store": "missing-cache-mount"}


def _kinds(report: Report) -> Counter[tuple[str, str | None]]:
    return Counter((_SAME.get(finding.rule, finding.rule), finding.manager) for finding in report.findings)


def new_findings(case: Case) -> list[str]:
    """Return what is found after one of the safe fixes, and was not before."""
    report = engine.check(case.source, case.config)
    before = _kinds(report)
    found = []
    fixes = {id(one.fix): one.fix for one in report.findings if one.fix is not None and one.fix.safe}
    for fix in fixes.values():
        text, made = fixer.apply(case.source.text, [fix])
        assert made, "its own edits get in each other's way"
        after = engine.check(replace(case.source, text=text), case.config)
        found += [f"{fix.title}: {manager} [{rule}]" for rule, manager in _kinds(after) - before]
    return found


@pytest.mark.parametrize("case", case_files.load_all(), ids=lambda case: case.name)
def test_a_safe_fix_alone_leaves_nothing_new(case: Case) -> None:
    assert new_findings(case) == []
