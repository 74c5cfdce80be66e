"""Whose cache a mount holds that no install of its step is known to use, as where a script runs the manager."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cachemount.facts import locations, programs
from cachemount.facts.cleanups import Cleanup
from cachemount.facts.expansion import expanded, runner
from cachemount.facts.installs import is_used
from cachemount.facts.model import Directory, Facts, Mount, Step
from cachemount.managers.model import PackageManager
from cachemount.managers.tools import TOOLS, Tool
from cachemount.records import replace
from cachemount.shell.model import Command


def owners(facts: Facts, step: Step, mount: Mount) -> Iterator[tuple[PackageManager, Directory]]:
    """Yield the managers with a cleaner of their own that the step runs, with the cache that the mount is for them."""
    for command, words in expanded(step) if mount.target is not None else ():
        for program, _word, _rest in programs.programs(words):
            for manager in programs.managers(program):
                if manager.system or not manager.cleaners:
                    continue
                variables, root = _variables(step, command)
                for cache in manager.caches:
                    found = locations.directory(cache, (), variables, workdir=variables["WORKDIR"], root=root)
                    if found.path == mount.target and is_used(facts.dockerfile, step, manager, cache):
                        yield manager, replace(found, accepted=(), cover=mount)


def emptied_by_tools(step: Step, mount: Mount) -> Iterator[Cleanup]:
    """Yield the commands of programs that are no package managers, which empty their cache in a mount."""
    for command, words in expanded(step) if mount.target is not None else ():
        for program, _word, rest in programs.programs(words):
            texts = tuple(word.known for word in rest if not word.known.startswith("-"))
            for tool in TOOLS:
                # More words name a part of it.
                if tool.program == program and texts in tool.verbs and _place(tool, step, command) == mount.target:
                    yield Cleanup(command=command)


def _place(tool: Tool, step: Step, command: Command) -> str | None:
    variables, _root = _variables(step, command)
    for template in tool.places:
        path, applies = locations.expand(template, variables)
        if applies:
            return None if path is None else locations.absolute(path, variables["WORKDIR"])
    return None


def _variables(step: Step, command: Command) -> tuple[Mapping[str, str | None], bool]:
    """Return the variables that a command sees, and whether it is root's."""
    who = runner(step, command)
    seen = {} if command.bare else {**step.environment.variables, **command.exports}
    home = who.account_home if command.bare else who.home
    workdir = step.environment.workdir if command.directory == "" else None
    return {**seen, "HOME": home, "ACCOUNT_HOME": who.account_home, "WORKDIR": workdir, "ANY": None}, who.root
