"""What switches a manager's cache off, and how to take that away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount.dockerfile.model import Instruction, Stage
from cachemount.dockerfile.state.assignments import pairs
from cachemount.facts import chain, invocations
from cachemount.facts.model import Facts, Install
from cachemount.findings import Edit
from cachemount.managers.model import PackageManager
from cachemount.records import Record
from cachemount.repairs import text_edits
from cachemount.shell.model import Command, Word
from cachemount.shell.removal.removal import removal as command_removal
from cachemount.source import Source


class Off(Record):
    """`what` names the flag, variable or setting;

    `argument` or `variable` is set where a repair can take hold of it.
    """

    what: str
    argument: Word | None = None
    substitute: str = ""
    variable: str = ""


def switches(facts: Facts, install: Install) -> Iterator[Off]:
    """All that switches the cache off for this install, flags first."""
    manager = install.manager
    own = invocations.own(manager, install.arguments, install.verb) if install.download.runs else install.arguments
    for argument in own:
        name = argument.known.split("=")[0]
        for known in (argument.known, name):
            if known in manager.off_flags:
                yield Off(what=known, argument=argument, substitute=manager.off_flags[known])
                break
        else:
            yield from _passed_on(manager, argument)
    by_flag = any(directory.moved.startswith("-") for directory in install.directories)
    if by_flag and manager.flag_beats_off:
        return
    for name, pattern in manager.off_variables.items():
        value = install.variables.get(name)
        if value and re.fullmatch(pattern, value):
            yield Off(what=f"{name}={value}", variable=name)
    setting = _setting(facts, install)
    if setting:
        yield Off(what=f"`{setting}`")


def _passed_on(manager: PackageManager, argument: Word) -> Iterator[Off]:
    """A flag among several in one argument, that the manager passes on to another: `--pip-args="--no-cache-dir -q"`."""
    name, _, value = argument.known.rpartition("=")
    pieces = value.split()
    if len(pieces) < 2 or (name and not any(known.startswith(f"{name}=") for known in manager.off_flags)):
        return
    for piece in pieces:
        if piece in manager.off_flags or f"{name}={piece}" in manager.off_flags:
            yield Off(what=piece)


def _setting(facts: Facts, install: Install) -> str:
    """The command of this or an earlier step that switched the cache off for good; "" if there is none."""
    if not install.manager.off_settings:
        return ""
    pattern = re.compile("|".join(install.manager.off_settings))
    here = install.step.instruction.span.start
    match = install.step.before(pattern, facts.dockerfile.source, install.command.span.start)
    if match:
        return match[0]
    stage: Stage | None = install.step.stage
    while stage is not None:
        known = facts.once(_first, stage, pattern)
        if known is not None and (stage is not install.step.stage or known[0] < here):
            return known[1]
        stage = stage.parent
    return ""


def _first(facts: Facts, stage: Stage, pattern: re.Pattern[str]) -> tuple[int, str] | None:
    for instruction in stage.instructions:
        match = pattern.search(facts.dockerfile.source.slice(instruction.span)) if instruction.run else None
        if match:
            return instruction.span.start, match[0]
    return None


def removal(facts: Facts, install: Install, off: Off) -> list[Edit] | None:
    """The edits that take it away; None where there are none."""
    source = facts.dockerfile.source
    command = install.command
    if off.argument is not None:
        word = off.argument.word
        alone = len(off.argument.known.split()) == 1
        if not command.editable or not alone or word.raw.strip("\"'") not in (off.argument.text, off.what):
            return None
        if off.substitute:
            present = {argument.text for argument in install.arguments} & install.manager.refresh_flags
            if not present - {off.what}:
                return [Edit(span=word.span, text=off.substitute)]
        return [text_edits.drop_word(source, command, word)]
    return _variable(facts, install, off.variable)


def _variable(facts: Facts, install: Install, name: str) -> list[Edit] | None:
    source = facts.dockerfile.source
    step = install.step
    own = [assignment for assignment in install.command.assignments if assignment.name == name]
    if own:
        if not install.command.editable:
            return None
        return [text_edits.drop_assignment(source, assignment.span) for assignment in own]
    exported = [command for command in step.commands if _exports(command, name) and command.span < install.command.span]
    if exported:
        return _exported(source, install, exported[-1], name)
    setting = step.environment.settings.get(name)
    if setting is None or setting.instruction is None:
        return None
    last, manager = setting.instruction, install.manager
    return facts.once(_settings, step.stage, last, name, manager)


def _settings(facts: Facts, stage: Stage, last: Instruction, name: str, manager: PackageManager) -> list[Edit] | None:
    """Delete a setting, and those before it that switch the cache off too: each would hold without the one behind."""
    doomed = [last]
    for instruction in reversed([*chain.before(stage, last)]):
        value = _value(instruction, name) if instruction.keyword in ("ENV", "ARG") else None
        if value is not None and not re.fullmatch(manager.off_variables.get(name, ""), value):
            break
        if value is not None:
            doomed.append(instruction)
    edits = [facts.once(_dropped, one, name) for one in doomed]
    found = [edit for edit in edits if edit is not None]
    return found if len(found) == len(edits) else None


def _dropped(facts: Facts, instruction: Instruction, name: str) -> Edit | None:
    return text_edits.drop_pair(facts.dockerfile, instruction, name)


def _value(instruction: Instruction, name: str) -> str | None:
    """The value that an ENV or ARG gives a variable, its quotes removed; None where it gives none."""
    return next(((pair.raw or "").strip("\"'") for pair in pairs(instruction) if pair.name == name), None)


def _exports(command: Command, name: str) -> bool:
    """Whether the command does nothing but set variables of the shell, this one among them."""
    alone = not command.words or command.program in ("export", "declare", "typeset")
    return alone and any(assignment.name == name for assignment in command.assignments)


def _exported(source: Source, install: Install, command: Command, name: str) -> list[Edit] | None:
    if not command.editable:
        return None
    if len(command.assignments) == 1 and all(word.raw.startswith("-") for word in command.words[1:]):
        spans = command_removal(install.step.script, [command], source)
        return None if spans is None else [Edit(span=span, text="") for span in spans]
    return [
        text_edits.drop_assignment(source, assignment.span)
        for assignment in command.assignments
        if assignment.name == name
    ]
