"""Later steps that take all packages out of a cache again, and could not fetch what an emptied mount lacks.

They do what an earlier step has done, so in the image without a mount they need no more than the cache.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from cachemount.dockerfile.model import Stage
from cachemount.facts import chain
from cachemount.facts.model import Facts, Step
from cachemount.facts.queries import steps_of
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.left_in_cache import leaves_something


def cannot_fetch_again(facts: Facts, step: Step, manager: PackageManager) -> Iterator[Withheld]:
    """Yield what steps lack that install again what an earlier one has put into the manager's cache.

    Neither of the two gets a mount then: one in the later step alone would hide what the earlier one has left.
    """
    if not manager.reinstalls and not _folders(manager):
        return
    here = step.instruction.span.start
    from cachemount.repairs.safety.credentials import has_credentials, lacks_credentials

    if step.memo(_takes_again, manager):
        for other in facts.memo_all(_leaving, manager):
            if other.instruction.span.start < here and chain.descends(step.stage, other.stage):
                yield from lacks_credentials(facts, other, manager, [step])
    if facts.memo(has_credentials, step, manager) and facts.memo(leaves_something, step, manager):
        again = facts.memo(_taking_again, step.stage, manager)
        later = [other for other in again if other.instruction.span.start > here]
        yield from lacks_credentials(facts, step, manager, later)


def _leaving(facts: Facts, manager: PackageManager) -> Iterator[Step]:
    """Yield the steps with credentials that leave something in the cache."""
    from cachemount.repairs.safety.credentials import has_credentials

    for step in facts.steps:
        if facts.memo(has_credentials, step, manager) and facts.memo(leaves_something, step, manager):
            yield step


def _taking_again(facts: Facts, stage: Stage, manager: PackageManager) -> tuple[Step, ...]:
    return tuple(step for step in steps_of(facts, stage) if step.memo(_takes_again, manager))


def _takes_again(step: Step, manager: PackageManager) -> bool:
    """Return whether a command of the manager needs each package, though an earlier step may have installed it."""
    installs = [one for one in step.installs if one.manager is manager and not one.reader]
    lines = [" ".join(word.known for word in one.arguments) for one in installs]
    if manager.reinstalls and any(re.match(manager.reinstalls, line) for line in lines):
        return True
    return bool(installs) and any(
        re.search(rf"\brm\s[^;&|\n]*(?<![\w.-]){re.escape(folder)}(?![\w.-])", step.run.script.text)
        for folder in _folders(manager)
    )


def _folders(manager: PackageManager) -> list[str]:
    """Return the folders of the project that hold what is installed."""
    return [posixpath.basename(place) for place in manager.needed if place.startswith("$WORKDIR/")]
