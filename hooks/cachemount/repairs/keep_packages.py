"""The step in front of the first mount that lets a manager keep its packages, and what it means for steps without one.

From there on, what installs without a mount leaves its packages in the image.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Sequence

from cachemount import reasons
from cachemount.dockerfile.model import Stage
from cachemount.facts import chain, locations, retention
from cachemount.facts.cache_names import cache_name
from cachemount.facts.cleanups import cleanups_of
from cachemount.facts.model import Directory, Facts, Install, Step
from cachemount.facts.queries import all_steps_of, steps_of
from cachemount.facts.scripted import scripted_steps
from cachemount.managers.model import PackageManager
from cachemount.repairs import download_edits
from cachemount.repairs.builder import FixBuilder
from cachemount.repairs.common_base import common_base
from cachemount.repairs.fixed_steps import is_fixed
from cachemount.repairs.keep_downloads import first_place
from cachemount.repairs.kept_apart import narrow_new, needs_setting, place_apart
from cachemount.repairs.other_programs import (
    empties_itself,
    fetches_packages,
    installs_of,
    installs_what_is_missing,
    is_known_to_run,
    may_run,
    run_by_others,
)
from cachemount.repairs.other_steps import mount_packages, mount_places
from cachemount.repairs.safety.container_features import features
from cachemount.repairs.safety.copied_stages import stays_out
from cachemount.repairs.safety.handed_on import handed_on, keeps_file
from cachemount.repairs.safety.index_doubts import doubts
from cachemount.repairs.safety.index_readers import stays_unmounted
from cachemount.repairs.safety.run_time_installs import installed_at_run_time
from cachemount.repairs.safety.said_bases import said_base
from cachemount.repairs.safety.used_by_hand import called_base, has_sudo, is_for_others
from cachemount.repairs.step_mounts import mount_steps
from cachemount.source import Elsewhere


def complete_fix(
    facts: Facts, manager: PackageManager, steps: tuple[Step, ...], only: Collection[str] | None
) -> FixBuilder:
    """Return the fix that mounts caches in steps, with the step that keeps packages in front, where one has to."""
    core = facts.memo(mount_steps, manager, steps, only)
    builder = core
    for step in steps:
        asking = [install for install in installs_of(step, manager) if retention.lasts(facts, install)]
        if asking:
            builder = keep(core if builder is core else builder, asking)
            for other in facts.memo(_emptying, step.stage, manager):
                # A doubt about another stage is none about this one.
                with_other = keep(builder, [other])
                builder = with_other if with_other.is_safe() else builder
    return builder


def _emptying(facts: Facts, stage: Stage, manager: PackageManager) -> list[Install]:
    """Return the first install of each other stage whose mount is one of this stage's, and which would empty it.

    Their image is not known, so there is no finding in them.
    """
    names = _cache_names(facts, stage, manager)
    found: dict[int, Install] = {}
    for step in facts.steps if names else ():
        if step.stage.file is not None or step.environment.base is not None or chain.related(stage, step.stage):
            continue
        if not _is_mounted(step, manager) or names.isdisjoint(_names(step, manager)):
            continue
        for install in installs_of(step, manager):
            if retention.lasts(facts, install) and not retention.may_be_said(facts, install):
                found.setdefault(step.stage.index, install)
    return list(found.values())


def _cache_names(facts: Facts, stage: Stage, manager: PackageManager) -> frozenset[str]:
    """Return the names of the caches that steps of a stage, and of those it is built on, have for packages."""
    steps = retention.steps_of_manager(facts, stage, manager)
    return frozenset(name for step in steps for name in _names(step, manager))


def _names(step: Step, manager: PackageManager) -> list[str]:
    covers = [one.cover for one in _package_directories(step, manager)]
    names = (cache_name(one, step.environment) for one in covers if one is not None and one.is_cache)
    return [one for one in names if one is not None]


def keep(builder: FixBuilder, installs: Sequence[Install], *, editable: bool = True) -> FixBuilder:
    """Return a builder that lets the packages of a step's installs stay in the cache as well.

    A step in front makes the setting for good. Where that may leave packages in an image, flags make it for the
    installs alone, if those may be edited; most often in all stages, as one with docker-clean may empty their cache.
    """
    for_good = builder.copy()
    _keep_for_good(for_good, installs)
    step, manager = installs[0].step, installs[0].manager
    if for_good.is_safe() and not _keeps_alone(builder.facts, step.stage, manager):
        return for_good
    alone = builder.copy()
    fetching = [one for one in installs_of(step, manager) if not one.only_index]
    told = editable and bool(fetching) and all(download_edits.retain_alone(alone, install) for install in fetching)
    if told and alone.is_safe():
        place = place_apart(builder.facts, manager)
        if place and not needs_setting(builder.facts, step.stage, manager):
            above = next(one.locations[0] for one in manager.caches if locations.below(place, one.locations[0]))
            narrow_new(alone, step, above, place)
        return alone
    if name := called_base(builder.facts, step.stage):
        for_good.mark_unsafe([reasons.LEFT_IN_CALLED_BASE.about(name=name, manager=manager.name)])
    return for_good


def _keep_for_good(builder: FixBuilder, installs: Sequence[Install]) -> None:
    """Make the setting in a step, and mount what other steps on the same image fetch from then on."""
    facts, step, manager = builder.facts, installs[0].step, installs[0].manager
    first = _first_with_command(facts, installs) or _first_with_mount(facts, step, manager)
    here = first.instruction.span.start
    if _is_kept_in_base(facts, first, manager):
        # The fix of the file that builds the base keeps packages from there on.
        here = -1
        alone = (one for one in facts.memo(_left_alone, first.stage, manager) if chain.descends(first.stage, one.stage))
        first = min((first, *alone), key=lambda one: one.instruction.span.start)
    common = None if here < 0 else facts.memo(_common_base, first, manager)
    stage = common or first.stage
    if common is not None:
        here = (common.instructions or [common.instruction])[-1].span.start
    for install in installs:
        download_edits.retain_from(builder, install, first, common)
    for other in facts.memo(_left_alone, stage, manager):
        if other.instruction.span.start > here:
            mount_packages(builder, other, manager)
    places = dict.fromkeys(_packages_alone(one, manager) for one in _package_directories(step, manager))
    index = [*_index_targets(builder, step, manager)]
    for other in facts.memo(run_by_others, stage, manager):
        if other.instruction.span.start > here:
            # It fetches the index first, which was in the image before.
            fetched = index if facts.memo(installs_what_is_missing, other, manager) else ()
            mount_places(builder, other, manager, (*filter(None, places), *fetched))
    unmounted_later = (
        one.instruction.span.start
        for one in facts.memo(_unmounted, stage, manager)
        # What is ONBUILD comes after all of the image.
        if one.instruction.span.start > here or one.instruction.onbuild
    )
    left = next((one for one in (next(unmounted_later, None), facts.memo(_grown, stage, manager)) if one), None)
    if left is not None:
        line = facts.dockerfile.source.position(left).line
        builder.mark_unsafe([reasons.LEFT_IN_IMAGE.about(line=line, manager=manager.name)])
    elif there := features(facts, installs[0]):
        builder.mark_unsafe([reasons.LEFT_BY_FEATURES.about(line=there, manager=manager.name)])
    elif base := said_base(facts, step.stage) or said_base(facts, stage):
        builder.mark_unsafe([reasons.LEFT_BY_BUILDS.about(line=base, manager=manager.name)])
    elif run := installed_at_run_time(facts, step.stage, manager):
        builder.mark_unsafe([reasons.LEFT_AT_RUN_TIME.about(line=run, manager=manager.name)])
    elif handed := _handed_on(facts, installs) or keeps_file(facts, stage, manager):
        builder.mark_unsafe([reasons.LEFT_IN_PUBLISHED.about(line=handed, manager=manager.name)])


def _handed_on(facts: Facts, installs: Sequence[Install]) -> Elsewhere | None:
    """Return the line that hands on an image with a setting which lasts: with a flag it holds for the command alone."""
    lasts = any(one.step or one.command for install in installs for one in retention.missing_settings(facts, install))
    return handed_on(facts, installs[0].step.stage) if lasts else None


def _index_targets(builder: FixBuilder, step: Step, manager: PackageManager) -> Iterator[str]:
    """Yield the targets that a step mounts, or gets by the fix, which hold the manager's index."""
    targets = {*builder.targets.get(step, ()), *(one.target for one in step.caches if one.target)}
    paths = {
        one.path
        for install in step.installs
        if install.manager is manager
        for one in install.directories
        if one.cache.index
    }
    for target in sorted(targets):
        if any(path is not None and (locations.below(path, target) or locations.below(target, path)) for path in paths):
            yield target


def _common_base(facts: Facts, first: Step, manager: PackageManager) -> Stage | None:
    """Return the stage in which the step serves others too, where all that is built on it gets its mounts."""
    base = common_base(facts, first, manager, _gets_mount)
    if base is None or facts.memo(_unmounted, base, manager) or facts.memo(_grown, base, manager) is not None:
        return None
    return None if keeps_file(facts, base, manager) else base


def _gets_mount(facts: Facts, step: Step, manager: PackageManager) -> bool:
    return _is_mounted(step, manager) or is_fixed(facts, step, manager, mount_steps)


def _is_kept_in_base(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether a file of the repository that builds the base has steps whose packages a fix of it keeps."""
    return any(
        one.stage.file is not None and fetches_packages(one, manager) and chain.descends(step.stage, one.stage)
        for one in facts.steps
    )


def _first_with_command(facts: Facts, installs: Sequence[Install]) -> Step | None:
    """Return the step in which a command makes the setting; None where a step in front does."""
    for install in installs:
        for one in retention.missing_settings(facts, install):
            if one.command:
                return first_place(facts, install, one).step
    return None


def _left_alone(facts: Facts, stage: Stage, manager: PackageManager) -> list[Step]:
    """Return the steps of a stage, and of those built on it, that get no mount of their own for their packages."""
    if not any(one.removes for one in manager.retentions):
        return []
    return [one for one in steps_of(facts, stage) if one.stage.file is None and stays_unmounted(facts, one, manager)]


def _first_with_mount(facts: Facts, step: Step, manager: PackageManager) -> Step:
    """Return the first step of the chain of stages whose packages are in a mount once it is fixed; else this one."""
    here = step.instruction.span.start
    steps = [*retention.steps_of_manager(facts, step.stage, manager), *scripted_steps(facts, step.stage, manager)]
    for one in sorted(steps, key=lambda one: one.instruction.span.start):
        if one.instruction.span.start >= here:
            break
        if facts.memo(_keeps_packages, one, manager):
            return one
    return step


def _keeps_packages(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether what a step fetches is in a mount, or gets one by a safe fix, and the setting may be for good."""
    if stays_unmounted(facts, step, manager) or facts.memo(_is_for_itself, step, manager):
        return False
    return _is_mounted(step, manager) or is_fixed(facts, step, manager, complete_fix)


def _is_for_itself(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether the setting cannot be made for good in front of a step without a doubt."""
    asking = [install for install in installs_of(step, manager) if retention.lasts(facts, install)]
    if not asking:
        return False
    builder = FixBuilder(facts)
    _keep_for_good(builder, asking)
    return bool(builder.doubts or builder.blocked_reason) or _keeps_alone(facts, step.stage, manager)


def _keeps_alone(facts: Facts, stage: Stage, manager: PackageManager) -> bool:
    """Return whether flags are to keep the packages of a stage's installs, each its own.

    Where the cache of such packages is one by itself, a stage of no image is better off with one setting for all.
    """
    if not facts.memo(_keep_alone, manager):
        return False
    return not (place_apart(facts, manager) and needs_setting(facts, stage, manager))


def _keep_alone(facts: Facts, manager: PackageManager) -> bool:
    """Return whether flags are to keep the packages of the file's installs, each its own.

    Not so where a step that is there keeps them for good, for a cache that the others would empty, or where one has to:
    what a script installs beside a refresh of the index can be given no flag.
    """
    steps = [step for step in facts.steps if step.stage.file is None and next(installs_of(step, manager), None)]
    asking = [
        (one, next((each for each in installs_of(one, manager) if retention.lasts(facts, each)), None)) for one in steps
    ]
    for one, install in asking:
        if install is None and fetches_packages(one, manager) and _is_mounted(one, manager):
            return False
        if install is None or fetches_packages(one, manager) or _is_used_by_others(facts, one, install):
            continue
        if not stays_unmounted(facts, one, manager):
            return False
    return any(
        facts.memo(_leaves_settings, one, manager) or _is_used_by_others(facts, one, install)
        for one, install in asking
        if install is not None
    )


def _is_used_by_others(facts: Facts, step: Step, install: Install) -> bool:
    """Return whether what a setting keeps would stay in what others make of the step's image, or in its containers."""
    stage, manager = step.stage, install.manager
    if features(facts, install) or said_base(facts, stage) or installed_at_run_time(facts, stage, manager):
        return True
    return keeps_file(facts, stage, manager) is not None


def _leaves_settings(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether the image's settings are better left alone, where an option of the installs can do instead.

    It is called a base, it is for others, or it has sudo and no script of the build gains by them. Or a step runs what
    is not known, and may install packages that no mount holds. Or a comment of the file counts on what would go.
    """
    if called_base(facts, step.stage) or is_for_others(facts, step.stage):
        return True
    if keeps_file(facts, step.stage, manager) or facts.memo(_counts_on_settings, manager):
        return True
    others = facts.memo(run_by_others, step.stage, manager)
    return (has_sudo(facts, step.stage) and not others) or facts.memo(_may_install_unseen, step.stage, manager)


def _counts_on_settings(facts: Facts, manager: PackageManager) -> bool:
    """Return whether a comment names a file that has to be removed for packages to stay, and no instruction does."""
    names = {posixpath.basename(one.removes) for one in manager.retentions if one.removes}
    told = (name for name in names if name not in facts.dockerfile.code)
    return any(name in comment.text for name in told for comment in facts.dockerfile.comments)


def _may_install_unseen(facts: Facts, stage: Stage, manager: PackageManager) -> bool:
    """Return whether a step of a stage, or of those built on it, runs what is not known to leave the manager alone."""
    return any(
        step.stage.file is None
        and not fetches_packages(step, manager)
        and next(doubts(facts, step, manager), None) is not None
        and not empties_itself(step, manager)
        and not facts.memo(is_known_to_run, step, manager)
        for step in all_steps_of(facts, stage)
    )


def _unmounted(facts: Facts, stage: Stage, manager: PackageManager) -> list[Step]:
    """Return the steps of a stage, and of those built on it, whose packages are in no mount."""
    return [
        step
        for step in steps_of(facts, stage)
        if step.stage.file is None
        and fetches_packages(step, manager)
        and not _is_mounted(step, manager)
        and not is_fixed(facts, step, manager, mount_steps)
        and not cleanups_of(step, _package_directories(step, manager), [manager])
        and not _stays_out(facts, step, manager)
    ]


def _grown(facts: Facts, stage: Stage, manager: PackageManager) -> int | None:
    """Return where a Dockerfile of the repository that is built on a stage fetches an index or runs a script alone.

    There is no finding in such a file that a fix could go with, and its layer gets what the manager keeps from then on.
    A fix of a file that begins with an argument knows the default, and leaves alone what stands before its first mount.
    """
    if not any(one.removes for one in manager.retentions):
        return None
    others: dict[int, list[Step]] = {}
    for step in all_steps_of(facts, stage):
        if step.stage.file is not None and chain.descends(step.stage.file.last, step.stage):
            others.setdefault(id(step.stage.file), []).append(step)
    for steps in others.values():
        first = next((number for number, one in enumerate(steps) if fetches_packages(one, manager)), None)
        if first is not None and not _begins_with_argument(steps[0]):
            continue
        for one in steps[:first]:
            runs = any(installs_of(one, manager)) or may_run(facts, one, manager)
            cleaned = cleanups_of(one, _package_directories(one, manager), [manager])
            if runs and not cleaned and not _is_mounted(one, manager):
                return one.instruction.span.start
    return None


def _begins_with_argument(step: Step) -> bool:
    """Return whether an argument gives the image that the Dockerfile of a step begins with."""
    first = next(one for one in step.stage.lineage() if one.file is step.stage.file)
    return "$" in first.instruction.arguments.text


def _stays_out(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether what a step leaves in its stage goes into no image."""
    places = [one.path for one in _package_directories(step, manager)]
    known = [place for place in places if place is not None]
    return bool(known) and len(known) == len(places) and stays_out(facts, step.stage, known)


def _is_mounted(step: Step, manager: PackageManager) -> bool:
    found = _package_directories(step, manager)
    return bool(found) and all(one.cover is not None for one in found)


def _package_directories(step: Step, manager: PackageManager) -> list[Directory]:
    return [one for install in installs_of(step, manager) for one in install.directories if not one.cache.index]


def _packages_alone(directory: Directory, manager: PackageManager) -> str | None:
    """Return the folder of the packages, without an index that lies there: a script would not ask for a newer one."""
    inside = (one for one in directory.accepted if locations.below(one, directory.path or "/"))
    apart = any(one.index for one in manager.caches)
    return directory.path if apart else next(inside, directory.path)
