"""A mount on the folder in which an option keeps packages: a cache that other steps' docker-clean and apt leave alone.

A mount on the folder above is by its id that of all Dockerfiles on the machine, and some of them empty it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cachemount.dockerfile.model import Stage
from cachemount.facts import chain, retention
from cachemount.facts.cleanups import cleanups_of
from cachemount.facts.locations import below
from cachemount.facts.model import Facts, Step
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.records import replace
from cachemount.repairs.builder import FixBuilder
from cachemount.repairs.download_edits import retain_alone
from cachemount.repairs.other_programs import fetches_packages, installs_of
from cachemount.repairs.safety.handed_on import keeps_file
from cachemount.repairs.safety.installer_scripts import leaves_packages
from cachemount.repairs.safety.later_commands import commands_of, is_readable
from cachemount.repairs.safety.lists_left_alone import leaves_lists_alone, script_leaves_lists_alone
from cachemount.repairs.safety.mount_removers import mount_removers

# What may stand for the folder or one above it: such a path in /var, or one with a pattern or a variable in it.
_ABOVE = late(r"/var/?(?:[^\w\s/]|cache|\s|\Z)")
_VARIABLE = r"(?im)^[ \t]*(?:ARG|ENV)\b[^\n]*/var/cache"


def place_apart(facts: Facts, manager: PackageManager) -> str:
    """Return the folder that the option names where the new mounts of the file are to be on that alone; else ""."""
    return facts.memo(_place_apart, manager)


def needs_setting(facts: Facts, stage: Stage, manager: PackageManager) -> bool:
    """Return whether a stage of no image is better off with one setting for all of its installs.

    One of them, or of a stage that begins with the same image, takes no option.
    """
    return not _is_image(facts, stage, manager) and facts.memo(_needs_setting, stage.lineage()[0], manager)


def narrow_new(builder: FixBuilder, step: Step, target: str, inside: str) -> None:
    """Let the mount that a step gets on a target be on a folder inside it, unless it has an id."""
    written = re.compile(rf"(?<=--mount=type=cache,target={re.escape(target)})(?=[,\s]|\Z)")
    for number, edit in enumerate(builder.edits):
        if target in edit.targets and edit.span.within(step.instruction.span) and written.search(edit.text):
            targets = tuple(inside if one == target else one for one in edit.targets)
            builder.edits[number] = replace(edit, text=written.sub(inside[len(target) :], edit.text), targets=targets)


def _needs_setting(facts: Facts, first: Stage, manager: PackageManager) -> bool:
    return any(
        not retain_alone(FixBuilder(facts), install)
        for step in facts.steps
        if step.stage.file is None and step.stage.lineage()[0] is first and not _is_image(facts, step.stage, manager)
        for install in installs_of(step, manager)
        if not install.only_index and retention.lasts(facts, install)
    )


def _is_image(facts: Facts, stage: Stage, manager: PackageManager) -> bool:
    """Return whether what a stage has is in an image that is used."""
    return chain.descends(facts.dockerfile.last, stage) or keeps_file(facts, stage, manager) is not None


def _place_apart(facts: Facts, manager: PackageManager) -> str:
    place = next((one.alone_place for one in manager.retentions if one.alone_place), "")
    if not place or facts.id_template or facts.says(_VARIABLE):
        return ""
    mounted = [(step, one) for step in facts.mounted for one in step.caches if one.target and below(place, one.target)]
    if any("id" in one.flag.options for _, one in mounted):
        return ""
    steps = [
        one
        for one in facts.steps
        if one.stage.file is None and fetches_packages(one, manager) and not needs_setting(facts, one.stage, manager)
    ]
    above = [step for step, one in mounted if one.target != place]
    new = [one for one in steps if one not in above]
    if any(_is_for_all(facts, one, new, manager, place) for one in above):
        return ""
    return place if all(_leaves_alone(facts, one, manager, place) for one in new) else ""


def _is_for_all(facts: Facts, step: Step, new: Sequence[Step], manager: PackageManager, place: str) -> bool:
    """Return whether the mount of a step on the folder above is one that new ones should share.

    Not so where the step keeps packages there for good, and steps without a mount are on other images.
    """
    if any(chain.related(step.stage, one.stage) for one in new):
        return True
    return any(
        next(retention.missing_settings(facts, one), None) is not None
        or any(directory.path == place for directory in one.directories)
        for one in installs_of(step, manager)
    )


def _leaves_alone(facts: Facts, step: Step, manager: PackageManager, place: str) -> bool:
    """Return whether nothing that a step runs may remove the folder: that fails while a mount is on it.

    Where the image is not known, a clean-up may take away what the manager notes in the folder above.
    """
    if not is_readable(step):
        return False
    directories = [one for install in installs_of(step, manager) for one in install.directories if not one.cache.index]
    cleanups = cleanups_of(step, directories, [manager])
    if cleanups and step.environment.base is None:
        return False
    source, (start, end) = facts.dockerfile.source, step.instruction.span
    text = source.text[start:end]
    for one in sorted(cleanups, key=lambda one: one.command.span, reverse=True):
        text = text[: one.command.span.start - start] + text[one.command.span.end - start :]
    if _ABOVE.search(text.replace(place, "")) or any(mount_removers(facts, step, place, directories, manager)):
        return False
    mine = {id(install.command) for install in step.installs if install.manager is manager}
    return all(
        id(called.command) in mine
        or leaves_lists_alone(facts, step, called, manager)
        or leaves_packages(step, called)
        or script_leaves_lists_alone(facts, step, called, manager)
        for called in commands_of(step)
    )
