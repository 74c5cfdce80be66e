"""Where a folder lies in other stages, which COPY a folder that it is in."""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.dockerfile.model import Instruction, Stage
from cachemount.facts import chain, locations
from cachemount.facts.model import Facts
from cachemount.facts.mounts import expand_flag
from cachemount.records import Record


class CopiedPlace(Record):
    """A folder as another stage has it: the COPY with the rank has put `top` there, in which the folder is."""

    stage: Stage
    rank: int
    path: str
    top: str


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
    for source in chain.family(stage):
        for other, instruction in facts.memo(_copies).get(source.index, ()):
            environment = facts.environments[id(instruction)]
            *words, last = (expand_flag(word, environment.variables) for word in instruction.operands)
            target = None if last is None else locations.absolute(last, environment.workdir)
            for word in words if target is not None else ():
                folder = None if word is None else locations.absolute(word, "/")
                if target is not None and folder is not None and locations.below(place, folder):
                    inside = place[len(folder.rstrip("/")) :]
                    path = target.rstrip("/") + inside
                    yield CopiedPlace(stage=other, rank=instruction.span.start, path=path, top=target)


def _copies(facts: Facts) -> dict[int, list[tuple[Stage, Instruction]]]:
    """Return the COPY instructions that take from a stage, each with its own stage, by the index of that stage."""
    found: dict[int, list[tuple[Stage, Instruction]]] = {}
    for stage in facts.dockerfile.stages:
        for instruction in stage.instructions:
            if instruction.keyword != "COPY" or len(instruction.operands) < 2:
                continue
            name = next((flag.value for flag in instruction.flags if flag.name == "from"), None)
            for source in chain.stages_named(facts.dockerfile, name):
                if source is not stage:
                    found.setdefault(source.index, []).append((stage, instruction))
    return found
