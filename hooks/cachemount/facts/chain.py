"""What happened before an instruction in its chain of stages, and what may happen after it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount.dockerfile.model import Dockerfile, Instruction, Run, Stage


def before(stage: Stage, instruction: Instruction) -> Iterator[Instruction]:
    """The instructions whose result the instruction sees, in order:

    those of the parent stages, then the earlier ones of its own.
    """
    if stage.parent is not None:
        yield from _whole(stage.parent)
    for earlier in stage.instructions:
        if earlier is instruction:
            return
        yield earlier


def _whole(stage: Stage) -> Iterator[Instruction]:
    if stage.parent is not None:
        yield from _whole(stage.parent)
    yield from stage.instructions


def after(dockerfile: Dockerfile, stage: Stage) -> Iterator[tuple[int, Instruction]]:
    """The instructions of the stage and of those built on it, each with a rank.

    An instruction of the stage sees those of a higher rank than its own offset.
    """
    for other in dockerfile.stages:
        if descends(other, stage):
            for instruction in other.instructions:
                yield instruction.span.start, instruction


def descends(stage: Stage, ancestor: Stage) -> bool:
    """Whether a stage is built on another, or is it."""
    at: Stage | None = stage
    while at is not None:
        if at is ancestor:
            return True
        at = at.parent
    return False


def related(one: Stage, other: Stage) -> bool:
    """Whether one of the two stages is built on the other."""
    return descends(one, other) or descends(other, one)


_FROM = re.compile(r"(?i)^--from$|^from$")


def copies(dockerfile: Dockerfile, stage: Stage) -> Iterator[tuple[Instruction, tuple[str, ...]]]:
    """COPY instructions and mounts that take files from the stage or one built on it, with their sources as written."""
    for other in dockerfile.stages:
        for instruction in other.instructions:
            if instruction.run is not None:
                yield from _bound(dockerfile, stage, instruction, instruction.run)
            if instruction.keyword != "COPY":
                continue
            name = next((flag.value for flag in instruction.flags if _FROM.match(flag.name.lstrip("-"))), None)
            source = _stage(dockerfile, name) if name else None
            if source is not None and descends(source, stage):
                yield instruction, tuple(re.findall(r'[^\s\[\]",]+', instruction.arguments.text)[:-1])


def _bound(
    dockerfile: Dockerfile, stage: Stage, instruction: Instruction, run: Run
) -> Iterator[tuple[Instruction, tuple[str, ...]]]:
    for flag in run.mounts:
        source = _stage(dockerfile, flag.options.get("from", ""))
        if source is not None and descends(source, stage):
            yield instruction, (flag.options.get("source") or "/",)


def _stage(dockerfile: Dockerfile, name: str) -> Stage | None:
    for stage in dockerfile.stages:
        if stage.name.lower() == name.lower() or str(stage.index) == name:
            return stage
    return None
