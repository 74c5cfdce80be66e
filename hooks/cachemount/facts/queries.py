"""Questions about the steps of a stage and of those related to it; a step that was not read is read then."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache, partial

from cachemount.dockerfile.model import Instruction, Stage
from cachemount.dockerfile.state.assignments import expand
from cachemount.facts import chain
from cachemount.facts.invocations import positionals
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.steps import read_step


def steps_with(facts: Facts, stage: Stage, words: Collection[str]) -> Iterator[Step]:
    """Yield the steps of a stage and of those built on it that may concern one of the words.

    These are all steps that were read, and others that say one of the words or run in a directory that does.
    """
    yield from steps_of(facts, stage)
    for other in chain.family(stage):
        for text, unread in facts.memo(_unread, other):
            if any(word in text for word in words):
                yield unread()


def all_steps_of(facts: Facts, stage: Stage) -> list[Step]:
    """All RUN instructions of a stage and of those built on it, in the order of the file."""
    return facts.memo(_all_steps_of, stage)


def _all_steps_of(facts: Facts, stage: Stage) -> list[Step]:
    others = [unread() for other in chain.family(stage) for _text, unread in facts.memo(_unread, other)]
    return sorted([*steps_of(facts, stage), *others], key=lambda step: step.instruction.span.start)


def _unread(facts: Facts, stage: Stage) -> list[tuple[str, Callable[[], Step]]]:
    """Return the text of each RUN of the stage that was not read, and the function that reads it."""
    found: list[tuple[str, Callable[[], Step]]] = []
    for instruction in stage.instructions:
        run = instruction.run
        if run is not None and id(instruction) in facts.unread:
            environment = facts.environments[id(instruction)]
            text = f"{instruction.arguments.text} {run.script.text} {environment.workdir}"
            found.append((text, cache(partial(read_step, facts.dockerfile, stage, instruction, run, environment))))
    return found


def steps_saying(facts: Facts, stage: Stage, pattern: re.Pattern[str]) -> list[Step]:
    """Return the steps of a stage that were read, and others in which a pattern is found, in the order of the file."""
    others = [unread() for text, unread in facts.memo(_unread, stage) if pattern.search(text)]
    return sorted([*facts.memo(_by_stage).get(stage.index, ()), *others], key=lambda step: step.instruction.span.start)


def has_scripts(facts: Facts) -> bool:
    """Return whether there may be scripts for a step to run: files of the context, or here-documents of the file."""
    return bool(facts.dockerfile.source.context) or writes_files(facts)


def writes_files(facts: Facts) -> bool:
    """Return whether here-documents of COPY or ADD write files."""
    return facts.memo(_writes_files)


def _writes_files(facts: Facts) -> bool:
    instructions = (one for stage in facts.dockerfile.stages for one in stage.instructions)
    return any(one.heredocs and one.run is None for one in instructions)


def may_write_scripts(facts: Facts) -> bool:
    """Return whether there may be scripts for a step to run, those that other steps write among them."""
    return has_scripts(facts) or any(one in facts.dockerfile.code for one in (">", "tee"))


def all_steps(facts: Facts, stage: Stage) -> Mapping[int, Step]:
    """Every RUN of a stage, and of the stages that it is built on, by the `id` of its instruction."""
    return facts.memo(_all_steps, stage)


def _all_steps(facts: Facts, stage: Stage) -> dict[int, Step]:
    by_stage = facts.memo(_by_stage)
    found = {} if stage.parent is None else {**all_steps(facts, stage.parent)}
    steps = (*by_stage.get(stage.index, ()), *(unread() for _, unread in facts.memo(_unread, stage)))
    return {**found, **{id(step.instruction): step for step in steps}}


def steps_of(facts: Facts, stage: Stage) -> Iterator[Step]:
    """Yield the steps of a stage and of those built on it."""
    by_stage = facts.memo(_by_stage)
    for other in chain.family(stage):
        yield from by_stage.get(other.index, ())


def steps_related(facts: Facts, stage: Stage) -> list[Step]:
    """Return the steps of a stage, of those that it is built on and of those built on it, in the order of the file."""
    return facts.memo(_steps_related, stage)


def _steps_related(facts: Facts, stage: Stage) -> list[Step]:
    by_stage = facts.memo(_by_stage)
    found = [*steps_of(facts, stage)]
    above = stage.parent
    while above is not None:
        found += by_stage.get(above.index, ())
        above = above.parent
    return sorted(found, key=lambda step: step.instruction.span.start)


def _by_stage(facts: Facts) -> dict[int, list[Step]]:
    found: dict[int, list[Step]] = {}
    for step in facts.steps:
        found.setdefault(step.stage.index, []).append(step)
    return found


def copied_from(facts: Facts, stage: Stage) -> Iterator[str]:
    """Yield the paths that COPY instructions and mounts take from a stage or one built on it.

    Variables are filled in; a path with one that is not known is as written.
    """
    copies = facts.memo(_copies)
    for other in chain.family(stage):
        yield from copies.get(other.index, ())


def _copies(facts: Facts) -> dict[int, list[str]]:
    return chain.copies(facts.dockerfile, partial(_filled_in, facts))


def _filled_in(facts: Facts, instruction: Instruction, path: str) -> str:
    environment = facts.environments.get(id(instruction)) if "$" in path else None
    return path if environment is None else expand(path, environment.variables, facts.dockerfile.escape) or path


def line_of(facts: Facts, step: Step) -> str:
    """Return the line of a step, 1-based, as messages have it: `line 7`."""
    return f"line {facts.dockerfile.source.position(step.instruction.span.start).line}"


def is_of_project(install: Install) -> bool:
    """Return whether an install names no package: it takes what the project's files name."""
    return len(positionals(install.manager, install.arguments)) <= len(install.verb)
