"""The repair of a gap: mounts for all that the manager fills, and nothing left that would defeat them."""

from __future__ import annotations

from collections.abc import Collection

from cachemount.facts import unmounted
from cachemount.facts.model import Directory, Facts, Install, Step
from cachemount.managers.model import PackageManager
from cachemount.repairs.builder import FixBuilder, store_steps
from cachemount.repairs.safety.index_readers import index_directories, needs_index


def mount_caches(facts: Facts, step: Step, manager: PackageManager, directories: Collection[Directory]) -> FixBuilder:
    """Mount the manager's caches in the step; a store also in every other step that uses it."""
    if not facts.with_fixes:
        return FixBuilder(facts)
    steps = {step}
    if any(directory.cache.kind == "store" for directory in directories):
        steps.update(install.step for install in store_steps(facts, step, manager, directories))
    # All the steps of a store have one repair.
    return facts.memo(_mount_steps, manager, tuple(sorted(steps, key=lambda one: one.instruction.span)))


def _mount_steps(facts: Facts, manager: PackageManager, steps: tuple[Step, ...]) -> FixBuilder:
    builder = FixBuilder(facts)
    for step in steps:
        _mount_step(builder, step, manager)
    return builder


def _mount_step(builder: FixBuilder, step: Step, manager: PackageManager) -> None:
    installs = [install for install in step.installs if install.manager is manager]
    builder.editable(step)
    wanted = []
    moved: dict[int, str | None] = {}
    apart = left_in_image(builder.facts, step, manager)
    for install, directory in unmounted.uncovered(step, manager):
        if directory in apart:
            continue
        meant = unmounted.misplaced(step, directory, manager)
        if meant is None or moved.get(id(meant), directory.path) != directory.path:
            wanted.append((install, directory))
        elif id(meant) not in moved:
            moved[id(meant)] = directory.path
            builder.retarget(install, meant, directory)
    builder.mount(step, wanted)
    for install in installs:
        if not install.reader:
            _mount_install(builder, install, refresh=not apart)
    directories = [directory for install in installs for directory in install.directories if directory not in apart]
    if not needs_index(builder.facts, step, manager):
        builder.refresh_dependents(step, manager)
    builder.keep_content(step, directories, [manager])
    builder.hazards(step, directories, manager)
    builder.force_cleanups(step, directories, manager)


def left_in_image(facts: Facts, step: Step, manager: PackageManager) -> list[Directory]:
    """Return the directories of the index that stay in the image, because something may need them there."""
    found = [one for one in index_directories(step, manager) if one.cache.index and one.cover is None]
    return found if found and needs_index(facts, step, manager) else []


def _mount_install(builder: FixBuilder, install: Install, *, refresh: bool) -> None:
    builder.switch_on(install)
    builder.set_variables(install)
    builder.keep_downloads(install)
    if refresh:
        builder.refresh(install)
