"""Shapes, built as they are and repaired, and what was recorded of them.

`python -m pytest -m long tests/builds/test_shapes.py` builds them all on a current BuildKit and records the results
(`-k NAME` for some, `--unproven` for those alone whose text or repair has changed since); then
`python tests/generate_docs.py` writes docs/proofs.md. Needs root, Go, runc, debootstrap and the registries.
"""

from __future__ import annotations

import re

import pytest

from builds.comparing import CHANCE
from builds.shape_results import STATES, results
from builds.shape_runs import ShapeRunner, fix_alone, record, text_of
from builds.shapes import Shape, shapes
from cachemount.managers import MANAGERS
from cachemount.managers.model import PackageManager

ALL = shapes()


@pytest.mark.build
@pytest.mark.long
@pytest.mark.parametrize("shape", ALL, ids=lambda shape: shape.name)
def test_a_repaired_shape_builds_the_same_image(
    shape: Shape, shape_runner: ShapeRunner, request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--unproven") and text_of(shape) in {one.text for one in results()}:
        pytest.skip("its results are current")
    found = shape_runner.run(shape)
    for one in found:
        assert one.original, f"the file does not build as it is written, {one.state}: {one.differs}"
    record(found)
    assert any(one.red for one in found) == bool(shape.fault)


@pytest.mark.parametrize("shape", ALL, ids=lambda shape: shape.name)
@pytest.mark.slow
def test_a_shape_was_built_in_all_states(shape: Shape) -> None:
    found = [one for one in results() if one.name == shape.name]
    assert [one.state for one in found] == [state for state in STATES if state != "more" or shape.more]
    assert all(one.original for one in found), "the file does not build as it is written"
    assert any(one.red for one in found) == bool(shape.fault)


@pytest.mark.parametrize("shape", [one for one in ALL if one.proves], ids=lambda shape: shape.name)
def test_a_shape_proves_a_manager_by_a_safe_fix_in_all_states(shape: Shape) -> None:
    found = [one for one in results() if one.name == shape.name]
    assert all(one.fix == "safe" and one.equal for one in found)
    targets = {cache for manager in MANAGERS if manager.name == shape.proves for cache in _last_folders(manager)}
    mounts = re.findall(r"--mount=type=cache,target=([^,\s]+)", fix_alone(shape)[0])
    assert any(mount.endswith(target) for mount in mounts for target in targets)


def _last_folders(manager: PackageManager) -> set[str]:
    locations = [location for cache in manager.caches for location in cache.locations]
    return {re.sub(r"^\$\w+", "", location) for location in locations if re.sub(r"^\$\w+", "", location)}


def test_what_is_left_aside_differs_between_two_builds_of_the_original() -> None:
    assert all(set(one.aside) <= set(one.chance) for one in results())
    assert {kind for one in results() for kind in one.aside} == set(CHANCE)


def test_there_is_no_result_without_a_shape() -> None:
    assert {one.name for one in results()} == {shape.name for shape in ALL}
