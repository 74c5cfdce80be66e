"""Who may need the package lists that a step leaves in the image, and that a mount would keep out of it.

Asked are the commands of the step before it fetches the lists, and those of later steps until they fetch them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from cachemount import reasons
from cachemount.dockerfile.model import Stage
from cachemount.facts import chain
from cachemount.facts.cleanups import cleanups_at, cleanups_of, paths
from cachemount.facts.index_presence import is_mounted_elsewhere
from cachemount.facts.model import Directory, Facts, Install, Step
from cachemount.facts.package_state import asked_before, fetches_index, fetches_where_none, is_served, runs_installer
from cachemount.facts.patterns import compiled
from cachemount.facts.queries import all_steps, all_steps_of, line_of, steps_of, steps_related
from cachemount.facts.whole_copies import steps_on
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.records import replace
from cachemount.repairs.safety.file_names import is_base
from cachemount.repairs.safety.later_commands import commands_of, is_readable
from cachemount.repairs.safety.lists_left_by_scripts import left_by_script


def index_directories(step: Step, manager: PackageManager) -> list[Directory]:
    """Return the directories of a step's installs that hold the index; all of them where it has none of its own."""
    found = [one for install in step.installs if install.manager is manager for one in install.directories]
    return [one for one in found if one.cache.index] or found


def needs_index(facts: Facts, step: Step, manager: PackageManager) -> Withheld | None:
    """Return the reason to leave the index that this step fetches in the image; None where there is none."""
    return facts.memo(_needs_index, step, manager) if manager.refresh else None


def is_fetched_once(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether the step belongs to a chain in which one step fetches the index for others, through the image.

    Where it lies apart from the packages it may stay there, in all steps that follow: no other has to fetch it again.
    """
    here = step.instruction.span.start
    return any(
        one.instruction.span.start <= here and facts.memo(_shares_index, one, manager)
        for one in facts.memo_all(_chain_of, step.stage)
    )


def left_in_image(facts: Facts, step: Step, manager: PackageManager) -> list[Directory]:
    """Return the directories of the index that stay in the image, because something may need them there."""
    found = [one for one in index_directories(step, manager) if one.cache.index and one.cover is None]
    stays: bool = bool(found) and facts.memo(_stays_in_image, step, manager)
    return found if stays else []


def _stays_in_image(facts: Facts, step: Step, manager: PackageManager) -> bool:
    # What reads every later step is asked last.
    return bool(
        is_fetched_once(facts, step, manager)
        or _is_of_base(facts, step, manager)
        or _is_nowhere(facts, step, manager)
        or _removes_what_stays(facts, step, manager)
        or _is_removed_at_end(facts, step, manager)
        or needs_index(facts, step, manager)
    )


def _removes_what_stays(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether the step removes the index that an earlier one leaves in the image: a mount would hide it."""
    here = step.instruction.span.start
    earlier = [one for one in facts.memo_all(_chain_of, step.stage) if one.instruction.span.start < here]
    return any(
        _leaves_index(one, manager)
        and (left_in_image(facts, one, manager) or _is_of_another_file(one, step, manager))
        and _removes_index(one, step, manager)
        for one in earlier
    ) or (_removes_index(step, step, manager) and left_by_script(facts, step, manager, _index_places(step, manager)))


def _is_removed_at_end(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether a program of the step removes the index after the last install: a mount would stay empty."""
    program, variable = manager.index_removed_by
    if not program or program not in step.run.script.text or variable in facts.dockerfile.code:
        return False
    ends = [one.span.start for one in step.commands if one.program == program and not one.conditional]
    own = [one.command.span.start for one in step.installs if one.manager is manager]
    return bool(ends) and max(ends) > max(own, default=-1)


def _is_of_another_file(earlier: Step, step: Step, manager: PackageManager) -> bool:
    """Return whether a step leaves the index in an image of another file, which may be older than a repair of that."""
    return earlier.stage.file is not step.stage.file and _holds_index_apart(earlier, manager)


def _is_of_base(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether the step can only take the index from an image that is not known: no instruction fetches it."""
    first = _first(step, manager)
    if not manager.refresh or step.environment.base is not None:
        return False
    if first is None or fetches_index(first) or asked_before(facts, first):
        return False
    source = facts.dockerfile.source
    pattern = compiled(f"{manager.index_fetched}|{manager.index_removed}")
    before = (one for one in chain.before(step.stage, step.instruction) if one.run is not None)
    return not any(pattern.search(source.slice(one.span)) for one in before)


def _is_nowhere(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether the step installs without an index: what it names is there, or it fails.

    With an index it would get newer packages, and without `-y` stop to ask for them.
    """
    first = _first(step, manager)
    if not manager.refresh or first is None or step.environment.base is None or fetches(step, manager):
        return False
    # A step without any mount most likely lacks that of the step which fetches the index.
    mounted = any(one.cover is not None for install in step.installs for one in install.directories)
    return (
        not asked_before(facts, first)
        and not may_be_fetched_before(facts, first)
        and facts.memo(_first_with_index, step.stage, manager, mounted) >= step.instruction.span.start
    )


def _first_with_index(facts: Facts, stage: Stage, manager: PackageManager, mounted: bool) -> float:
    """Return the offset of the first step of a chain after which the index may be there; infinity if there is none."""
    found = (one for one in all_steps(facts, stage).values() if _may_bring_index(facts, one, manager, mounted=mounted))
    return min((one.instruction.span.start for one in found), default=math.inf)


def fetches(step: Step, manager: PackageManager) -> bool:
    """Return whether a step fetches the index."""
    return any(install.manager is manager and fetches_index(install) for install in step.installs)


def _may_bring_index(facts: Facts, step: Step, manager: PackageManager, *, mounted: bool) -> bool:
    """Return whether the index may be in the image after a step, or in a mount where the asking step has none."""
    if _runs_script(facts, step, manager):
        return True
    covered = all(one.cover is not None for one in index_directories(step, manager))
    return fetches(step, manager) and _leaves_index(step, manager) and not (mounted and covered)


def stays_unmounted(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether a step does nothing but fetch the index, which it leaves in the image: it gets no mount.

    What another program of the step installs by it, such as rosdep, belongs in one.
    """
    alone = _only_fetches_index(step, manager) and not runs_installer(step, manager)
    return alone and bool(left_in_image(facts, step, manager))


def _chain_of(facts: Facts, stage: Stage) -> Iterator[Step]:
    """Yield the steps of a stage and of those that it is built on."""
    return (step for step in steps_related(facts, stage) if chain.descends(stage, step.stage))


def _shares_index(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether a step leaves the index in the image where others take it."""
    fetches = any(one.manager is manager and fetches_index(one) for one in step.installs)
    return (
        fetches
        and _holds_index_apart(step, manager)
        and _leaves_index(step, manager)
        and (
            any(_holds_index_apart(one.step, manager) for one in dependents(facts, step, manager))
            or needs_index(facts, step, manager) is not None
        )
    )


def _holds_index_apart(step: Step, manager: PackageManager) -> bool:
    """Return whether the index has a directory of its own, without a mount."""
    found = index_directories(step, manager)
    return bool(found) and all(one.cache.index and one.cover is None for one in found)


def _needs_index(facts: Facts, step: Step, manager: PackageManager) -> Withheld | None:
    doubt = (
        _before_refresh(facts, step, manager) or _beside(facts, step, manager) or _meant_for_image(facts, step, manager)
    )
    if doubt or not _leaves_index(step, manager):
        return doubt
    return next(_after(facts, step, manager), None) or _of_base_image(facts, step, manager)


def _of_base_image(facts: Facts, step: Step, manager: PackageManager) -> Withheld | None:
    """Return the reason to leave the index in an image that others are made of, as the names of its file say.

    It is one only where the packages can have a mount without the index.
    """
    if (
        not is_base(facts)
        or not _holds_index_apart(step, manager)
        or not chain.descends(facts.dockerfile.last, step.stage)
    ):
        return None
    return reasons.LISTS_FOR_IMAGE.about(where=line_of(facts, step))


def _meant_for_image(facts: Facts, step: Step, manager: PackageManager) -> Withheld | None:
    """Say why a step that fetches the index alone, with no install after it, may do so for what the image runs."""
    here = step.instruction.span.start
    if not _leaves_index(step, manager) or not _only_fetches_index(step, manager):
        return None
    later = (other for other in steps_of(facts, step.stage) if other.instruction.span.start > here)
    installs = any(_first(other, manager) is not None and not _only_fetches_index(other, manager) for other in later)
    if installs or _runs_script(facts, step, manager):
        return None
    return reasons.LISTS_FOR_IMAGE.about(where=line_of(facts, step))


def _only_fetches_index(step: Step, manager: PackageManager) -> bool:
    return all(one.verb in manager.refresh_verbs for one in step.installs if one.manager is manager)


def _beside(facts: Facts, step: Step, manager: PackageManager) -> Withheld | None:
    """Return the reason not to repair beside a script that the step runs too; None where it runs none.

    It may remove packages by the marks of other builds, or the mounted folder.
    """
    from cachemount.repairs.safety.installer_scripts import leaves_packages
    from cachemount.repairs.safety.lists_left_alone import leaves_lists_alone

    mine = {id(install.command) for install in step.installs if install.manager is manager}
    for called in commands_of(step) if manager.marks and not _only_fetches_index(step, manager) else ():
        if (
            id(called.command) in mine
            or leaves_lists_alone(facts, step, called, manager)
            or leaves_packages(step, called)
        ):
            continue
        return reasons.MAY_REMOVE_LISTS.about(where=line_of(facts, step), title=called.title)
    return None


def dependents(facts: Facts, step: Step, manager: PackageManager) -> list[Install]:
    """Return the first installs of later steps that take the index from the image: a mount would keep it from them."""
    if not manager.refresh or not _leaves_index(step, manager):
        return []
    here = step.instruction.span.start
    takers = facts.memo(_takers, step.stage, manager)
    return [one for one in takers if one.step.instruction.span.start > here]


def _takers(facts: Facts, stage: Stage, manager: PackageManager) -> list[Install]:
    """Return the installs that take the index from the image, one of each step of a stage and those built on it.

    It is the first of its step, or one that the step's own refresh does not serve on all ways.
    """
    found = []
    for step in steps_on(facts, stage):
        first = _first(step, manager)
        unserved = next(
            (one for one in step.installs if one.manager is manager and not facts.memo(_is_served, one)), None
        )
        taker = unserved or (first if first is not None and not fetches_index(first) else None)
        if taker is not None:
            found.append(taker)
    return found


def _is_served(_facts: Facts, install: Install) -> bool:
    return is_served(install)


def _first(step: Step, manager: PackageManager) -> Install | None:
    """Return the first command of a step that downloads with the manager."""
    return next((one for one in step.installs if one.manager is manager and not one.reader), None)


def may_be_fetched_before(facts: Facts, install: Install) -> bool:
    """Return whether a command that the step runs before an install may fetch the index, as a script may."""
    from cachemount.repairs.safety.lists_left_alone import leaves_lists_alone

    step = install.step
    return not is_readable(step) or any(
        called.command.span.start < install.command.span.start
        and not leaves_lists_alone(facts, step, called, install.manager)
        for called in commands_of(step)
    )


def _leaves_index(step: Step, manager: PackageManager) -> bool:
    """Return whether the index is in the image after the step, as far as the step's own commands go."""
    return step.memo(_leaves, manager)


def _leaves(step: Step, manager: PackageManager) -> bool:
    installs = [install for install in step.installs if install.manager is manager]
    kept = [one for one in installs if not any(argument.text in manager.off_flags for argument in one.arguments)]
    if not kept or is_mounted_elsewhere(step, index_directories(step, manager)):
        return False
    cleanups = cleanups_of(step, _index_places(step, manager), [manager])
    if step.script.defined:
        # A function may run anywhere.
        return not cleanups
    where_none = fetches_where_none(step, manager)
    fetched = max((one.command.span.start for one in kept if where_none or fetches_index(one)), default=-1)
    return not any(one.command.span.start > fetched for one in cleanups)


def _index_places(step: Step, manager: PackageManager) -> list[Directory]:
    """Return the directories that hold the index, each with those that it is in where there is no mount."""
    return [
        replace(one, accepted=(*one.accepted, *one.cache.filled_unmounted)) if one.cover is None else one
        for one in index_directories(step, manager)
    ]


def _before_refresh(facts: Facts, step: Step, manager: PackageManager) -> Withheld | None:
    """Return the doubt about what the step runs before it fetches the index, where the image may have one."""
    first = _first(step, manager)
    unrefreshed = first is not None and not fetches_index(first) and not _can_refresh(facts, first)
    if unrefreshed or not all(facts.memo(_is_served, one) for one in step.installs if one.manager is manager):
        doubt: Withheld | None = reasons.READS_LISTS.about(where=line_of(facts, step))
    else:
        from cachemount.repairs.safety.index_doubts import doubts

        doubt = next(doubts(facts, step, manager), None)
    return doubt if doubt and _may_have_index(facts, step, manager) else None


def _may_have_index(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether the image that the step begins with may hold an index; known base images do not."""
    here = step.instruction.span.start
    return step.environment.base is None or any(
        other.instruction.span.start < here and (_leaves_index(other, manager) or _runs_script(facts, other, manager))
        for other in all_steps(facts, step.stage).values()
    )


def _runs_script(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether a step runs something that may fetch the index and leave it in the image."""
    from cachemount.repairs.safety.lists_left_alone import leaves_lists_alone

    return not is_readable(step) or any(
        not leaves_lists_alone(facts, step, called, manager) for called in commands_of(step)
    )


def _after(facts: Facts, step: Step, manager: PackageManager) -> Iterator[Withheld]:
    here, end = step.instruction.span.start, facts.memo(_emptied_at, step, manager)
    for install in dependents(facts, step, manager):
        is_ours = install.step.instruction.span.start <= end
        if is_ours and (not _can_refresh(facts, install) or not facts.memo(_is_served, install)):
            yield reasons.READS_LISTS.about(where=line_of(facts, install.step))
    from cachemount.repairs.safety.index_doubts import doubts_of_all

    yield from (doubt for rank, doubt in facts.memo_all(doubts_of_all, step.stage, manager) if here < rank <= end)


def _emptied_at(facts: Facts, step: Step, manager: PackageManager) -> float:
    """Return the offset of the next step of the stage that removes the index of this one; infinity if there is none."""
    here = step.instruction.span.start
    for other in all_steps_of(facts, step.stage):
        if other.stage is step.stage and other.instruction.span.start > here and _removes_index(step, other, manager):
            return other.instruction.span.start
    return math.inf


def _removes_index(step: Step, other: Step, manager: PackageManager) -> bool:
    """Return whether another step, however it ends, removes the index that a step left, and leaves none itself."""
    if not other.memo(_empties, manager, *step.memo(_places_and_names, manager)):
        return False
    return not (fetches(other, manager) and _leaves_index(other, manager))


def _empties(step: Step, manager: PackageManager, places: frozenset[str], caches: frozenset[str]) -> bool:
    cleanups = cleanups_at(step, places, caches, [manager])
    return any(not one.command.conditional and not one.partly for one in cleanups)


def _places_and_names(step: Step, manager: PackageManager) -> tuple[frozenset[str], frozenset[str]]:
    """Return the paths that hold the index, and the names of the caches."""
    directories = _index_places(step, manager)
    return paths(directories), frozenset(one.cache.name for one in directories)


def _can_refresh(facts: Facts, install: Install) -> bool:
    """Return whether a repair may let the command fetch the index."""
    return facts.memo(_may_refresh, install)


def _may_refresh(facts: Facts, install: Install) -> bool:
    step = install.step
    if step.stage.file is not None:
        # This file is repaired alone.
        return False
    text = facts.dockerfile.source.slice(step.instruction.span)
    plain = "{{" not in text and "{%" not in text and not step.instruction.onbuild and not step.script.errors
    from cachemount.repairs.insertion import place_before
    from cachemount.repairs.text_edits import takes_flag

    if install.manager.refresh.startswith("-"):
        return plain and takes_flag(install)
    return plain and install.command.editable and place_before(step, install.command) is not None
