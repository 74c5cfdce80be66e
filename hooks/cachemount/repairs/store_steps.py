"""Which steps get the mount of a store by one fix: those that use it, but for what stands alone."""

from __future__ import annotations

from collections.abc import Collection

from cachemount.dockerfile.model import Stage
from cachemount.facts.model import Directory, Facts, Install, Step
from cachemount.facts.queries import steps_related
from cachemount.managers.model import PackageManager
from cachemount.repairs.safety.image_content import is_only_fetched
from cachemount.repairs.safety.linked_packages import links_globally

_ROOT = frozenset({"root", "0"})


def store_steps(facts: Facts, step: Step, manager: PackageManager, directories: Collection[Directory]) -> list[Install]:
    """Return the installs and readers of a store in the steps that share a layer with this one, itself included.

    A step of root whose global installs are links into the store stands alone: the image has to keep their targets. So
    do steps that make programs, where the image is meant to hold what the others fetch, and those of another file: a
    mount hides nothing of use there.
    """
    places = frozenset(one.path for one in directories if one.cache.kind == "store")
    found: list[Install] = facts.memo(_users, step.stage, manager, places)
    if manager.linking_globally[0]:
        linked = {one.step for one in found if one.root and links_globally(facts, one)}
        return [one for one in found if (one.step is step if step in linked else one.step not in linked)]
    tools: frozenset[Step] = facts.memo(_for_programs, step.stage, manager, places)
    return [one for one in found if (one.step in tools) == (step in tools) and not _is_tool_of_other_file(one, step)]


def _is_tool_of_other_file(install: Install, step: Step) -> bool:
    """Return whether an install makes a program in an image that the step's file begins with."""
    other = install.step.stage.file
    return other is not None and other is not step.stage.file and install.download.installs_program


def _users(facts: Facts, stage: Stage, manager: PackageManager, places: Collection[str | None]) -> list[Install]:
    return [
        install
        for step in steps_related(facts, stage)
        for install in step.installs
        if install.manager is manager and any(directory.path in places for directory in install.directories)
    ]


def _for_programs(
    facts: Facts, stage: Stage, manager: PackageManager, places: frozenset[str | None]
) -> frozenset[Step]:
    """Return the steps of root that make programs alone, and leave nothing else that is of use in the image.

    So it is where the manager has no build cache, or the user of the last stage does not see root's. There are none
    where what the other steps fetch gets a mount as well.
    """
    found, last = facts.memo(_users, stage, manager, places), facts.dockerfile.last
    others = {one.step for one in found if not one.download.installs_program}
    tools = frozenset(
        one.step
        for one in found
        if one.root
        and (
            all(each.cache.kind == "store" for each in one.directories)
            or (one.step.stage is last and not _is_roots(last))
        )
    )
    tools -= others
    known = [one for one in places if one is not None]
    if tools and any(is_only_fetched(facts, one, manager, known) for one in others):
        return tools
    return frozenset()


def _is_roots(stage: Stage) -> bool:
    """Return whether root works in the image of a stage, or it is not known."""
    users = [one for each in stage.lineage() for one in each.instructions if one.keyword == "USER"]
    user = users[-1].arguments.text.strip().partition(":")[0] if users else "root"
    return user in _ROOT or "$" in user
