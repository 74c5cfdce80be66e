"""Which steps get their mounts by a safe fix."""

from __future__ import annotations

from collections.abc import Callable, Collection

from cachemount.facts import unmounted
from cachemount.facts.model import Facts, Step
from cachemount.managers.model import PackageManager
from cachemount.repairs.builder import FixBuilder

# `mount_steps`, or what adds to it.
MakeFix = Callable[[Facts, PackageManager, tuple[Step, ...], Collection[str] | None], FixBuilder]


def is_fixed(facts: Facts, step: Step, manager: PackageManager, fix: MakeFix) -> bool:
    """Return whether a step without a mount gets one by a safe fix."""
    for gap in unmounted.unmounted_installs(facts):
        if gap.step is step and gap.manager is manager:
            meant = frozenset(one.path for _, one in gap.wanted if one.path) if gap.kind == "misplaced" else None
            return facts.memo(fix, manager, (step,), meant).is_safe()
    return False
