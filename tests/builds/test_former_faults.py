"""Fixes that were wrong, built as they were made before the commits that put them right.

`python -m pytest -m long tests/builds/test_former_faults.py` builds them (`-k NAME` for some), and records what came of
it; then `python tests/generate_docs.py` writes docs/proofs.md. Needs what test_shapes.py needs, and the history.
"""

from __future__ import annotations

import re

import pytest

from builds.former_faults import FORMER_FAULTS, FormerFault
from builds.former_fixes import fixes_at
from builds.shape_results import FORMER_RESULTS, results
from builds.shape_runs import ShapeRunner, record
from builds.shapes import FOLDER, load, shapes


@pytest.mark.build
@pytest.mark.long
@pytest.mark.parametrize("fault", FORMER_FAULTS, ids=lambda fault: fault.shape)
def test_the_fix_before_was_wrong(fault: FormerFault, shape_runner: ShapeRunner) -> None:
    with fixes_at(f"{fault.mended}^", alone=fault.alone) as fixes:
        found = shape_runner.run(load(FOLDER / fault.shape), fixes)
    assert all(one.original for one in found)
    record(found, FORMER_RESULTS)
    assert any(one.fix != "none" and not one.equal for one in found)


@pytest.mark.parametrize("fault", FORMER_FAULTS, ids=lambda fault: fault.shape)
def test_a_fault_was_built_and_is_no_more(fault: FormerFault) -> None:
    before = [one for one in results(FORMER_RESULTS) if one.name == fault.shape]
    since = [one for one in results() if one.name == fault.shape]
    assert [one.state for one in before] == [one.state for one in since]
    assert any(one.fix != "none" and not one.equal for one in before)
    assert not any(one.red for one in since)


def test_each_fault_has_a_shape_of_its_own_and_a_commit() -> None:
    names = [fault.shape for fault in FORMER_FAULTS]
    assert len(set(names)) == len(names)
    assert set(names) <= {shape.name for shape in shapes()}
    assert all(re.fullmatch("[0-9a-f]{7}", fault.mended) for fault in FORMER_FAULTS)
    assert {one.name for one in results(FORMER_RESULTS)} == set(names)
