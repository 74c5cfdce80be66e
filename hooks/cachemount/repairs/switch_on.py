"""Switch a manager's cache on again: take the flag, the variable or the export away that disables it."""

from __future__ import annotations

import re
from collections.abc import Collection

from cachemount.dockerfile.model import Instruction, Stage
from cachemount.dockerfile.state.assignments import pairs
from cachemount.facts import chain
from cachemount.facts.cache_switches import CacheSwitch
from cachemount.facts.model import Facts, Install
from cachemount.facts.package_state import refreshed_before
from cachemount.facts.targets import in_kernel
from cachemount.findings import Edit
from cachemount.managers.model import PackageManager
from cachemount.repairs import text_edits
from cachemount.shell.model import Command
from cachemount.source import Source


def switch_on(
    facts: Facts, install: Install, off: CacheSwitch, fetching: Collection[Install] = ()
) -> list[Edit] | None:
    """Return the edits that take a switch away; None where it cannot be taken away.

    `fetching` are the installs that the fix lets fetch the index.
    """
    command = install.command
    if off.argument is not None:
        word = off.argument.word
        alone = len(off.argument.known.split()) == 1
        if text_edits.is_element(install.step.run, word):
            return _from_array(facts, install, off, fetching) if alone else None
        in_string = text_edits.in_plain_element(facts.dockerfile.source, install.step.run, word)
        if (
            not (command.editable or in_string)
            or not alone
            or word.raw.strip("\"'") not in (off.argument.text, off.what)
        ):
            return None
        if off.value is not None:
            if in_string:
                return None
            return [text_edits.drop_word(facts.dockerfile, command, one) for one in (word, off.value.word)]
        if _needs_substitute(facts, install, off, fetching):
            if in_string and not off.substitute.replace("-", "").isalnum():
                return None
            return [Edit(span=word.span, text=off.substitute)]
        return [text_edits.drop_word(facts.dockerfile, command, word)]
    return _variable(facts, install, off.variable)


def switch_on_alone(install: Install, off: CacheSwitch) -> list[Edit] | None:
    """Return the edits that switch a cache on for one command, whatever the image says; None where that cannot be."""
    value = install.manager.on_values.get(off.variable)
    if value is None or any(one.name == off.variable for one in install.command.assignments):
        return None
    edit = text_edits.set_variable(install, f"{off.variable}={value}")
    return None if edit is None else [edit]


def _needs_substitute(facts: Facts, install: Install, off: CacheSwitch, fetching: Collection[Install]) -> bool:
    """Return whether another flag has to take the place of the switch."""
    flags = install.manager.refresh_flags
    if off.substitute not in flags:
        return bool(off.substitute)
    present = {argument.text for argument in install.arguments} & flags
    asks = bool(present - {off.what}) or install.verb in install.manager.refresh_verbs
    return not asks and not refreshed_before(facts, install, fetching)


def _from_array(facts: Facts, install: Install, off: CacheSwitch, fetching: Collection[Install]) -> list[Edit] | None:
    """Return the edits that take a switch out of the array of an exec form."""
    source, run = facts.dockerfile.source, install.step.run
    if off.argument is None:
        return None
    word = off.argument.word
    if _needs_substitute(facts, install, off, fetching):
        return [Edit(span=word.span, text=f'"{off.substitute}"')] if off.substitute.isprintable() else None
    words = [word] if off.value is None else [word, off.value.word]
    edits = [text_edits.drop_element(source, run, one) for one in words if text_edits.is_element(run, one)]
    found = [edit for edit in edits if edit is not None]
    return found if len(found) == len(words) else None


def _variable(facts: Facts, install: Install, name: str) -> list[Edit] | None:
    source = facts.dockerfile.source
    step = install.step
    own = [assignment for assignment in install.command.assignments if assignment.name == name]
    if own:
        if not install.command.editable:
            return None
        return [text_edits.drop_assignment(source, assignment.span) for assignment in own]
    if facts.memo(_is_read, name):
        return None
    exported = [command for command in step.commands if _exports(command, name) and command.span < install.command.span]
    if exported:
        return _exported(source, install, exported[-1], name)
    setting = step.environment.settings.get(name)
    if setting is None or setting.instruction is None:
        return None
    last, manager = setting.instruction, install.manager
    return facts.memo(_settings, step.stage, last, name, manager)


def _is_read(facts: Facts, name: str) -> bool:
    """Return whether a script asks for the value of a variable, which it would miss."""
    read = re.compile(rf"\$\{{?{re.escape(name)}\b")
    return any(
        read.search(facts.dockerfile.source.slice(instruction.span))
        for stage in facts.dockerfile.stages
        for instruction in stage.instructions
        if instruction.keyword not in ("ENV", "ARG")
    )


def _settings(facts: Facts, stage: Stage, last: Instruction, name: str, manager: PackageManager) -> list[Edit] | None:
    """Delete a setting, and those before it that switch the cache off too: each would hold without the next one."""
    doomed = [last]
    for instruction in reversed([*chain.before(stage, last)]):
        value = _value(instruction, name) if instruction.keyword in ("ENV", "ARG") else None
        if value is not None and name not in manager.off_variables and not in_kernel(value):
            # The cache would go where this says.
            return None
        if value is not None and not re.fullmatch(manager.off_variables.get(name, ".*"), value):
            break
        if value is not None:
            doomed.append(instruction)
    edits = [facts.memo(_dropped, one, name) for one in doomed]
    found = [edit for edit in edits if edit is not None]
    return found if len(found) == len(edits) else None


def _dropped(facts: Facts, instruction: Instruction, name: str) -> Edit | None:
    return text_edits.drop_pair(facts.dockerfile, instruction, name)


def _value(instruction: Instruction, name: str) -> str | None:
    """Return the value that an ENV or ARG gives a variable, its quotes removed; None where it gives none."""
    return next(((pair.raw or "").strip("\"'") for pair in pairs(instruction) if pair.name == name), None)


def _exports(command: Command, name: str) -> bool:
    """Return whether the command does nothing but set variables of the shell, this one among them."""
    alone = not command.words or command.program in ("export", "declare", "typeset")
    return alone and any(assignment.name == name for assignment in command.assignments)


def _exported(source: Source, install: Install, command: Command, name: str) -> list[Edit] | None:
    if not command.editable:
        return None
    if len(command.assignments) == 1 and all(word.raw.startswith("-") for word in command.words[1:]):
        from cachemount.facts.shell_options import has_errexit
        from cachemount.shell.removal.removal import removal as command_removal

        spans = command_removal(install.step.script, [command], source, errexit=has_errexit(install.step))
        return None if spans is None else [Edit(span=span, text="") for span in spans]
    return [
        text_edits.drop_assignment(source, assignment.span)
        for assignment in command.assignments
        if assignment.name == name
    ]
