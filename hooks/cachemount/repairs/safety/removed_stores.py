"""A step that removes at its end what it brought to a store: later ones find nothing there, mounted or not."""

from __future__ import annotations

from collections.abc import Callable, Collection

from cachemount.facts.cleanups import cleanups_of
from cachemount.facts.model import Step
from cachemount.managers.model import PackageManager
from cachemount.repairs.safety.later_commands import Called, commands_of
from cachemount.shell.model import Command


def removes_store(
    step: Step, manager: PackageManager, places: Collection[str], leaves_store: Callable[[Called], bool]
) -> bool:
    """Return whether a step, however it ends, removes all that it has brought to the places.

    `leaves_store` tells of a command whether it is known to put nothing there.
    """
    directories = {one.path: one for install in step.installs for one in install.directories if one.path in places}
    end = max((one.command.span.start for one in step.installs if one.manager is manager), default=-1)
    if step.script.defined or directories.keys() != {*places}:
        return False
    for directory in directories.values():
        removed = [
            one.command.span.start
            for one in cleanups_of(step, [directory], [manager])
            if one.command.span.start > end and not one.partly and _has_run(step, one.command)
        ]
        if not removed:
            return False
        after = (one for one in commands_of(step) if one.command.span.start > max(removed))
        if not all(map(leaves_store, after)):
            return False
    return True


def _has_run(step: Step, command: Command) -> bool:
    """Return whether a command has run where the step has not failed: also at the end of `a && test b && command`."""
    found = step.script.item_of(command)
    if not command.conditional or found is None:
        return not command.conditional
    chain, index = found
    begins = max((at for at, one in enumerate(chain.operators[:index], 1) if one not in ("&&", "||")), default=0)
    return chain.final and chain.members[index] is command and {*chain.operators[begins:]} <= {"&&"}
