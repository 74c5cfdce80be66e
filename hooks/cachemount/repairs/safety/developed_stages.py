"""Stages that somebody works in: without steps of their own, they have what earlier ones have fetched and no more."""

from __future__ import annotations

import re

from cachemount.dockerfile.model import Stage
from cachemount.facts import chain
from cachemount.facts.model import Facts, Step
from cachemount.facts.queries import copied_from
from cachemount.managers.model import PackageManager
from cachemount.repairs.safety.used_by_hand import starts_shell

_RUN = frozenset({"RUN", "CMD", "ENTRYPOINT"})


def is_kept_to_develop(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether a stage that nothing takes, and that runs nothing, has no more than what a step prefetches.

    It is there to be built by its name. What the last stage is for, the file tells by what it runs.
    """
    mine = [one for one in step.installs if one.manager is manager]
    if not any(one.download.only_prefetches for one in mine):
        return False
    return any(
        leaf is not facts.dockerfile.last
        and leaf is not step.stage
        and leaf.file is None
        and not leaf.children
        and not any(one.keyword in _RUN for one in leaf.instructions)
        and not any(copied_from(facts, leaf))
        and not _is_used(facts, step, leaf, manager)
        for leaf in chain.family(step.stage)
    )


def is_worked_in(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether the image starts a shell and holds the project of a step, which may be built there again."""
    mine = [one for one in step.installs if one.manager is manager]
    if not any(one.download.of_project for one in mine) or not starts_shell(facts):
        return False
    last = facts.dockerfile.last
    return chain.descends(last, step.stage) and any(
        one.keyword in ("COPY", "ADD")
        and one.operands[:1] == ["."]
        and not any(flag.name == "from" for flag in one.flags)
        for stage in last.lineage()
        for one in stage.instructions
    )


def _is_used(facts: Facts, step: Step, leaf: Stage, manager: PackageManager) -> bool:
    """Return whether this step or a later one, of those that a stage is made by, makes something of what it fetches."""
    here = step.instruction.span.start
    patterns = [one.download.used_by for one in step.installs if one.manager is manager and one.download.used_by]
    for other in facts.steps:
        if other.instruction.span.start < here or not chain.descends(leaf, other.stage):
            continue
        mine = [one for one in other.installs if one.manager is manager]
        if any(one.reader or not one.download.only_prefetches for one in mine):
            return True
        text = facts.dockerfile.source.slice(other.instruction.span)
        if other is not step and any(re.search(pattern, text) for pattern in patterns):
            return True
    return False
