"""The ids of caches: what the configuration wants, and what other steps of the file write."""

from __future__ import annotations

from collections.abc import Iterable

from cachemount.dockerfile.model import Stage
from cachemount.facts.chain import descends
from cachemount.facts.model import Facts, Step
from cachemount.facts.queries import steps_related
from cachemount.id_templates import filled_in
from cachemount.managers.model import PackageManager


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
