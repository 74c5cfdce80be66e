"""Where a folder lies in other stages, which COPY a folder that it is in."""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.dockerfile.model import Stage
from cachemount.facts import chain, locations
from cachemount.facts.model import Facts
from cachemount.facts.mounts import expand_flag
from cachemount.records import Record


class CopiedPlace(Record, eq=False):
    """A folder as another stage has it: the COPY with the rank has put `top` there, in which the folder is."""

    stage: Stage
    rank: int
    path: str
    top: str


class _Copy(Record, kw_only=False):
    """A COPY in a stage that takes folders of another one, to a target."""

    stage: Stage
    rank: int
    target: str
    folders: tuple[str, ...]


def copied_places(facts: Facts, stage: Stage, place: str) -> tuple[CopiedPlace, ...]:
    """Return where other stages have a folder of this stage, or of one built on it, directly or not."""
    found: list[CopiedPlace] = []
    seen = {(stage.index, place)}
    waiting = [(stage, place)]
    while waiting:
        for one in _once(facts, *waiting.pop()):
            if (one.stage.index, one.path) not in seen:
                seen.add((one.stage.index, one.path))
                found.append(one)
                waiting.append((one.stage, one.path))
    return tuple(found)


def _once(facts: Facts, stage: Stage, place: str) -> Iterator[CopiedPlace]:
    """Yield where others have the place that copy it from this stage, or from one built on it."""
    known = facts.memo(_copies)
    for source in chain.family(stage):
        for copy in known.get(source.index, ()):
            for folder in copy.folders:
                if locations.below(place, folder):
                    path = copy.target.rstrip("/") + place[len(folder.rstrip("/")) :]
                    yield CopiedPlace(stage=copy.stage, rank=copy.rank, path=path, top=copy.target)


def _copies(facts: Facts) -> dict[int, list[_Copy]]:
    """Return the COPY instructions that take from a stage, as far as their paths are known, by its index."""
    found: dict[int, list[_Copy]] = {}
    for stage in facts.dockerfile.stages:
        for instruction in stage.instructions:
            if instruction.keyword != "COPY" or len(instruction.operands) < 2:
                continue
            environment = facts.environments[id(instruction)]
            *words, last = (expand_flag(word, environment.variables) for word in instruction.operands)
            target = None if last is None else locations.absolute(last, environment.workdir)
            if target is None:
                continue
            folders = (locations.absolute(word, "/") for word in words if word is not None)
            copy = _Copy(stage, instruction.span.start, target, tuple(one for one in folders if one is not None))
            name = next((flag.value for flag in instruction.flags if flag.name == "from"), None)
            for source in chain.stages_named(facts.dockerfile, name):
                if source is not stage:
                    found.setdefault(source.index, []).append(copy)
    return found
