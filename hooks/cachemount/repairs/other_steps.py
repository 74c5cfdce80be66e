"""Mounts that the fix of one step adds to others. They are the same in the fixes of many steps, and made once."""

from __future__ import annotations

from collections.abc import Callable

from cachemount.facts.model import Facts, Step
from cachemount.facts.unmounted import uncovered
from cachemount.managers.model import PackageManager
from cachemount.repairs import mount_edits
from cachemount.repairs.builder import FixBuilder


def mount_packages(builder: FixBuilder, step: Step, manager: PackageManager) -> None:
    """Mount the folders in which a step keeps what it fetches, but for the index."""
    _add(builder, step, _add_packages, manager)


def mount_places(builder: FixBuilder, step: Step, manager: PackageManager, places: tuple[str, ...]) -> None:
    """Mount folders in a step that runs the manager by another program."""
    _add(builder, step, mount_edits.add_places, manager, places)


def _add(builder: FixBuilder, step: Step, add: Callable[..., None], *about: object) -> None:
    if not builder.moves and not builder.moved and step not in builder.targets:
        made = builder.facts.memo(_made_apart, step, add, *about)
        if made.only_mounts():
            builder.take(made)
            return
    add(builder, step, *about)


def _made_apart(facts: Facts, step: Step, add: Callable[..., None], *about: object) -> FixBuilder:
    builder = FixBuilder(facts)
    add(builder, step, *about)
    return builder


def _add_packages(builder: FixBuilder, step: Step, manager: PackageManager) -> None:
    mount_edits.add(builder, step, [pair for pair in uncovered(step, manager) if not pair[1].cache.index])
