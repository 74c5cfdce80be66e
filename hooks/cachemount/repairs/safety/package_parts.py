"""What a step surely runs by scripts of the repository's package.json: `npm run build`, and those that they run."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping

from cachemount.facts.brought_files import file_at, is_as_kept
from cachemount.facts.cleanups import resolved
from cachemount.facts.model import Facts, Step
from cachemount.facts.script_flow import Unit, flow, script_of, sure_commands
from cachemount.facts.scripted import Part, as_caller, as_step, file_called
from cachemount.records import Record, replace
from cachemount.repairs.safety.project_scripts import scripts_of
from cachemount.shell.model import Command
from cachemount.shell.reader import read_file
from cachemount.source import ContextFile

_LONGEST = 100_000
# A script that runs another, and so on.
_DEEPEST = 4
_RUN = frozenset({"run", "run-script"})
_FOLDERS = frozenset({"--prefix", "-C", "--dir", "--cwd"})
_HARMLESS = frozenset({"--silent", "-s", "--if-present"})
# Verbs of yarn and pnpm, which do not run the script of that name.
_VERBS = frozenset({
    "access", "add", "audit", "bin", "cache", "config", "create", "dedupe", "deploy", "dlx", "exec", "fetch", "global",
    "help", "i", "import", "info", "init", "install", "link", "list", "ls", "node", "outdated", "pack", "patch",
    "plugin", "prune", "publish", "rebuild", "remove", "root", "run", "run-script", "set", "setup", "store", "unlink",
    "up", "update", "upgrade", "version", "why", "workspace", "workspaces",
})  # fmt: skip


class _Package(Record):
    """A package.json, and its scripts by their names."""

    file: ContextFile
    scripts: Mapping[str, str]


def package_parts(facts: Facts, step: Step) -> tuple[Part, ...]:
    """Return what runs where a step runs scripts of a package.json."""
    return facts.memo_all(_package_parts, step) if facts.dockerfile.source.context else ()


def _package_parts(facts: Facts, step: Step) -> Iterator[Part]:
    surely = sure_commands(step.script)
    for command in step.commands:
        called = _called(command)
        if called is None or id(command) not in surely or command.other_root:
            continue
        name, below = called
        folder = resolved(below, command, step)
        package = _package(facts, step, command, folder) if folder else None
        if package is not None:
            alike = as_caller(step, command)
            alike = replace(alike, environment=replace(alike.environment, workdir=folder))
            for unit in _units(facts, alike, command, package, name):
                yield Part(command=command, unit=unit, step=as_step(facts, alike, unit), sure=unit.sure, brought=True)


def _called(command: Command) -> tuple[str, str] | None:
    """Return the script that a command of a package manager runs, and in which folder; None for what is not plain."""
    program, folder = command.program, "."
    if program not in ("npm", "pnpm", "yarn", "bun"):
        return None
    words = iter([word.known for word in command.words[1:]])
    runs = False
    for word in words:
        option, equals, value = word.partition("=")
        if option in _FOLDERS:
            folder = value if equals else next(words, "")
        elif word in _RUN and not runs:
            runs = True
        elif word not in _HARMLESS:
            named = runs or (program in ("yarn", "pnpm") and word not in _VERBS)
            return (word, folder) if named and folder and word and not word.startswith("-") else None
    return None


def _package(facts: Facts, step: Step, command: Command, folder: str) -> _Package | None:
    """Return the package.json of a folder, where it is known to be that of the repository."""
    file = file_at(facts, step, posixpath.join(folder, "package.json"))
    if file is None or len(file.text) > _LONGEST or not is_as_kept(facts, step, command, file):
        return None
    return _Package(file=file, scripts=scripts_of(file.text))


def _units(facts: Facts, step: Step, ran_by: Command, package: _Package, first: str) -> Iterator[Unit]:
    """Yield the scripts that surely run where one of a package does, in the order in which they are met."""
    waiting: list[tuple[str, int]] = [(first, 0)]
    done: set[str] = set()
    while waiting:
        name, depth = waiting.pop(0)
        if name in done or depth > _DEEPEST or name not in package.scripts:
            continue
        done.add(name)
        unit = _unit(package, name)
        if unit is None:
            continue
        if ran_by.program == "npm":
            waiting += [(f"pre{name}", depth + 1), (f"post{name}", depth + 1)]
        found = [unit]
        for command in unit.script.commands:
            script = script_of(command) if id(command) in unit.sure and command.directory == "" else ""
            file = file_called(facts, step, unit, script) if script else None
            if file is not None and is_as_kept(facts, step, ran_by, file):
                found += flow(file, lambda one, named: file_called(facts, step, one, named))
        yield from found
        waiting += [(again, depth + 1) for one in found for again in _again(one)]


def _unit(package: _Package, name: str) -> Unit | None:
    """Return a script as a file in which it stands on its own line."""
    text, script = package.file.text, package.scripts[name]
    key = re.search(rf"{re.escape(json.dumps(name))}\s*:\s*{re.escape(json.dumps(script)[:20])}", text)
    alone = "\n" * (text.count("\n", 0, key.start()) if key else 0) + script
    read = read_file(alone)
    if read is None:
        return None
    return Unit(file=replace(package.file, text=alone), script=read, sure=sure_commands(read))


def _again(unit: Unit) -> Iterator[str]:
    """Yield the scripts of the same package that one of them surely runs."""
    for command in unit.script.commands:
        called = _called(command) if id(command) in unit.sure and command.directory == "" else None
        if called is not None and called[1] == "." and unit.directory == "":
            yield called[0]
