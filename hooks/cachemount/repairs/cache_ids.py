"""The ids of caches: what the configuration wants, and what other steps of the file write."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cachemount.dockerfile.model import Stage
from cachemount.dockerfile.state.environment import Environment
from cachemount.facts.chain import descends
from cachemount.facts.locations import below
from cachemount.facts.model import Facts, Step
from cachemount.facts.queries import steps_related
from cachemount.id_templates import filled_in
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.repairs.safety.alike_images import differ, fails_on_older, has_compiled

_LANGUAGE = late(r"\b(?:python|node):\d+(?:\.\d+)?")


def id_of(facts: Facts, step: Step, target: str, manager: PackageManager) -> str:
    """Return the id that the configuration wants for a cache of a step; "" where it wants none."""
    if not facts.id_template:
        return ""
    return filled_in(facts.id_template, target=target, manager=manager.name, stage=step.stage.label)


def ids(facts: Facts, stage: Stage) -> dict[str | None, tuple[str, Step]]:
    """Return the ids that caches of related steps have, by target.

    That of the first step counts of those that the stage is built on; stages built on it must agree.
    """
    own: list[Step] = []
    others: list[Step] = []
    for step in steps_related(facts, stage):
        (own if descends(stage, step.stage) else others).append(step)
    return _alike(others) | {
        mount.target: (mount.flag.options["id"], step)
        for step in reversed(own)
        for mount in step.caches
        if mount.flag.options.get("id")
    }


def ids_of_file(facts: Facts) -> dict[str | None, tuple[str, Step]]:
    """Return the ids that all caches of the file on a target have, by target, each with the first step that has it."""
    return _alike(facts.steps)


def share_caches(one: Step, other: Step) -> bool:
    """Return whether two steps have a cache by the same id."""
    names = {mount.flag.options.get("id") for mount in one.caches}
    return any(mount.flag.options.get("id", "") in names for mount in other.caches)


def _alike(steps: Iterable[Step]) -> dict[str | None, tuple[str, Step]]:
    """Return the ids that these steps give their caches on a target, where all give the same."""
    found: dict[str | None, tuple[str, Step]] = {}
    names: dict[str | None, set[str]] = {}
    for step in steps:
        for mount in step.caches:
            name = mount.flag.options.get("id", "")
            names.setdefault(mount.target, set()).add(name)
            found.setdefault(mount.target, (name, step))
    return {target: one for target, one in found.items() if one[0] and len(names[target]) == 1}


def of_its_own(target: str, environment: Environment, *, release: bool = False) -> str:
    """Return an id that no other distribution has for a cache, or none of its releases."""
    base = environment.base
    return apart(
        target, *([] if base is None else [base.distribution, base.release] if release else [base.distribution])
    )


def apart(target: str, *parts: str) -> str:
    """Return an id for a cache with words that others do not have; one of Railway's keeps its form."""
    from cachemount.facts.service_ids import is_of_service

    if is_of_service(target):
        return "-".join((target, *parts))
    return "-".join((target.replace("/.", "/").strip("/").replace("/", "-"), *parts))


def distinct(facts: Facts, step: Step, target: str, manager: PackageManager) -> str:
    """Return an id of its own for a cache that an earlier stage uses on another system; "" where none does."""
    if not (manager.system or has_compiled(manager)):
        return ""
    if not manager.system and _has_sibling(facts, step) and not facts.memo(_is_mounted_without_id, target):
        return of_its_own(target, step.environment)
    other = re.search(manager.other_repositories, step.environment.image) if manager.other_repositories else None
    if other:
        return apart(target, other[1])
    first = facts.memo(_first_user, target, manager)
    if first is None or first is step:
        return ""
    name = parted(target, manager, first.environment, step.environment)
    return "" if name == target else name


def parted(name: str, manager: PackageManager, theirs: Environment, ours: Environment) -> str:
    """Return the id of another image's cache, or one of its own where this image may not have that cache too."""
    if fails_on_older(manager, theirs, ours):
        return of_its_own(name, ours, release=True)
    return of_its_own(name, ours) if differ(manager, theirs, ours) else name


def _has_sibling(facts: Facts, step: Step) -> bool:
    """Return whether a step is on Alpine, and a Dockerfile beside this one on the same language without Alpine."""
    base, image = step.environment.base, step.environment.image
    mine = _LANGUAGE.search(image)
    if base is None or base.distribution != "alpine" or mine is None:
        return False
    bases = (line for one in facts.dockerfile.source.context if one.sibling for line in one.text.splitlines())
    return any("alpine" not in line and mine[0] in _LANGUAGE.findall(line) for line in bases)


def _is_mounted_without_id(facts: Facts, target: str) -> bool:
    return any(
        mount.target == target and "id" not in mount.flag.options for step in facts.steps for mount in step.caches
    )


def _first_user(facts: Facts, target: str, manager: PackageManager) -> Step | None:
    """Return the step whose image has a directory's cache without an id: the first that mounts it, or would."""
    users = [
        (step, one)
        for step in facts.steps
        for install in step.installs
        for one in (install.directories if install.manager is manager else ())
        if one.path is not None and (below(one.path, target) or below(target, one.path))
    ]
    mounted = [(step, one) for step, one in users if one.cover is not None and one.cover.is_cache]
    step, directory = next(iter(mounted or users), (None, None))
    named = directory is not None and directory.cover is not None and "id" in directory.cover.flag.options
    return None if named else step


def in_scope_alike(name: str, theirs: Step, ours: Step) -> bool:
    """Return whether the variables in an id are set in both steps or in neither: an ARG ends with its stage."""
    return all(
        (variable in theirs.environment.variables) == (variable in ours.environment.variables)
        for variable in re.findall(r"\$\{?(\w+)", name)
    )
