"""The scripts of the repository that a step runs, and what they install, as if their commands stood in the step."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from cachemount.dockerfile.model import Stage
from cachemount.facts import chain
from cachemount.facts.brought_files import file_at, is_as_kept, named
from cachemount.facts.cleanups import resolved
from cachemount.facts.expansion import runner
from cachemount.facts.installs import installs
from cachemount.facts.locations import absolute, upwards
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.mounts import expand_flag
from cachemount.facts.programs import may_download
from cachemount.facts.queries import has_scripts
from cachemount.facts.script_flow import Unit, flow, script_of, sure_commands
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.records import Record, replace
from cachemount.shell.model import Command
from cachemount.source import ContextFile, Excerpt

# From the folder of the script itself: `. "$(dirname "$0")/lib.sh"`, `"$HERE/lib.sh"`.
_BESIDE = late(r"\$(?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\{?(?P<name>[A-Za-z_]\w*)[^}/]*\}?)/(?P<path>[\w./-]+)\Z")
_OWN_FOLDER = r"dirname|BASH_SOURCE|\$\{?0"
_EMPTIES = r"\bclean\b|\brm\s[^;&|\n]*/var/cache\b|\bcachedir\b"
_PROGRAMS = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin")


class Part(Record, frozen=False, eq=False):
    """A part of a script that runs where a command of a step does: the unit, and a step that has its commands.

    `sure` are the `id` of those that run for sure. `brought` tells whether an instruction is known to bring the script
    that the command names; else it is the only one of that name in the repository.
    """

    command: Command
    unit: Unit
    step: Step
    sure: frozenset[int]
    brought: bool

    def place(self, command: Command) -> str:
        """Return where one of the unit's commands is, as messages have it: `scripts/setup.sh:12`."""
        return f"{self.unit.file.written_by or self.unit.file.path}:{self.unit.line(command)}"


class Scripted(Record):
    """An install of a script that a step runs, and the part of the script that it is in.

    The install says what is cached and where; its own words stand in the script, and cannot be edited.
    """

    part: Part
    install: Install

    @property
    def command(self) -> Command:
        """The command of the step that runs the script."""
        return self.part.command

    @property
    def place(self) -> str:
        return self.part.place(self.install.command)

    @property
    def is_sure(self) -> bool:
        """Whether the install runs whenever the step does."""
        return id(self.install.command) in self.part.sure


def parts(facts: Facts, step: Step) -> tuple[Part, ...]:
    """Return what runs in the scripts of the repository that a step runs, the surest of each command first."""
    return facts.memo_all(_parts, step) if has_scripts(facts) else ()


def script_installs(facts: Facts, step: Step) -> tuple[Scripted, ...]:
    """Return the installs in the scripts that a step runs."""
    return tuple(Scripted(part=part, install=install) for part in parts(facts, step) for install in part.step.installs)


def scripted(facts: Facts, step: Step) -> tuple[Scripted, ...]:
    """Return the first install of each manager in the scripts that a step runs, beside a mount for its packages.

    Left out is a manager that the step runs itself, and a script that empties the cache or lets it keep its packages.
    """
    return facts.memo_all(_scripted, step) if step.caches and has_scripts(facts) else ()


def kept_by_flag(facts: Facts, step: Step) -> tuple[Scripted, ...]:
    """Return the first install of each manager in the scripts of a step that a flag would let keep packages in a mount.

    Scripts that are not known for sure to run, that empty the cache, or that may say it elsewhere, are left out.
    """
    return facts.memo_all(_kept_by_flag, step) if step.caches and has_scripts(facts) else ()


def scripted_steps(facts: Facts, stage: Stage, manager: PackageManager) -> list[Step]:
    """Return the steps of the chain of stages that run a manager in a script alone, as steps with those installs."""
    return [
        one.install.step
        for step in facts.mounted
        if step.stage.file is stage.file and chain.descends(stage, step.stage)
        for one in scripted(facts, step)
        if one.install.manager is manager
    ]


def _scripted(facts: Facts, step: Step) -> Iterator[Scripted]:
    for one in _mounted(facts, step):
        manager = one.install.manager
        evidence = (pattern for keep in manager.retentions for pattern in keep.evidence)
        if manager.installs_in_script and not _say(facts, step, (manager.empties_in_script, *evidence)):
            yield one


def _kept_by_flag(facts: Facts, step: Step) -> Iterator[Scripted]:
    for one in _mounted(facts, step, sure=True):
        keeps = one.install.manager.retentions
        evidence = (pattern for keep in keeps for pattern in (*keep.evidence, *keep.own_evidence))
        if not _say(facts, step, (*evidence, _EMPTIES)):
            yield one


def _mounted(facts: Facts, step: Step, *, sure: bool = False) -> Iterator[Scripted]:
    """Yield the first install in scripts of each manager that the step does not run, where its packages have a mount.

    With `sure`, only what runs for sure counts, in scripts that are known to be the repository's.
    """
    seen = {install.manager.name for install in step.installs}
    for one in script_installs(facts, step):
        install = one.install
        if install.manager.name in seen or install.reader or install.only_index:
            continue
        if sure and not (one.is_sure and one.part.brought):
            continue
        seen.add(install.manager.name)
        if any(directory.cover and not directory.cache.index for directory in install.directories):
            yield one


def _say(facts: Facts, step: Step, patterns: Iterable[str]) -> bool:
    """Return whether a script that a step runs has one of these patterns; "" is none."""
    texts = [part.unit.file.text for part in parts(facts, step)]
    return any(re.search(pattern, text) for pattern in patterns if pattern for text in texts)


def _parts(facts: Facts, step: Step) -> Iterator[Part]:
    surely = sure_commands(step.script)
    for command in step.commands:
        words = script_of(command) or _program(command)
        if not words or command.other_root:
            continue
        found = _file(facts, step, command, words)
        file = found or _only(facts, words)
        if file is None:
            continue
        brought = found is not None and is_as_kept(facts, step, command, found)
        alike = as_caller(step, command)
        for unit in flow(file, lambda unit, script: file_called(facts, alike, unit, script)):  # noqa: B023 - called at once
            part = as_step(facts, alike, unit)
            sure = unit.sure if id(command) in surely else frozenset()
            yield Part(command=command, unit=unit, step=part, sure=sure, brought=brought)


def _program(command: Command) -> str:
    """Return the name of a program that may be a script of the repository."""
    name = command.words[0].known if command.words else ""
    return name if name and "/" not in name and not may_download(command) else ""


def _file(facts: Facts, step: Step, command: Command, words: str) -> ContextFile | None:
    """Return the file of the context that is known to lie where the command finds its script."""
    if words == _program(command):
        found = (file_at(facts, step, posixpath.join(folder, words)) for folder in _PROGRAMS)
        return next((one for one in found if one), None)
    text = expand_flag(words.strip("\"'"), {**step.environment.variables, **command.exports})
    place = resolved(text, command, step) if text else None
    return file_at(facts, step, place) if place else None


def _only(facts: Facts, words: str) -> ContextFile | None:
    """Return the only script of the context that has the name of the one that a command runs."""
    name = posixpath.basename(words.strip("\"'"))
    if "/" not in words and posixpath.splitext(name)[1] not in (".sh", ".bash"):
        return None
    paths = {one.path for one in facts.dockerfile.source.context if posixpath.basename(one.path) == name}
    return named(facts, paths.pop()) if len(paths) == 1 else None


def file_called(facts: Facts, step: Step, unit: Unit, script: str) -> ContextFile | None:
    """Return the file of the context that a script runs or sources."""
    script = script.strip("\"'").replace('"', "")
    beside = _BESIDE.match(script)
    if beside and (not beside["name"] or re.search(rf"\b{beside['name']}=.*(?:{_OWN_FOLDER})", unit.file.text)):
        own = posixpath.normpath(f"/{posixpath.dirname(unit.file.path)}")
        # The variable may hold a folder above.
        folders = (*upwards(own), "/") if beside["name"] else (own,)
        found = (named(facts, posixpath.join(one, beside["path"])) for one in folders)
        return next((one for one in found if one), None)
    text = expand_flag(script, {**step.environment.variables, **unit.exports})
    folder = (
        step.environment.workdir if unit.directory == "" else absolute(unit.directory or "", step.environment.workdir)
    )
    place = absolute(text, folder) if text else None
    return file_at(facts, step, place) if place else None


def as_caller(step: Step, command: Command) -> Step:
    """Return a step in which a script sees what the command that runs it hands on: user, folder, variables."""
    who, environment = runner(step, command), step.environment
    variables = {} if command.bare else {**environment.variables, **command.exports}
    for assignment in command.assignments:
        variables[assignment.name] = assignment.value.expand(variables, who.home)
    directory = command.directory
    workdir = environment.workdir if directory == "" else directory and absolute(directory, environment.workdir)
    seen = replace(
        environment,
        user=who.user,
        uid=0 if who.root else who.uid,
        gid=0 if who.root else who.gid,
        home=who.account_home if command.bare else who.home,
        account_home=who.account_home,
        workdir=workdir,
        variables=variables,
    )
    return replace(step, environment=seen, installs=[], _known={})


def _interpreter(first: str) -> str:
    """Return what a script's first line says that runs it; "" where that need not be more than a plain shell."""
    return first[2:].strip() if first.startswith("#!") and "bash" in first else ""


def as_step(facts: Facts, step: Step, unit: Unit) -> Step:
    """Return a step with the commands of a unit, and its installs."""
    environment = step.environment
    workdir = environment.workdir
    if unit.directory != "":
        workdir = unit.directory and absolute(unit.directory, workdir)
    environment = replace(environment, variables={**environment.variables, **unit.exports}, workdir=workdir)
    alike = replace(
        step,
        environment=environment,
        script=unit.script,
        run=replace(step.run, script=Excerpt(unit.file.text), interpreter=_interpreter(unit.file.first_line)),
        installs=[],
        _known={},
    )
    alike.installs.extend(
        install
        for command in unit.script.commands
        if may_download(command) and not command.other_root
        for install in installs(facts.dockerfile, alike, command)
    )
    facts.scripted.append(alike)
    return alike
