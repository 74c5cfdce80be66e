"""Stages that take all that another has, by `COPY --from=builder / /`: what stays in that one is in them as well."""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.dockerfile.model import Stage
from cachemount.facts import chain
from cachemount.facts.model import Facts, Step
from cachemount.facts.queries import all_steps_of, steps_of


def steps_on(facts: Facts, stage: Stage) -> Iterator[Step]:
    """Yield the steps that download of a stage, of those built on it, and of those that take all of one of them."""
    for one in facts.memo_all(_with_all_of, stage):
        yield from steps_of(facts, one)


def all_steps_on(facts: Facts, stage: Stage) -> Iterator[Step]:
    """Yield all steps of these stages."""
    for one in facts.memo_all(_with_all_of, stage):
        yield from all_steps_of(facts, one)


def _with_all_of(facts: Facts, stage: Stage) -> Iterator[Stage]:
    """Yield a stage, and those that take all of it or of one built on it, if indirectly."""
    waiting = [stage]
    while waiting:
        one = waiting.pop(0)
        yield one
        known = {other.index for other in chain.family(one)}
        takers = {other for index in known for other in facts.memo(_takers).get(index, ())}
        waiting += sorted(
            (other for other in takers if other.index > one.index and other.index not in known),
            key=lambda other: other.index,
        )


def _takers(facts: Facts) -> dict[int, list[Stage]]:
    """Return the stages that take all of another one, by the index of that."""
    found: dict[int, list[Stage]] = {}
    for stage in facts.dockerfile.stages:
        for instruction in stage.instructions:
            taken = chain.taken_whole(facts.dockerfile, instruction)
            if taken is not None:
                found.setdefault(taken.index, []).append(stage)
    return found
