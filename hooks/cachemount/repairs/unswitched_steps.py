"""Steps in which other programs run a manager, and would fill its cache in the image once a variable is taken away."""

from __future__ import annotations

from cachemount import reasons
from cachemount.facts import cache_switches
from cachemount.facts.model import Facts, Install, Step
from cachemount.repairs import mount_edits
from cachemount.repairs.builder import FixBuilder
from cachemount.repairs.keep_downloads import as_root
from cachemount.repairs.other_programs import run_by_others


def mount_unswitched(builder: FixBuilder, install: Install) -> None:
    """Mount the caches of an install in steps that a variable keeps from filling them; doubt it for other users."""
    facts, manager = builder.facts, install.manager
    places = [one.path for one in install.directories if one.path is not None]
    for off in cache_switches.disabling_switches(facts, install):
        for other in _steps(facts, install, off.variable):
            # A script does not get the variable that says where the cache is.
            if as_root(other) and install.root and not manager.set_variables:
                mount_edits.add_places(builder, other, manager, places)
            else:
                line = facts.dockerfile.source.position(other.instruction.span.start).line
                builder.mark_unsafe([reasons.LEFT_IN_IMAGE.about(line=line, manager=manager.name)])


def _steps(facts: Facts, install: Install, variable: str) -> list[Step]:
    """Return the steps after the instruction that sets a variable in which other programs may run the manager."""
    setting = install.step.environment.settings.get(variable)
    instruction = None if setting is None else setting.instruction
    stage = next((one for one in install.step.stage.lineage() if instruction in one.instructions), None)
    if instruction is None or stage is None or any(one.name == variable for one in install.command.assignments):
        return []
    found = facts.memo(run_by_others, stage, install.manager)
    return [one for one in found if one.instruction.span.start > instruction.span.start]
