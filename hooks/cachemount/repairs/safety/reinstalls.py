"""Later steps that take all packages out of a cache again, and could not fetch what an emptied mount lacks.

They do what an earlier step has done, so in the image without a mount they need no more than the cache.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from cachemount.facts import chain
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.queries import steps_of
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.credentials import lacks_credentials
from cachemount.repairs.safety.left_in_cache import leaves_something


def cannot_fetch_again(facts: Facts, step: Step, manager: PackageManager) -> Iterator[Withheld]:
    """Yield what steps lack that install again what an earlier one has put into the manager's cache.

    Neither of the two gets a mount then: one in the later step alone would hide what the earlier one has left.
    """
    here = step.instruction.span.start
    if any(_takes_again(one, manager) for one in step.installs):
        for other in facts.steps:
            before = other.instruction.span.start < here and chain.descends(step.stage, other.stage)
            if before and leaves_something(facts, other, manager):
                yield from lacks_credentials(facts, other, manager, [step])
    if leaves_something(facts, step, manager):
        later = [
            other
            for other in steps_of(facts, step.stage)
            if other.instruction.span.start > here and any(_takes_again(one, manager) for one in other.installs)
        ]
        yield from lacks_credentials(facts, step, manager, later)


def _takes_again(install: Install, manager: PackageManager) -> bool:
    """Return whether a command of the manager needs each package, though an earlier step may have installed it."""
    if install.manager is not manager or install.reader:
        return False
    arguments = " ".join(word.known for word in install.arguments)
    if manager.reinstalls and re.match(manager.reinstalls, arguments):
        return True
    folders = [posixpath.basename(place) for place in manager.needed if place.startswith("$WORKDIR/")]
    return any(
        re.search(rf"\brm\s[^;&|\n]*(?<![\w.-]){re.escape(folder)}(?![\w.-])", install.step.run.script.text)
        for folder in folders
    )
