"""Who needs, after a step, what lies in a directory that the step had mounted: a later RUN, CMD or ENTRYPOINT."""

from __future__ import annotations

import posixpath
import re

from cachemount.dockerfile.model import Instruction, Stage
from cachemount.facts import chain, locations, programs
from cachemount.facts.cleanups import resolved
from cachemount.facts.expansion import expanded
from cachemount.facts.invocations import operands
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.path_use import COPIERS, MAKE_NOTHING, READERS, SCRIPTED, run_by_image
from cachemount.facts.queries import all_steps
from cachemount.late_pattern import late
from cachemount.records import Record
from cachemount.shell.model import Command, Word

# What follows the name of a program's package: "example.org/tool/v2@latest".
_VERSION = late(r"(?:/v\d+)?(?:@.*)?\Z")
_COMMENT = late(r"(?m)^[ \t]*#.*$")


class Use(Record):
    """An instruction that needs a path, as it says it. `command` is the one of a RUN."""

    instruction: Instruction
    path: str
    command: Command | None = None


def later_use(facts: Facts, step: Step, target: str) -> Use | None:
    """Return the first instruction after a step that needs something in a directory which only the step makes."""
    if not _is_named_later(facts, step, target) or _made_before(facts, step, target):
        return None
    for stage in chain.family(step.stage):
        use = _use_in(facts, step, stage, target)
        if use is not None:
            return use
    return None


def _is_named_later(facts: Facts, step: Step, target: str) -> bool:
    """Return whether a later instruction says the directory's name: a quick look that settles most cases."""
    return facts.memo(_last_named, step.stage, posixpath.basename(target)) > step.instruction.span.start


def _last_named(facts: Facts, stage: Stage, name: str) -> int:
    """Return the offset of the last instruction that says a name, in a stage or those built on it; 0 for none."""
    ranks = (
        rank
        for rank, instruction in chain.after(stage)
        if instruction.keyword in ("RUN", "CMD", "ENTRYPOINT")
        and name in facts.dockerfile.source.slice(instruction.span)
    )
    return max(ranks, default=0)


def _without_mount(facts: Facts, stage: Stage, target: str) -> list[Instruction]:
    """Return the instructions that the stage sees, but for the steps that have the directory in a mount, in order."""
    return facts.memo(_find_without_mount, stage, target)


def _find_without_mount(facts: Facts, stage: Stage, target: str) -> list[Instruction]:
    steps = all_steps(facts, stage)
    return [
        instruction
        for one in stage.lineage()
        for instruction in one.instructions
        if (step := steps.get(id(instruction))) is None or not mounts_it(step, target)
    ]


def is_idle(words: tuple[Word, ...]) -> bool:
    """Return whether a command builds and installs nothing in the directory that it works in."""
    return words[0].name in MAKE_NOTHING and words[0].name not in SCRIPTED


def builds_on_its_own(facts: Facts, step: Step, target: str, install: Install) -> bool:
    """Return whether the step goes on to build with what it installed, and no later step works without the mount."""
    pairs = expanded(step)
    commands = [command for command, _ in pairs]
    if install.command not in commands:
        return False
    if all(is_idle(words) for _, words in pairs[commands.index(install.command) + 1 :]):
        return False
    return facts.memo(_last_work, step.stage, target) <= step.instruction.span.start


def run_in_step(facts: Facts, install: Install, place: str) -> bool:
    """Return whether the step runs all programs that it installs into a folder by their paths, and none is named later.

    A version may be known to the shell alone.
    """
    packages = [*operands(install.manager, install.arguments)][len(install.verb) :]
    names = [_VERSION.sub("", (one.text or one.raw).strip("\"'")).rpartition("/")[2] for one in packages]
    after = (words[0].known for command, words in expanded(install.step) if command.span > install.command.span)
    run = {posixpath.normpath(one) for one in after if one.startswith("/")}
    if not names or not all(one and f"{place}/{one}" in run for one in names):
        return False
    later = (
        _COMMENT.sub("", facts.dockerfile.source.slice(one.span))
        for stage in facts.dockerfile.stages
        for one in stage.instructions
        if one.span.start > install.step.instruction.span.start
    )
    return not any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) for text in later for name in names)


def _last_work(facts: Facts, stage: Stage, target: str) -> int:
    """Return the offset of the last step that builds without the mount, in a stage or those built on it; 0 for none."""
    steps = all_steps(facts, stage)
    ranks = (
        rank
        for rank, instruction in chain.after(stage)
        if (one := steps.get(id(instruction))) is not None
        and not mounts_it(one, target)
        and not all(is_idle(words) for _, words in expanded(one))
    )
    return max(ranks, default=0)


def mounts_it(step: Step, target: str) -> bool:
    """Return whether a step has the directory, or one above it, in a mount."""
    return any(mount.target is not None and locations.below(target, mount.target) for mount in step.mounts)


def _made_before(facts: Facts, step: Step, target: str) -> bool:
    """Return whether an earlier instruction may have put something into the directory, which the image then has."""
    steps = all_steps(facts, step.stage)
    for instruction in _without_mount(facts, step.stage, target):
        if instruction.span.start >= step.instruction.span.start:
            break
        if instruction.keyword in ("COPY", "ADD") and _copies_into(facts, instruction, target):
            return True
        one = steps.get(id(instruction))
        if one is not None and _fills(one, target, step):
            return True
    return False


def _fills(one: Step, target: str, step: Step) -> bool:
    """Return whether another step does there what this one does: it runs the same task, or names the folder."""
    mine = {_task(words) for _, words in expanded(step) if not is_idle(words)}
    return any(_task(words) in mine for _, words in expanded(one)) or any(
        _is_inside(word.known, command, one, target) for command, words in expanded(one) for word in words[1:]
    )


def _task(words: tuple[Word, ...]) -> tuple[str, ...]:
    """Return a program and the first word that it is given: `cargo build`."""
    return (words[0].name, *[word.known for word in words[1:2]])


def _use_in(facts: Facts, step: Step, stage: Stage, target: str) -> Use | None:
    steps = all_steps(facts, stage)
    for instruction in _without_mount(facts, stage, target):
        if instruction.span.start <= step.instruction.span.start:
            continue
        if instruction.onbuild:
            return None
        if instruction.keyword in ("COPY", "ADD"):
            if _copies_into(facts, instruction, target):
                return None
        elif instruction.keyword in ("CMD", "ENTRYPOINT"):
            path = _run_by(facts, instruction, target)
            if path:
                return Use(instruction=instruction, path=path)
        elif id(instruction) in steps:
            use, ends = _used_by(steps[id(instruction)], target)
            if use is not None or ends:
                return use
    return None


def _used_by(step: Step, target: str) -> tuple[Use | None, bool]:
    """Return what a RUN without the mount needs from the directory, and whether it may put something there itself."""
    if step.script.errors or not step.commands:
        return None, True
    for command, words in expanded(step):
        path = _needs(words, command, step, target)
        if path:
            tolerated = command.conditional or command.negated or _is_tolerated(step, command)
            return (None, True) if tolerated else (Use(instruction=step.instruction, path=path, command=command), True)
        if any(_is_inside(output.known, command, step, target) for output in (*command.outputs, *command.appends)):
            return None, True
        if not is_idle(words) and not _is_elsewhere(words):
            return None, True
        if words[0].name not in ("cd", "pushd") and any(
            _is_inside(word.known, command, step, target) for word in words[1:]
        ):
            return None, True
    return None, False


def _is_tolerated(step: Step, command: Command) -> bool:
    """Return whether the step goes on where the command fails."""
    return any(
        one.members[at] is command and one.operators[at] in ("||", ";")
        for one in step.script.chains
        for at in range(len(one.operators))
    )


def _is_elsewhere(words: tuple[Word, ...]) -> bool:
    """Return whether a command is that of a system's package manager, which puts nothing into a project."""
    return any(manager.system for name, _, _ in programs.programs(words) for manager in programs.managers(name))


def _needs(words: tuple[Word, ...], command: Command, step: Step, target: str) -> str:
    """Return the path in the directory that a command cannot do without, or ""."""
    program = words[0].known
    if "/" in program and _is_inside(program, command, step, target):
        return program
    name = words[0].name
    operands = [word.known for word in words[1:] if word.known and not word.known.startswith("-")]
    if name in COPIERS:
        operands = operands[:-1]
    elif name in SCRIPTED:
        operands = operands[:1]
    elif name not in READERS:
        return ""
    return next((text for text in operands if _is_inside(text, command, step, target, strictly=True)), "")


def _is_inside(text: str, command: Command, step: Step, target: str, *, strictly: bool = False) -> bool:
    path = resolved(text, command, step) if text else None
    return path is not None and locations.below(path, target) and not (strictly and path == target)


def _copies_into(facts: Facts, instruction: Instruction, target: str) -> bool:
    """Return whether a COPY may put something into the directory: below it, or from another stage or image above it."""
    workdir = facts.environments[id(instruction)].workdir
    words = instruction.operands
    if not words or "$" in words[-1]:
        return True
    place = locations.absolute(words[-1], workdir)
    if place is None:
        return True
    if locations.below(place, target):
        return True
    name = posixpath.basename(target)
    taken = any(flag.name == "from" for flag in instruction.flags) or any(
        posixpath.basename(posixpath.normpath(word)) == name for word in words[:-1]
    )
    return taken and locations.below(target, place)


def _run_by(facts: Facts, instruction: Instruction, target: str) -> str:
    """Return the path in the directory that the image runs."""
    return next(
        (text for text, path in run_by_image(facts, instruction) if path != target and locations.below(path, target)),
        "",
    )
