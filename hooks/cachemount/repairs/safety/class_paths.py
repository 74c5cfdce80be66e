"""Class paths of jars in a store, which a step writes down: what runs later by them needs the jars where they were."""

from __future__ import annotations

from collections.abc import Iterator

from cachemount import reasons
from cachemount.facts import chain, programs
from cachemount.facts.context import with_scripts
from cachemount.facts.model import Facts, Step
from cachemount.facts.patterns import compiled
from cachemount.facts.queries import all_steps_of
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import images_commands, shortened
from cachemount.shell.model import Command
from cachemount.shell.reader import read_file

_RUNS_JAVA = late(r"(?<![\w.-])(?:javac?|kotlinc?|native-image|scalac?|groovy|jshell)(?![\w.:-])")


def class_paths(facts: Facts, step: Step, manager: PackageManager) -> Iterator[Withheld]:
    """Yield the reason to leave jars in the image to which a step writes the paths, where something may run by them."""
    if not _may_run_later(facts, step):
        return
    for command in _commands(facts, step):
        line = " ".join(word.raw for word in command.words)
        if compiled(manager.class_path).search(line) and _runs(command, manager):
            yield reasons.CLASS_PATH.about(command=shortened(line), manager=manager.name)
            return


def _may_run_later(facts: Facts, step: Step) -> bool:
    """Return whether the image has what the step leaves, or runs something, or a later step runs Java."""
    here = step.instruction.span.start
    return (
        chain.descends(facts.dockerfile.last, step.stage)
        or any(rank > here for rank, *_ in images_commands(step.stage))
        or any(
            other.instruction.span.start > here and _RUNS_JAVA.search(other.run.script.text)
            for other in all_steps_of(facts, step.stage)
        )
    )


def _commands(facts: Facts, step: Step) -> Iterator[Command]:
    """Yield the commands of a step, and those of the scripts that it runs."""
    yield from step.commands
    for text in with_scripts(facts.dockerfile.source.context, [step.run.script.text])[1:]:
        script = read_file(text)
        yield from script.commands if script else ()


def _runs(command: Command, manager: PackageManager) -> bool:
    return any(manager in programs.managers(name) for name, *_ in programs.programs(command.words))
