"""The instructions before an instruction in its chain of stages, and those that may come after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cachemount.dockerfile.model import Dockerfile, Instruction, Stage, may_name
from cachemount.facts.model import Facts


def before(stage: Stage, instruction: Instruction) -> Iterator[Instruction]:
    """Yield the instructions whose result the instruction sees, in order.

    These are those of the parent stages, then the earlier ones of its own.
    """
    for one in stage.lineage():
        for earlier in one.instructions:
            if earlier is instruction:
                return
            yield earlier


def family(stage: Stage) -> Iterator[Stage]:
    """Yield the stage and those that are built on it, or may be, directly or not."""
    waiting = [stage]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting.extend(one.children)


def after(stage: Stage) -> Iterator[tuple[int, Instruction]]:
    """Yield the instructions of the stage and of those built on it, each after its rank.

    Those whose rank is higher than the offset of an instruction of the stage come after it.
    """
    for other in family(stage):
        for instruction in other.instructions:
            yield instruction.span.start, instruction


def descends(stage: Stage, ancestor: Stage) -> bool:
    """Return whether a stage is built on another, or is it."""
    at: Stage | None = stage
    while at is not None:
        if at is ancestor:
            return True
        at = at.parent
    return False


def related(one: Stage, other: Stage) -> bool:
    """Return whether one of the two stages is built on the other."""
    return descends(one, other) or descends(other, one)


def waits(facts: Facts, stage: Stage, other: Stage) -> bool:
    """Return whether a stage is built after another: it is that one, is built on it or takes from it, if indirectly."""
    return other.index in facts.memo(_awaited, stage)


def _awaited(facts: Facts, stage: Stage) -> frozenset[int]:
    dockerfile = facts.dockerfile
    found: set[int] = set()
    waiting = [stage]
    while waiting:
        one = waiting.pop()
        if one.index in found:
            continue
        found.add(one.index)
        sources = [one.parent]
        for instruction in one.instructions:
            if instruction.run is not None:
                sources += [stage_named(dockerfile, mount.options.get("from")) for mount in instruction.run.mounts]
            sources += [stage_named(dockerfile, flag.value) for flag in instruction.flags if flag.name == "from"]
        waiting += [source for source in sources if source is not None and source.index < one.index]
    return frozenset(found)


def copies(dockerfile: Dockerfile, filled_in: Callable[[Instruction, str], str]) -> dict[int, list[str]]:
    """Return what COPY instructions and mounts take from a stage, by the stage's index.

    `filled_in` gives a path of an instruction with its variables filled in.
    """
    found: dict[int, list[str]] = {}
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            for mount in instruction.run.mounts if instruction.run else ():
                # An unnamed stage is not meant by a mount that takes from none.
                source = stage_named(dockerfile, mount.options.get("from"))
                if source is not None and mount.options.get("source"):
                    found.setdefault(source.index, []).append(filled_in(instruction, mount.options["source"]))
            if instruction.keyword == "COPY":
                name = next((flag.value for flag in instruction.flags if flag.name == "from"), None)
                for source in stages_named(dockerfile, name):
                    words = [filled_in(instruction, word) for word in instruction.operands]
                    # What a stage has from the one it is built on, and at the same place, only gets another owner.
                    if not (
                        len(words) == 2 and words[0] == words[1] and source is not stage and descends(stage, source)
                    ):
                        found.setdefault(source.index, []).extend(words[:-1])
    return found


def stages_named(dockerfile: Dockerfile, name: str | None) -> list[Stage]:
    """Return the stages that a COPY may take from: with a variable in the name all that it fits."""
    if name and "$" in name:
        return [one for one in dockerfile.stages if may_name(name, one.name)]
    source = stage_named(dockerfile, name)
    return [] if source is None else [source]


def stage_named(dockerfile: Dockerfile, name: str | None) -> Stage | None:
    """Return the stage with a name or number. The name "" is that of stages without a name, and finds none."""
    for stage in dockerfile.stages:
        if name and name.lower() in (stage.name.lower(), str(stage.index)):
            return stage
    return None
