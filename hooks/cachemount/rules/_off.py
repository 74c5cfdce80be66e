"""What switches a manager's cache off, and how to take that away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount.dockerfile.model import Dockerfile, Stage
from cachemount.facts import invocations
from cachemount.facts.model import Argument, Facts, Install
from cachemount.findings import Edit
from cachemount.managers._model import PackageManager
from cachemount.records import Record
from cachemount.rules import _edits
from cachemount.shell.chains import removal as command_removal
from cachemount.shell.model import Command
from cachemount.source import Source


class Off(Record):
    """`what` names the flag, variable or setting;

    `argument` or `variable` is set where a repair can take hold of it.
    """

    what: str
    argument: Argument | None = None
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


def _passed_on(manager: PackageManager, argument: Argument) -> Iterator[Off]:
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
    match = pattern.search(facts.dockerfile.source.text[here : install.command.span.start])
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


def removal(dockerfile: Dockerfile, install: Install, off: Off) -> list[Edit] | None:
    """The edits that take it away; None where there are none."""
    source = dockerfile.source
    command = install.command
    if off.argument is not None:
        word = off.argument.word
        alone = len(off.argument.known.split()) == 1
        if not command.editable or not alone or word.raw.strip("\"'") not in (off.argument.text, off.what):
            return None
        present = {argument.text for argument in install.arguments} & install.manager.refresh_flags
        if off.substitute and not present - {off.what}:
            return [Edit(span=word.span, text=off.substitute)]
        return [_edits.drop_word(source, command, word)]
    return _variable(dockerfile, install, off.variable)


def _variable(dockerfile: Dockerfile, install: Install, name: str) -> list[Edit] | None:
    source = dockerfile.source
    step = install.step
    own = [assignment for assignment in install.command.assignments if assignment.name == name]
    if own:
        if not install.command.editable:
            return None
        return [_edits.drop_assignment(source, assignment.span) for assignment in own]
    exported = [command for command in step.commands if _exports(command, name) and command.span < install.command.span]
    if exported:
        return _exported(source, install, exported[-1], name)
    setting = step.environment.settings.get(name)
    if setting is None or setting.instruction is None:
        return None
    edit = _edits.drop_pair(dockerfile, setting.instruction, name)
    return None if edit is None else [edit]


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
        _edits.drop_assignment(source, assignment.span) for assignment in command.assignments if assignment.name == name
    ]
