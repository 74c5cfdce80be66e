"""Package lists that a script of the repository, run by an earlier step, has left in the image."""

from __future__ import annotations

import re
from collections.abc import Collection

from cachemount.facts.cleanups import cleanups_of
from cachemount.facts.context import scripts_in
from cachemount.facts.model import Directory, Facts, Step
from cachemount.facts.queries import all_steps
from cachemount.managers.model import PackageManager


def left_by_script(facts: Facts, step: Step, manager: PackageManager, places: Collection[Directory]) -> bool:
    """Return whether a script leaves the index in the image before a step, and nothing in between empties it."""
    if not manager.index_fetched or not facts.dockerfile.source.context:
        return False
    here = step.instruction.span.start
    earlier = (one for one in all_steps(facts, step.stage).values() if one.instruction.span.start < here)
    for one in sorted(earlier, key=lambda each: each.instruction.span.start, reverse=True):
        if facts.memo(_leaves_index, one, manager):
            return True
        found = cleanups_of(one, places, [manager])
        if any(not each.command.conditional and not each.partly for each in found):
            return False
    return False


def _leaves_index(facts: Facts, step: Step, manager: PackageManager) -> bool:
    texts = scripts_in(facts.dockerfile.source.context, step.run.script.text.split())
    return any(re.search(manager.index_fetched, one) and not re.search(manager.index_removed, one) for one in texts)
