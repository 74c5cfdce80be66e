"""The repair of a gap: mounts for all that the manager fills, and nothing left that would defeat them."""

from __future__ import annotations

from collections.abc import Collection

from cachemount.facts import unmounted
from cachemount.facts.model import Directory, Facts, Install, Step
from cachemount.managers.model import PackageManager
from cachemount.repairs.builder import Repair, store_steps


def mend(facts: Facts, step: Step, manager: PackageManager, directories: Collection[Directory]) -> Repair:
    """Mount the manager's caches in the step; a store also in every other step that uses it."""
    if not facts.repairs:
        return Repair(facts)
    steps = {step}
    if any(directory.cache.kind == "store" for directory in directories):
        steps.update(install.step for install in store_steps(facts, step, manager, directories))
    # All the steps of a store have one repair.
    return facts.once(_mend_steps, manager, tuple(sorted(steps, key=lambda one: one.instruction.span)))


def _mend_steps(facts: Facts, manager: PackageManager, steps: tuple[Step, ...]) -> Repair:
    repair = Repair(facts)
    for step in steps:
        _mend_step(repair, step, manager)
    return repair


def _mend_step(repair: Repair, step: Step, manager: PackageManager) -> None:
    installs = [install for install in step.installs if install.manager is manager]
    repair.editable(step)
    wanted = []
    for install, directory in unmounted.uncovered(step, manager):
        meant = unmounted.misplaced(step, directory, manager)
        if meant is None:
            wanted.append((install, directory))
        else:
            repair.retarget(install, meant, directory)
    repair.mount(step, wanted)
    for install in installs:
        if not install.reader:
            _mend_install(repair, install)
    directories = [directory for install in installs for directory in install.directories]
    repair.keep_content(step, directories, [manager])
    repair.hazards(step, directories, manager)


def _mend_install(repair: Repair, install: Install) -> None:
    repair.switch_on(install)
    repair.set_variables(install)
    repair.keep_downloads(install)
    repair.refresh(install)
