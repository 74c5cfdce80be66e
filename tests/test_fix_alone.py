"""Each safe fix is complete in itself: applied alone, it leaves no finding that was not there, and no mount twice."""

from __future__ import annotations

from collections import Counter

import pytest

import case_files
from cachemount import engine, fixer
from cachemount.dockerfile.reader import read
from cachemount.engine import Report
from cachemount.records import replace
from cachemount.source import Source
from case_files import Case

# Once an earlier step has a mount that works, a step without one is said to lack that.
_SAME = {"unmounted-store": "missing-cache-mount"}


def _kinds(report: Report) -> Counter[tuple[str, str | None]]:
    return Counter((_SAME.get(finding.rule, finding.rule), finding.manager) for finding in report.findings)


def _doubled(source: Source) -> Counter[str]:
    """Return the targets that a RUN mounts more than once."""
    runs = [one.run for stage in read(source).stages for one in stage.instructions if one.run is not None]
    found = Counter[str]()
    for run in runs:
        targets = Counter(mount.target for mount in run.mounts)
        found.update(target for target, count in targets.items() if count > 1)
    return found


def wrong_alone(case: Case) -> list[str]:
    """Return what is wrong after one of the safe fixes, and was not before."""
    report = engine.check(case.source, case.config)
    before = _kinds(report)
    found = []
    fixes = {id(one.fix): one.fix for one in report.findings if one.fix is not None and one.fix.safe}
    doubled = _doubled(case.source) if fixes else Counter()
    for fix in fixes.values():
        text, made = fixer.apply(case.source.text, [fix])
        assert made, "its own edits get in each other's way"
        changed = replace(case.source, text=text)
        after = engine.check(changed, case.config, with_fixes=False)
        found += [f"{fix.title}: {manager} [{rule}]" for rule, manager in _kinds(after) - before]
        found += [f"{fix.title}: mounts {target} twice" for target in _doubled(changed) - doubled]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("part", range(32))
def test_a_safe_fix_alone_leaves_nothing_new(part: int) -> None:
    for case in case_files.load_all()[part::32]:
        # Where the case says that nothing is repaired, there is no safe fix.
        if case.fixed != case.text("dockerfile"):
            assert wrong_alone(case) == [], case.name
