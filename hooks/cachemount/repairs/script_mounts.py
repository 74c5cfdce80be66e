"""The fix of a step that builds by a Makefile or a script of the repository, such as `make` with Go.

Nothing in the other file is changed: the step gets the mount, where all that may need the store is known.
"""

from __future__ import annotations

from cachemount.facts.model import Facts, Step
from cachemount.records import replace
from cachemount.repairs import mount_edits
from cachemount.repairs.builder import FixBuilder
from cachemount.repairs.safety.image_content import hazards
from cachemount.repairs.safety.script_gaps import ScriptGap, script_gaps
from cachemount.repairs.safety.store_readers import building_steps


def mount_building_steps(facts: Facts, found: ScriptGap) -> FixBuilder | None:
    """Mount a store in the step, and in the others of its stages that build with it; None where that is not known."""
    stage, manager = found.caller.stage, found.gap.manager
    stores = sorted({one.path for one in found.wanted if one.path and one.cache.kind == "store"})
    if len(stores) < len({one.cache.name for one in found.wanted}):
        return None
    if any(one and facts.context_says(one) for one in (manager.empties_in_script, manager.linked_in_script)):
        return None
    builders = building_steps(facts, stage, manager, frozenset(stores))
    if not any(one.instruction is found.caller.instruction for one in builders):
        return None
    builder = FixBuilder(facts)
    for step in builders:
        mount_edits.add_places(builder, step, manager, stores)
    for one in script_gaps(facts):
        if one.gap.manager is manager and any(one.caller.instruction is step.instruction for step in builders):
            builder.mark_unsafe(hazards(facts, _as_installing(one), one.wanted, manager))
    return builder


def _as_installing(found: ScriptGap) -> Step:
    """Return the step as if the command that runs the script were what the script installs by."""
    installs = [replace(one, command=found.command) for one, _ in found.gap.wanted]
    return replace(found.caller, installs=installs, _known={})
