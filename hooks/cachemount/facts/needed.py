"""Which directories a step fills or runs programs from, so that a mount on them hides what the image needs or has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount.dockerfile.model import Instruction
from cachemount.facts import chain, locations
from cachemount.facts.expansion import expanded, runner
from cachemount.facts.model import Facts, Install, Mount, Step
from cachemount.facts.queries import all_steps
from cachemount.facts.settings import configured
from cachemount.managers.model import Environments, Installed, PackageManager
from cachemount.managers.runtime import RUNTIME_DOWNLOADS, RuntimeDownload
from cachemount.records import Record
from cachemount.shell.model import Word

_GLOBAL = ("-g", "--global", "--location=global")


class Place(Record):
    """A directory that something is installed into, for the image or (`for_steps`) for later steps alone."""

    path: str
    for_steps: bool = False


class RuntimeFiles(Record):
    """Files that a step downloads for programs that run later. `by` is the command, `used` who needs it, if known."""

    place: str
    by: str
    used: Instruction | None = None


class _Candidate(Record, eq=False):
    """A directory that an install puts something into that is needed: always, or (`by`) as its commands say.

    With `within`, a folder in it is needed as well.
    """

    path: str
    within: bool = False
    by: Installed | None = None


def installed_below(facts: Facts, install: Install, target: str) -> Place | None:
    """Return the place on, below or above a mount's target that an install puts into what the image or a step needs."""
    for one in facts.memo_all(_candidates, install):
        is_below, is_above = locations.below(one.path, target), locations.below(target, one.path)
        if not is_below and not is_above:
            continue
        if one.by is None:
            if (is_below or one.within) and not _serves(install, target):
                return Place(path=one.path)
        elif one.by.in_cache:
            if is_below and _serves(install, target):
                return Place(path=one.path, for_steps=one.by.for_steps)
        elif is_below or not _serves(install, target):
            return Place(path=one.path, for_steps=one.by.for_steps)
    return None


def _candidates(facts: Facts, install: Install) -> Iterator[_Candidate]:
    manager = install.manager
    if any(install.verb[: len(verb)] == verb for verb in manager.installs_nothing):
        return
    is_users = not install.root or any(argument.text == "--user" for argument in install.arguments)
    is_global = any(argument.text in _GLOBAL for argument in install.arguments)
    inside = [place for place, settled in manager.image_needs_inside.items() if not facts.says(settled)]
    if inside and manager.environments and _may_be_apart(facts, install, manager.environments):
        inside = []
    templates = (
        *manager.needed,
        *(manager.needed_globally if is_global else ()),
        *(manager.needed_by_users if is_users else ()),
        *inside,
    )
    for template in templates:
        if template in manager.needed_unless and _is_ruled_out(facts, *manager.needed_unless[template]):
            continue
        if template in manager.unneeded_beside and _is_cached_at(install, manager.unneeded_beside[template]):
            continue
        path, applies = locations.expand(template.removesuffix("/**"), install.variables)
        if path is not None and applies:
            yield _Candidate(path=path, within=template.endswith("/**"))
    for one in manager.installs_into:
        if (is_global or not one.globally) and (not one.verbs or install.verb[:1] in [(verb,) for verb in one.verbs]):
            place = _place(facts, install, one)
            if place:
                yield _Candidate(path=place, by=one)


def _may_be_apart(facts: Facts, install: Install, way: Environments) -> bool:
    """Return whether the environments of an install may be elsewhere than in the manager's cache."""
    from cachemount.facts.environment_places import are_elsewhere, may_be_elsewhere

    return may_be_elsewhere(facts.dockerfile, way) or are_elsewhere(facts.dockerfile, install)


def installs_inside(facts: Facts, install: Install, path: str) -> bool:
    """Return whether an install puts what the image needs into a folder in its cache, which is at a path."""
    found = installed_below(facts, install, path)
    if found is not None and not found.for_steps and locations.below(found.path, path):
        return True
    places = []
    for template in install.manager.needed:
        place, applies = locations.expand(template.removesuffix("/**"), install.variables)
        if place is not None and applies:
            places.append(place)
    return any(one != path and locations.below(one, path) for one in places)


def _is_ruled_out(facts: Facts, file: str, said: str, otherwise: str) -> bool:
    """Return whether a settings file of the project says that a directory is not used, and the Dockerfile does not."""
    from cachemount.facts.context import settings_of

    return re.search(said, settings_of(facts.dockerfile, file)) is not None and not facts.says(otherwise)


def _is_cached_at(install: Install, place: str) -> bool:
    return bool(install.directories) and all(one.path == place for one in install.directories)


def _serves(install: Install, target: str) -> bool:
    return any(directory.path and locations.below(target, directory.path) for directory in install.directories)


def _place(facts: Facts, install: Install, one: Installed) -> str | None:
    workdir = install.variables.get("WORKDIR")
    found = locations.directory(one.place, install.arguments, install.variables, workdir=workdir, root=install.root)
    if one.place.settings and not found.moved:
        found = configured(facts.dockerfile, install, found, workdir)
    return found.path


def program_below(install: Install, mount: Mount, target: str) -> str:
    """Return the place below a mount's target that the program itself lies in; "" if it lies elsewhere."""
    if "from" in mount.flag.options:
        # It may bring the program along.
        return ""
    manager, settings = install.manager, install.step.environment.settings
    for template in manager.program_in:
        place, applies = locations.expand(template, install.variables)
        if place is None or not applies or not locations.below(place, target):
            continue
        name = locations.moved_by(template)
        set_by = settings.get(name)
        of_image = set_by is not None and set_by.origin == "image" and set_by.value == install.variables.get(name)
        if of_image or (manager.program_from and _ran_before(install.step, manager.program_from)):
            return place
    return ""


def installed_before(facts: Facts, install: Install, mount: Mount, target: str) -> str:
    """Return the place below a mount's target that the same manager installed into in an earlier step; else ""."""
    if "from" in mount.flag.options:
        return ""
    step = install.step
    for other, path in facts.memo_all(_installed_into, install.manager, target):
        if other.instruction.span.start < step.instruction.span.start and chain.descends(step.stage, other.stage):
            return path
    return ""


def _installed_into(facts: Facts, manager: PackageManager, target: str) -> Iterator[tuple[Step, str]]:
    """Yield the places below a target that a manager installs into without a mount there, and the steps that do."""
    from cachemount.facts.uses import mounts_it

    for step in facts.steps if manager.installs_into else ():
        for install in step.installs:
            if install.manager is manager and not mounts_it(step, target):
                place = installed_below(facts, install, target)
                if place is not None and not place.for_steps and locations.below(place.path, target):
                    yield step, place.path


def _ran_before(step: Step, pattern: str) -> bool:
    return any(
        re.search(pattern, one.run.script.text or one.arguments.text)
        for one in chain.before(step.stage, step.instruction)
        if one.run is not None
    )


def runtime_files(facts: Facts, step: Step, target: str) -> RuntimeFiles | None:
    """Return what a step downloads onto a mount's target, or around it, for programs that run after the step."""
    for command, words in expanded(step):
        text = " ".join(word.known or word.raw for word in words)
        for one in RUNTIME_DOWNLOADS:
            if not re.search(one.command, text):
                continue
            who = runner(step, command)
            variables = {**step.environment.variables, **command.exports, "HOME": who.home}
            for assignment in command.assignments:
                variables[assignment.name] = assignment.value.expand(variables, who.home)
            workdir = None if command.directory is None else step.environment.workdir
            place = locations.directory(one.place, words[1:], variables, workdir=workdir, root=who.root).path
            if place is None or not (locations.below(place, target) or locations.below(target, place)):
                continue
            used = _user(facts, step, one, target)
            if used is not None or (not one.used_by and _is_left(facts, step, words, target)):
                return RuntimeFiles(place=place, by=" ".join(word.known for word in words[:3]), used=used)
    return None


def _is_left(facts: Facts, step: Step, words: tuple[Word, ...], target: str) -> bool:
    """Return whether the image has the step, and neither the step nor a later one with the mount uses the download."""
    pairs = expanded(step)
    after = [other for _, other in pairs[[other for _, other in pairs].index(words) + 1 :]]
    from cachemount.facts.uses import is_idle, mounts_it

    return (
        chain.descends(facts.dockerfile.last, step.stage)
        and all(is_idle(other) for other in after)
        and not any(
            other.instruction.span.start > step.instruction.span.start
            and chain.descends(other.stage, step.stage)
            and mounts_it(other, target)
            for other in facts.mounted
        )
    )


def _user(facts: Facts, step: Step, one: RuntimeDownload, target: str) -> Instruction | None:
    """Return the first instruction after the step that has no such mount and runs what reads the download."""
    if not one.used_by:
        return None
    here = step.instruction.span.start
    steps = all_steps(facts, step.stage)
    from cachemount.facts.uses import mounts_it

    for rank, instruction in sorted(chain.after(step.stage), key=lambda pair: pair[0]):
        if rank <= here or instruction.onbuild:
            continue
        if instruction.keyword in ("CMD", "ENTRYPOINT") or (
            id(instruction) in steps and not mounts_it(steps[id(instruction)], target)
        ):
            text = instruction.run.script.text if instruction.run is not None else instruction.arguments.text
            if re.search(one.used_by, text or instruction.arguments.text):
                return instruction
    return None
