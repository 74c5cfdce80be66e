"""The stage that several begin with: there one step lets the manager keep packages in all of them."""

from __future__ import annotations

from collections.abc import Callable

from cachemount.dockerfile.model import Stage
from cachemount.facts import chain, retention
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.queries import all_steps, all_steps_of, steps_of
from cachemount.managers.model import PackageManager
from cachemount.repairs.keep_downloads import as_root
from cachemount.repairs.other_programs import fetches_packages, installs_of, may_run
from cachemount.repairs.safety.removed_file import users_of


def common_base(
    facts: Facts, first: Step, manager: PackageManager, is_mounted: Callable[[Facts, Step, PackageManager], bool]
) -> Stage | None:
    """Return the stage that this one begins with, where it and others of the file need the same step in front.

    `is_mounted` tells whether the packages of a step are in a mount once it is fixed. What is built on the stage has to
    need the step, or be no image and never run the manager, so that it changes nothing else. Root has to run it.
    """
    base = first.stage.parent
    if base is None or base.file is not None or len(base.children) < 2:
        return None
    if not any(one.removes for one in manager.retentions) or any(map(_changes_user, base.children)):
        return None
    if _is_run(base) or _is_target(facts, base):
        return None
    if any(_uses(facts, one, manager) for one in all_steps(facts, base).values()):
        return None
    needing = [one for one in base.children if _needs_step(facts, one, manager, is_mounted)]
    if len(needing) < 2 or not all(one in needing or _is_untouched(facts, one, manager) for one in base.children):
        return None
    mounted = (is_mounted(facts, one, manager) for one in steps_of(facts, base) if fetches_packages(one, manager))
    return base if all(mounted) else None


def _changes_user(stage: Stage) -> bool:
    return stage.file is not None or any(one.keyword == "USER" for one in stage.instructions)


def _is_run(stage: Stage) -> bool:
    """Return whether a stage says what its image runs, so that it is one by itself."""
    return any(one.keyword in ("CMD", "ENTRYPOINT", "EXPOSE", "HEALTHCHECK") for one in stage.instructions)


def _is_target(facts: Facts, stage: Stage) -> bool:
    """Return whether a file of the repository has the stage built as an image."""
    source = facts.dockerfile.source
    names = (stage.name.lower(), str(stage.index))
    return any(one.path == source.path and one.target.lower() in names for one in source.images if one.target)


def _uses(facts: Facts, step: Step, manager: PackageManager) -> bool:
    return any(installs_of(step, manager)) or may_run(facts, step, manager)


def _is_untouched(facts: Facts, stage: Stage, manager: PackageManager) -> bool:
    """Return whether nothing built on a stage, itself included, runs the manager, and it is no image."""
    stages = [*chain.family(stage)]
    if facts.dockerfile.last in stages or any(one.file is not None for one in stages):
        return False
    if any(map(_is_run, stages)) or any(_is_target(facts, one) for one in stages):
        return False
    return not any(_uses(facts, one, manager) for one in all_steps_of(facts, stage))


def _needs_step(
    facts: Facts,
    stage: Stage,
    manager: PackageManager,
    is_mounted: Callable[[Facts, Step, PackageManager], bool],
) -> bool:
    """Return whether the first step of a stage that runs the manager gets a mount, and the step in front of it."""
    first = next((one for one in facts.steps if one.stage is stage and any(installs_of(one, manager))), None)
    if first is None or not fetches_packages(first, manager) or not is_mounted(facts, first, manager):
        return False
    if not as_root(first) or first.instruction.onbuild or retention.may_be_missing(facts, first, manager):
        return False
    removed = {one.removes for one in manager.retentions if one.removes}
    if any(True for file in removed for _ in users_of(facts, first, file)):
        return False
    return all(_lacks_all(facts, one) for one in installs_of(first, manager) if not one.only_index)


def _lacks_all(facts: Facts, install: Install) -> bool:
    """Return whether an install needs a step in front of it, and no other kind of setting."""
    missing = [*retention.missing_settings(facts, install)]
    return any(one.removes for one in missing) and all(one.step for one in missing)
