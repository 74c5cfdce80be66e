"""A step that removes at its end what it brought to a store: later ones find nothing there, mounted or not."""

from __future__ import annotations

from collections.abc import Collection

from cachemount.facts.cleanups import cleanups_of
from cachemount.facts.model import Step
from cachemount.managers.model import PackageManager
from cachemount.shell.model import Command


def removed_at(step: Step, manager: PackageManager, places: Collection[str]) -> int | None:
    """Return where a step, however it ends, begins to remove all that it has brought; None where it does not.

    It is an offset in the text, after all that is known to bring something.
    """
    directories = {one.path: one for install in step.installs for one in install.directories if one.path in places}
    end = max((one.command.span.start for one in step.installs if one.manager is manager), default=-1)
    # What runs in the background may fail, or end later.
    in_background = any("&" in chain.operators for chain in step.script.chains)
    if step.script.defined or in_background or directories.keys() != {*places}:
        return None
    found = []
    for directory in directories.values():
        starts = [
            one.command.span.start
            for one in cleanups_of(step, [directory], [manager])
            if one.command.span.start > end and not one.partly and _has_run(step, one.command)
        ]
        if not starts:
            return None
        found.append(min(starts))
    return min(found, default=None)


def _has_run(step: Step, command: Command) -> bool:
    """Return whether a command has run where the step has not failed: also at the end of `a && test b && command`."""
    found = step.script.item_of(command)
    if not command.conditional or found is None:
        return not command.conditional
    chain, index = found
    begins = max((at for at, one in enumerate(chain.operators[:index], 1) if one not in ("&&", "||")), default=0)
    return chain.final and chain.members[index] is command and {*chain.operators[begins:]} <= {"&&"}
