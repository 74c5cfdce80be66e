"""Installs of the image that take all packages from a cache: in what it runs when it starts, and in scripts of that."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from cachemount import reasons
from cachemount.dockerfile.model import Instruction
from cachemount.dockerfile.syntax.words import MixedArrayError, json_strings
from cachemount.facts import invocations, programs
from cachemount.facts.context import with_scripts
from cachemount.facts.model import Facts, Step
from cachemount.facts.patterns import compiled
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import images_commands, shortened
from cachemount.script_names import TASK_FILES
from cachemount.shell.model import Command
from cachemount.shell.reader import read_file

_KIND = late(r"\A\s*CMD\s+")


def installs_at_start(facts: Facts, step: Step, manager: PackageManager) -> Iterator[Withheld]:
    """Yield the reason to leave packages in the image that it installs, when it starts, from the cache alone."""
    # What reads a store is looked at elsewhere.
    if manager.runtime or manager.asks_index_first:
        return
    for rank, instruction, words in images_commands(step.stage):
        environment = facts.environments.get(id(instruction))
        variables = environment.variables if environment else {}
        if rank < step.instruction.span.start or not (
            manager.offline_variables or any(way.offline for way in manager.downloads)
        ):
            continue
        for text in _texts(facts, instruction, words):
            if command := _installs(manager, text, variables):
                line = facts.dockerfile.source.position(instruction.span.start).line
                yield reasons.INSTALLS_AT_START.about(
                    keyword=instruction.keyword, line=line, command=command, manager=manager.name
                )
                return


def _texts(facts: Facts, instruction: Instruction, words: list[str]) -> Iterator[str]:
    """Yield what an instruction runs, and the scripts and tasks of the project that it runs."""
    yield _text(instruction)
    from cachemount.repairs.safety.texts_at_start import texts_at_start

    yield from texts_at_start(facts, instruction, words)[1:]
    tasks = [(word, words[at + 1 :]) for at, word in enumerate(words) if word in TASK_FILES]
    if tasks:
        from cachemount.repairs.safety.task_files import run_by_file

        told = [run_by_file(facts.dockerfile, program, arguments) for program, arguments in tasks]
        yield from with_scripts(facts.dockerfile.source.context, [*filter(None, told)])


def _text(instruction: Instruction) -> str:
    """Return what an instruction runs, as a shell has it."""
    text = instruction.arguments.text
    if instruction.keyword == "HEALTHCHECK":
        text = _KIND.sub("", text)
    try:
        strings = json_strings(text)
    except MixedArrayError:
        return ""
    return text if strings is None else shlex.join(one.value for one in strings)


def _installs(manager: PackageManager, text: str, variables: Mapping[str, str | None]) -> str:
    """Return the command of a text that installs from the cache alone."""
    called = rf"(?<![\w.-])(?:{'|'.join(manager.programs)})(?![\w.-])"
    if not compiled(called).search(text):
        return ""
    script = read_file(text)
    if script is None:
        # What cannot be read may install in this way.
        named = compiled(rf"{called}[^\n;&|]*\s--offline\b").search(text)
        return shortened(named[0]) if named else ""
    for command in script.commands:
        if _is_alone(manager, command, variables):
            return shortened(" ".join(word.raw for word in command.words))
    return ""


def _is_alone(manager: PackageManager, command: Command, variables: Mapping[str, str | None]) -> bool:
    """Return whether a command installs packages of the cache, at its own place, and fetches none."""
    given = {**variables, **{one.name: one.value.expand(variables, None) for one in command.assignments}}
    for name, _word, rest in programs.programs(command.words):
        if manager not in programs.managers(name):
            continue
        found = invocations.download(manager, name, rest, given)
        flags = {word.known.partition("=")[0] for word in rest}
        elsewhere = any(not flags.isdisjoint(one.rstrip("=") for one in cache.flags) for cache in manager.caches)
        if found is not None and found[2] and not elsewhere:
            return True
    return False
