"""Whether a manager finds its index in the image, or in what the step has fetched before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cachemount.dockerfile.model import Dockerfile, Instruction, Stage
from cachemount.facts import chain, locations
from cachemount.facts.model import Directory, Step
from cachemount.facts.patterns import compiled
from cachemount.facts.settings import says, text_before
from cachemount.managers.model import PackageManager
from cachemount.shell.model import Command


def index_is_there(dockerfile: Dockerfile, step: Step, command: Command, manager: PackageManager) -> bool:
    """Return whether an earlier command of the chain of stages or the step has fetched the index, and none removed it.

    A mount on it may have it as well. An image that is not known is taken for one without it.
    """
    places = [place for cache in manager.caches if cache.index for place in (*cache.locations, *cache.substitutes)]
    if any(one.target and _holds(one.target, places) for one in step.caches):
        return True
    if not says(dockerfile.code, manager.index_fetched):
        return False
    there = _is_left(dockerfile, step.stage, manager, places, step.instruction)
    return _after(dockerfile.source.text[step.instruction.span.start : command.span.start], manager, there=there)


def _is_left(
    dockerfile: Dockerfile, stage: Stage, manager: PackageManager, places: list[str], up_to: Instruction | None = None
) -> bool:
    """Return whether the image of a stage has the index, or had it in front of an instruction of it."""
    there = False
    for instruction in chain.before(stage, up_to or stage.instruction):
        run = instruction.run
        if run is not None and not any(one.type == "cache" and _holds(one.target, places) for one in run.mounts):
            there = _after(run.script.text or instruction.arguments.text, manager, there=there)
        taken = chain.taken_whole(dockerfile, instruction)
        if taken is not None and taken.index < stage.index:
            there = there or _is_left(dockerfile, taken, manager, places)
    return there


def is_mounted_elsewhere(step: Step, directories: Sequence[Directory]) -> bool:
    """Return whether cache mounts have all the places where an index is kept as long as its directory has no mount."""
    return bool(directories) and all(
        one.cache.filled_unmounted
        and all(
            any(mount.target and _holds(mount.target, [place]) for mount in step.caches)
            for place in one.cache.filled_unmounted
        )
        for one in directories
    )


def _holds(target: str, places: list[str]) -> bool:
    """Return whether a mount holds the index, so that the image has none of it."""
    return any(locations.below(place, target.rstrip("/")) for place in places)


def _after(text: str, manager: PackageManager, *, there: bool) -> bool:
    fetched, removed = _last(manager.index_fetched, text), _last(manager.index_removed, text)
    return fetched > removed or (there and removed < 0)


def _last(pattern: str, text: str) -> int:
    """Return where the last match of a pattern begins; -1 where there is none."""
    return max((match.start() for match in compiled(pattern).finditer(text)), default=-1)


def has_no_sources(dockerfile: Dockerfile, step: Step, command: Command, manager: PackageManager) -> bool:
    """Return whether what was run before a command has taken away all sources that it could install from."""
    text = text_before(dockerfile, step, command)
    gone = [*re.finditer(manager.no_sources_after, text)]
    return bool(gone) and re.search(manager.sources_by, text[gone[-1].end() :]) is None
