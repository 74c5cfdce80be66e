"""The fix of a gap or of an idle mount, or why there is none: where none is asked for, they are not even imported."""

from __future__ import annotations

from cachemount.facts.model import Facts, Mount, Step
from cachemount.facts.unmounted import Unmounted
from cachemount.findings import Fix
from cachemount.reasons import Withheld
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from cachemount.repairs.safety.script_gaps import ScriptGap


def mounting(facts: Facts, gap: Unmounted) -> tuple[Fix | None, Withheld | None]:
    """Return the fix that mounts what a step lacks, or the reason why there is none."""
    if not facts.with_fixes:
        return None, None
    from cachemount.repairs.add_mounts import mount_caches, title

    directories = [directory for _, directory in gap.wanted]
    builder = mount_caches(facts, gap.step, gap.manager, directories)
    return builder.fix(title(facts, gap.step, gap.manager, directories)), builder.blocked_reason


def mounting_for_script(facts: Facts, found: ScriptGap) -> tuple[Fix | None, Withheld | None]:
    """Return the fix that mounts what a script lacks, where the step can have it, or the reason why there is none."""
    if not facts.with_fixes:
        return None, None
    from cachemount.repairs.script_mounts import mount_building_steps

    builder = mount_building_steps(facts, found)
    if builder is None:
        return None, None
    return builder.fix(f"mount {found.gap.manager.name}'s cache"), builder.blocked_reason


def moving(facts: Facts, gap: Unmounted) -> tuple[Fix | None, Withheld | None]:
    """Return the fix that moves the mounts of a step that serve nothing, or the reason why there is none."""
    if not facts.with_fixes:
        return None, None
    from cachemount.repairs.add_mounts import move_mounts

    builder = move_mounts(facts, gap)
    return builder.fix("mount the directory that is used"), builder.blocked_reason


def removing(facts: Facts, step: Step, mount: Mount, doubt: Withheld | None) -> tuple[Fix | None, Withheld | None]:
    """Return the fix that takes a mount from a step that does not use it, or the reason why there is none."""
    if not facts.with_fixes:
        return None, None
    from cachemount import reasons
    from cachemount.repairs.builder import FixBuilder

    builder = FixBuilder(facts)
    builder.editable(step)
    if not step.instruction.arguments.text.strip() and not step.instruction.heredocs:
        builder.give_up(reasons.NO_COMMAND.about())
    builder.drop_mount(mount)
    builder.mark_unsafe([doubt] if doubt else [])
    return builder.fix("remove the mount that nothing uses"), builder.blocked_reason


def beginning_empty(facts: Facts, step: Step, mount: Mount) -> tuple[Fix | None, Withheld | None]:
    """Return the fix that lets a mount begin with nothing, or the reason why there is none."""
    if not facts.with_fixes:
        return None, None
    from cachemount.repairs.builder import FixBuilder

    builder = FixBuilder(facts)
    builder.editable(step)
    builder.drop_option(mount, "from")
    return builder.fix("let the cache begin with nothing"), builder.blocked_reason


def moving_beside_make(facts: Facts, step: Step, mount: Mount, place: str) -> tuple[Fix | None, Withheld | None]:
    """Return the fix that moves a mount to where a program that `make` runs has its cache; a Makefile may do more."""
    if not facts.with_fixes:
        return None, None
    from cachemount import reasons
    from cachemount.repairs import text_edits
    from cachemount.repairs.builder import FixBuilder

    builder = FixBuilder(facts)
    builder.editable(step)
    builder.mark_unsafe([reasons.MAKE_DOES_MORE.about(place=place)])
    edit = text_edits.set_target(mount.flag, facts.dockerfile.source, place, {})
    if edit is None:
        builder.give_up(reasons.TARGET_NOT_PLAIN.about())
    else:
        builder.edits.append(edit)
    return builder.fix("mount the directory that is used"), builder.blocked_reason
