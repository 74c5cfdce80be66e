"""The fix of a gap, and why there is none: neither where no fixes are asked for, which then are not even imported."""

from __future__ import annotations

from cachemount.facts.model import Facts
from cachemount.facts.unmounted import Unmounted
from cachemount.findings import Fix
from cachemount.reasons import Withheld


def mounting(facts: Facts, gap: Unmounted) -> tuple[Fix | None, Withheld | None]:
    """Return the fix that mounts what a step lacks, or the reason why there is none."""
    if not facts.with_fixes:
        return None, None
    from cachemount.repairs.add_mounts import mount_caches, title  # noqa: PLC0415 - heavy

    directories = [directory for _, directory in gap.wanted]
    builder = mount_caches(facts, gap.step, gap.manager, directories)
    return builder.fix(title(facts, gap.step, gap.manager, directories)), builder.blocked_reason


def moving(facts: Facts, gap: Unmounted) -> tuple[Fix | None, Withheld | None]:
    """Return the fix that moves the mounts of a step that serve nothing, or the reason why there is none."""
    if not facts.with_fixes:
        return None, None
    from cachemount.repairs.add_mounts import move_mounts  # noqa: PLC0415 - heavy

    builder = move_mounts(facts, gap)
    return builder.fix("mount the directory that is used"), builder.blocked_reason
