"""What earlier steps put into a store that cannot be downloaded, as `publishToMavenLocal` does: a mount hides it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cachemount import reasons
from cachemount.facts import chain, programs
from cachemount.facts.model import Facts, Step
from cachemount.facts.queries import all_steps, line_of
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.filled_stores import copies_above, writes_into
from cachemount.repairs.safety.image_store_readers import may_use_store
from cachemount.repairs.safety.later_commands import Called, commands_of, is_readable, shortened
from cachemount.repairs.safety.store_readers import leaves_store, mounts_all


def left_artifacts(facts: Facts, step: Step, manager: PackageManager, places: Collection[str]) -> Iterator[Withheld]:
    """Yield the first earlier command that may have left something of its own in the manager's store on the places."""
    if not any(way.publishes_to_store for way in manager.downloads):
        return
    steps = all_steps(facts, step.stage)
    for instruction in chain.before(step.stage, step.instruction):
        if copies_above(facts, instruction, places):
            text = shortened(facts.dockerfile.source.slice(instruction.span))
            line = facts.dockerfile.source.position(instruction.span.start).line
            yield reasons.LEFT_ARTIFACTS.about(where=f"line {line}", title=text, manager=manager.name)
            return
        other = steps.get(id(instruction))
        title = facts.memo(_leaves, other, manager, frozenset(places)) if other is not None else ""
        if other is not None and title:
            yield reasons.LEFT_ARTIFACTS.about(where=line_of(facts, other), title=title, manager=manager.name)
            return


def _leaves(facts: Facts, step: Step, manager: PackageManager, places: frozenset[str]) -> str:
    """Return the first command of a step that may leave something in the store; "" where none may."""
    if mounts_all(step, places):
        return ""
    if not is_readable(step):
        return shortened(step.run.script.text)
    return next((one.title for one in commands_of(step) if _may_leave(facts, step, one, manager, places)), "")


def _may_leave(facts: Facts, step: Step, called: Called, manager: PackageManager, places: frozenset[str]) -> bool:
    owners = programs.managers(called.name)
    if manager in owners:
        # What it installs itself is another reason.
        return False
    if any(one.command is called.command and one.download.publishes_to_store for one in step.installs):
        return True
    sharing = [one for one in owners if may_use_store(one, manager)]
    if sharing:
        told = " ".join(word.raw for word in called.arguments)
        return any(one.publishes and re.search(one.publishes, told) for one in sharing)
    return writes_into(step, called, places) or not leaves_store(facts, step, called, manager, places, scripts=False)
