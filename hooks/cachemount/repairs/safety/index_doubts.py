"""Commands that may need the package lists in the image, whatever else is known of a step."""

from __future__ import annotations

from collections.abc import Iterator

from cachemount import reasons
from cachemount.dockerfile.model import Stage
from cachemount.facts.model import Facts, Step
from cachemount.facts.queries import line_of
from cachemount.facts.whole_copies import all_steps_on
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.index_readers import fetches
from cachemount.repairs.safety.installer_scripts import leaves_packages
from cachemount.repairs.safety.later_commands import commands_of, is_readable
from cachemount.repairs.safety.lists_left_alone import (
    fetches_lists_itself,
    leaves_lists_alone,
    script_leaves_lists_alone,
)
from cachemount.repairs.safety.unseen_installs import needed_at_start, needed_by_files


def doubts_of_all(facts: Facts, stage: Stage, manager: PackageManager) -> Iterator[tuple[int, Withheld]]:
    """Yield the doubts about the steps of a stage and of those built on it: rank and doubt."""
    for step in all_steps_on(facts, stage):
        for doubt in doubts(facts, step, manager):
            yield step.instruction.span.start, doubt
        if not fetches(step, manager) and (unseen := needed_by_files(facts, step, manager)):
            yield step.instruction.span.start, unseen
    yield from needed_at_start(facts, stage, manager)


def doubts(facts: Facts, step: Step, manager: PackageManager) -> Iterator[Withheld]:
    """Yield doubts about commands, up to the first that fetches the index, that may need it in the image."""
    where = line_of(facts, step)
    if not is_readable(step):
        yield reasons.LISTS_STEP_UNREADABLE.about(where=where)
        return
    mine = {id(install.command): install for install in step.installs if install.manager is manager}
    for called in commands_of(step):
        install = mine.get(id(called.command))
        if install is not None:
            # Its refresh is there, or is put in front of it.
            if not called.command.conditional and not install.reader:
                return
        elif not (
            leaves_lists_alone(facts, step, called, manager)
            or leaves_packages(step, called)
            or fetches_lists_itself(facts, step, called, manager)
            or script_leaves_lists_alone(facts, step, called, manager)
        ):
            yield reasons.MAY_NEED_LISTS.about(where=where, title=called.title)
            return
