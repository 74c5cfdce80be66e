"""Commands that need a file which a fix removes in front of them: apt's docker-clean hook."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from cachemount.dockerfile.model import Stage
from cachemount.facts.model import Facts, Step
from cachemount.facts.queries import steps_with
from cachemount.repairs.safety.failing_cleanups import FORCES
from cachemount.shell.model import Command
from cachemount.shell.removal.status import is_ignored
from cachemount.shell.scope import TEST_COMMANDS
from cachemount.source import Source

# They do as well without the file.
_INDIFFERENT = frozenset({"echo", "find", "printf", "tee", "touch", "apt-get", "apt", "aptitude"})


def users_of(facts: Facts, first: Step, file: str) -> Iterator[tuple[Step, Command]]:
    """Return the commands of a step and of what follows it that fail, or do something else, without a file."""
    return (
        (step, command)
        for step, command in facts.memo_all(_users, first.stage, file)
        if step.instruction.span.start >= first.instruction.span.start
    )


def _users(facts: Facts, stage: Stage, file: str) -> Iterator[tuple[Step, Command]]:
    name = posixpath.basename(file)
    stem = re.escape(name.partition("-")[0])
    pattern = re.compile(rf"{re.escape(name)}|{re.escape(posixpath.dirname(file))}/{stem}[a-z-]*[*?]")
    for step in steps_with(facts, stage, {name, f"{posixpath.dirname(file)}/"}):
        yield from ((step, command) for command in _in_step(step, pattern, facts.dockerfile.source))


def _in_step(step: Step, pattern: re.Pattern[str], source: Source) -> Iterator[Command]:
    named = [command for command in step.commands if pattern.search(source.slice(command.span))]
    asked = any(command.program in TEST_COMMANDS and command.negated for command in named)
    for command in named:
        if command.program in _INDIFFERENT or not command.words or is_ignored(step.script, command):
            continue
        if command.program == "rm" and any(FORCES.fullmatch(word.known) for word in command.words):
            continue
        if not any(pattern.search(word.raw) for word in command.words) and command.program not in TEST_COMMANDS:
            # Only a redirection has it, which makes the file.
            continue
        if asked and (command.conditional or command.negated):
            continue
        yield command
