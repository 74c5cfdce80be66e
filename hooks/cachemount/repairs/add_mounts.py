"""The repair of a gap: mounts for all that the manager fills, and nothing left that would defeat them."""

from __future__ import annotations

from collections.abc import Collection

from cachemount.facts import unmounted
from cachemount.facts.model import Directory, Facts, Step
from cachemount.managers.model import PackageManager
from cachemount.repairs.builder import FixBuilder
from cachemount.repairs.step_mounts import mount_steps


def mount_caches(facts: Facts, step: Step, manager: PackageManager, directories: Collection[Directory]) -> FixBuilder:
    """Mount the manager's caches in the step; a store also in every other step that uses it.

    The steps of a store have one fix, with one title, for all findings that ask for it.
    """
    steps = {step}
    if any(directory.cache.kind == "store" for directory in directories):
        from cachemount.repairs.store_steps import store_steps

        steps.update(install.step for install in store_steps(facts, step, manager, directories))
    return _fix_of(facts, manager, steps, None)


def title(facts: Facts, step: Step, manager: PackageManager, directories: Collection[Directory]) -> str:
    """Return what the fix of `mount_caches` is called: a store, where each of its steps is without a mount it has."""
    if any(directory.cache.kind == "store" for directory in directories):
        from cachemount.repairs.store_steps import store_steps

        steps = {install.step for install in store_steps(facts, step, manager, directories)}
        gaps = [gap for gap in unmounted.unmounted_installs(facts) if gap.manager is manager and gap.step in steps]
        if all(gap.kind != "missing" for gap in gaps):
            return f"mount {manager.name}'s store in every step that uses it"
    left_out = f"the {manager.builds_folder} that it builds" if manager.builds_folder else "what it compiles"
    may_be_left = manager.builds_folder or any(one.compiles_c_unless for one in manager.caches)
    if may_be_left and (why := mount_caches(facts, step, manager, directories).apart):
        return f"mount {manager.name}'s cache, without {left_out}: {why}"
    return f"mount {manager.name}'s cache"


def move_mounts(facts: Facts, gap: unmounted.Unmounted) -> FixBuilder:
    """Move the mounts of the step that serve nothing to what the manager uses; mount a store in steps that lack it."""
    step, manager, directory = gap.step, gap.manager, gap.wanted[0][1]
    steps = {step}
    if directory.cache.kind == "store":
        from cachemount.repairs.store_steps import store_steps

        steps.update(
            install.step
            for install in store_steps(facts, step, manager, [directory])
            if any(one.path == directory.path and one.cover is None for one in install.directories)
        )
    meant = frozenset(one.path for _, one in gap.wanted if one.path)
    return _fix_of(facts, manager, steps, meant)


def _fix_of(facts: Facts, manager: PackageManager, steps: Collection[Step], only: Collection[str] | None) -> FixBuilder:
    ordered = tuple(sorted(steps, key=lambda one: one.instruction.span))
    if not manager.retentions:
        return facts.memo(mount_steps, manager, ordered, only)
    from cachemount.repairs.keep_packages import complete_fix

    return facts.memo(complete_fix, manager, ordered, only)
