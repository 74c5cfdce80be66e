"""Projects that are thrown away once they are built: what stays of them is the cache, which the image is to hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cachemount.facts import chain, locations
from cachemount.facts.cleanups import resolved
from cachemount.facts.expansion import arguments
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.programs import managers
from cachemount.facts.queries import all_steps_of
from cachemount.late_pattern import late
from cachemount.shell.model import Command

# What they install for a project lies in its folder.
_MAKE_IN_PROJECT = frozenset({"uv", "npm", "pnpm", "yarn", "bun"})
# The same, of those that have other commands for what stays.
_IN_PROJECT = _MAKE_IN_PROJECT | {"composer", "mix", "rebar3", "shards", "swift"}
HANDLES = frozenset({"[", "cd", "echo", "mkdir", "rm", "set", "test", "true"})
# They bring the project, and take nothing out of it.
_BRING = HANDLES | {":", "cat", "curl", "export", "git", "ls", "printf", "pwd", "sleep", "touch", "unzip", "wget"}
_PACKED = late(r"\S+\.(?:tgz|tar\.gz)")
_FOR_ALL = frozenset({"-g", "--global", "global", "--copy-bins", "archive.install", "escript.install", "link"})
_PATH = late(r"(?:[\w.-]+=|-[a-zA-Z]|--[\w-]+=)?((?:/|~/)[^:]*)")


def throws_project_away(step: Step, installs: Sequence[Install]) -> bool:
    """Return whether the step removes the folders in which these installs put all that they made, and does no more."""
    others = (one.words[0].name for one in step.script.commands if one.words)
    programs = {program for install in installs for program in install.manager.programs}
    if not installs or not all(one.manager.name in _MAKE_IN_PROJECT for one in installs):
        return False
    if not all(name in HANDLES or any(re.fullmatch(one, name) for one in programs) for name in others):
        return False
    removed = [path for command in step.script.commands for path in _removed(step, command)]
    if _installs_result(step.script.commands):
        return False
    folders = [resolved(".", install.command, step) for install in installs]
    return all(folder and any(locations.below(folder, one) for one in removed) for folder in folders)


def _installs_result(commands: Sequence[Command]) -> bool:
    """Return whether commands pack a project and install it for all; of a folder npm makes but a link to it."""
    lines = [[word.known for word in command.words[1:]] for command in commands]
    at = next((index for index, texts in enumerate(lines) if texts[:1] == ["pack"]), len(lines))
    after = (texts for texts in lines[at + 1 :] if not {"-g", "--global"}.isdisjoint(texts))
    return any(map(_PACKED.fullmatch, (text or "" for texts in after for text in texts)))


def is_thrown_away(facts: Facts, step: Step, installs: Sequence[Install]) -> bool:
    """Return whether what these installs make is removed, by the step or later ones that take nothing out of it."""
    if not installs or not all(map(_may_be_trial, installs)):
        return False
    removed = facts.memo(_removed_after, step)
    return bool(removed) and all(_is_in(step, install, removed) for install in installs)


def _may_be_trial(install: Install) -> bool:
    stored = any(one.cache.kind == "store" for one in install.directories)
    texts = {word.known for word in install.command.words}
    in_project = stored or install.manager.name in _IN_PROJECT
    return in_project and not install.download.installs_program and _FOR_ALL.isdisjoint(texts)


def _removed_after(facts: Facts, step: Step) -> tuple[str, ...]:
    """Return what is removed from the step on, up to the first command that may take something out of a project."""
    found: list[str] = []
    for other in all_steps_of(facts, step.stage):
        on_the_way = other.stage is step.stage or chain.descends(facts.dockerfile.last, other.stage)
        if other.instruction.span.start < step.instruction.span.start or not on_the_way:
            continue
        commands = [one for one in other.script.commands if one.words]
        if other.script.errors or _installs_result(commands) or not all(map(_takes_nothing, commands)):
            break
        found += [path for command in commands for path in _removed(other, command)]
    return tuple(found)


def _takes_nothing(command: Command) -> bool:
    return command.words[0].name in _BRING or bool(managers(command.program))


def _removed(step: Step, command: Command) -> Iterator[str]:
    if not command.words or command.words[0].name != "rm":
        return
    for word in arguments(step, command)[1:]:
        text = re.sub(r"(?:\A|/)\*\Z", "", word.known) or (word.text and ".")
        path = resolved(text, command, step) if text and not text.startswith("-") else None
        if path is not None and path != "/":
            yield path


def _is_in(step: Step, install: Install, removed: Sequence[str]) -> bool:
    """Return whether an install works in a folder that is removed, and is told no other place but that of its cache."""
    caches = [one.path for one in install.directories if one.path is not None]
    works_there = False
    for text in (".", *(word.known for word in arguments(step, install.command)[1:])):
        match = _PATH.fullmatch(text)
        path = resolved(match[1] if match else text, install.command, step) if text else None
        if path is None:
            continue
        if any(locations.below(path, one) for one in removed):
            works_there = True
        elif match and not any(locations.below(path, one) for one in caches):
            return False
    return works_there
