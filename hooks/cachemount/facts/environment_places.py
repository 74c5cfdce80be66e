"""Whether a manager's virtual environments are elsewhere than in its cache, as variables, commands and a file say."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from cachemount.dockerfile.model import Dockerfile, Instruction
from cachemount.dockerfile.state.environment import Environment, environments
from cachemount.facts import chain, locations, programs
from cachemount.facts.context import may_leave_out, nearest
from cachemount.facts.expansion import expanded, runner
from cachemount.facts.invocations import operands
from cachemount.facts.model import Install, Step
from cachemount.facts.patterns import is_all_of
from cachemount.facts.scripts import script
from cachemount.late_pattern import late
from cachemount.managers.model import Environments, PackageManager
from cachemount.records import Record
from cachemount.shell.model import Command, Word
from cachemount.shell.reader import posix

_BRANCHES = late(r"\b(?:else|elif|fi|esac|done)\b|;;")


class Told(Record, eq=False):
    """What a command or a file says: values by the names of settings (None: not known, "": no more).

    `place` is the folder of the user's settings, or of the project where it is `local`, None where that is not known. A
    `command` says it, of the step that is asked about where it is `of_step`; a file says all that its folder has.
    """

    values: Mapping[str, str | None]
    place: str | None
    local: bool
    command: Command | None = None
    of_step: bool = False


def are_elsewhere(dockerfile: Dockerfile, install: Install) -> bool:
    """Return whether the environments of an install are known not to be in its manager's cache."""
    way = install.manager.environments
    if way is None or install.variables.get(way.active, "") != "":
        return True
    said = _Said(dockerfile, install, way)
    if any((value := said.value(key)) and is_all_of(pattern, value) for key, pattern in way.elsewhere.items()):
        return True
    place, cache = said.value(way.place), said.value(way.cache) or said.folder(way)
    if not place or not cache or not place.startswith("/"):
        return False
    return not locations.below(posixpath.normpath(place), posixpath.normpath(cache))


def may_be_elsewhere(dockerfile: Dockerfile, way: Environments) -> bool:
    """Return whether a file of the project that may be in the image says so."""
    for one in dockerfile.source.context:
        if posixpath.basename(one.path) == way.file:
            values = _values(one.text)
            if values.get(way.place) or any(
                is_all_of(each, values.get(key, "")) for key, each in way.elsewhere.items()
            ):
                return True
    return False


class _Said:
    """What holds for one install."""

    def __init__(self, dockerfile: Dockerfile, install: Install, way: Environments) -> None:
        self._prefix, self._variables = way.variables, install.variables
        self._project: dict[str, str | None] = {}
        self._user: dict[str, str | None] = {}
        step, command = install.step, install.command
        users = locations.directory(way.settings_in, (), install.variables, workdir=None, root=install.root).path
        project = _project(install.arguments, way, install.variables["WORKDIR"])
        for one in step.memo_all(_told, dockerfile, install.manager):
            if one.command is not None and one.of_step and one.command.span.start >= command.span.start:
                break
            if one.place is not None and one.place == (project if one.local else users):
                self._take(dockerfile, one, command)

    def _take(self, dockerfile: Dockerfile, told: Told, command: Command) -> None:
        known = self._project if told.local else self._user
        if told.command is None:
            known.clear()
        elif told.command.conditional and not _is_same_branch(dockerfile, told, command):
            known.update((key, None) for key, value in told.values.items() if known.get(key) != value)
            return
        known.update(told.values)

    def value(self, key: str) -> str | None:
        """Return the value of a setting; "" where nothing says it, None where it is not known."""
        name = self._prefix + key.upper().replace(".", "_").replace("-", "_")
        if (value := self._variables.get(name, "")) != "":
            return value
        for known in (self._project, self._user):
            if (value := known.get(key, "")) != "":
                return value
        return ""

    def folder(self, way: Environments) -> str | None:
        """Return where the cache is by default."""
        return locations.directory(way.cache_in, (), self._variables, workdir=None, root=True).path


def _is_same_branch(dockerfile: Dockerfile, told: Told, command: Command) -> bool:
    """Return whether a command that not every build runs is run wherever the other one is."""
    if told.command is None or not told.of_step or not command.conditional:
        return False
    return not _BRANCHES.search(dockerfile.source.text[told.command.span.end : command.span.start])


def _told(step: Step, dockerfile: Dockerfile, manager: PackageManager) -> Iterator[Told]:
    """Yield what is said before a step, and what its own commands say, in order."""
    way = manager.environments
    if way is None:
        return
    before = [one for one in chain.before(step.stage, step.instruction) if _may_tell(dockerfile, one, way)]
    known = environments(dockerfile) if before else {}
    for one in before:
        environment = known[id(one)]
        if one.run is None:
            yield from _of_copy(dockerfile, one, environment, way)
            continue
        own = Step(
            stage=step.stage,
            instruction=one,
            run=one.run,
            environment=environment,
            script=script(
                dockerfile.source, one, one.run, readable=posix(environment.shell, root=environment.uid == 0)
            ),
            mounts=(),
        )
        yield from _of_step(own, manager, way, of_step=False)
    yield from _of_mounts(dockerfile, step, way)
    if way.verb in step.run.script.text:
        yield from _of_step(step, manager, way, of_step=True)


def _may_tell(dockerfile: Dockerfile, instruction: Instruction, way: Environments) -> bool:
    if instruction.run is not None:
        return way.verb in instruction.arguments.text or way.verb in instruction.run.script.text
    has_file = any(posixpath.basename(one.path) == way.file for one in dockerfile.source.context)
    return has_file and instruction.keyword in ("COPY", "ADD") and not instruction.onbuild


def _of_step(step: Step, manager: PackageManager, way: Environments, *, of_step: bool) -> Iterator[Told]:
    for command, words in expanded(step):
        for program, _word, rest in programs.programs(words):
            named = [*operands(manager, rest)] if manager in programs.managers(program) else []
            if len(named) < 2 or named[0].known != way.verb:
                continue
            flags = {one.known for one in rest}
            if way.unset not in flags and len(named) < 3:
                continue
            who = runner(step, command)
            variables = {} if command.bare else {**step.environment.variables, **command.exports}
            variables["HOME"] = who.home
            for assignment in command.assignments:
                variables[assignment.name] = assignment.value.expand(variables, who.home)
            if way.local in flags:
                workdir = (
                    None
                    if command.directory is None
                    else locations.absolute(command.directory, step.environment.workdir)
                )
                place = _project(rest, way, workdir)
            else:
                place = locations.directory(way.settings_in, (), variables, workdir=None, root=who.root).path
            value = "" if way.unset in flags else named[2].text
            yield Told(
                values={named[1].known.removeprefix(way.older): value},
                place=place,
                local=way.local in flags,
                command=command,
                of_step=of_step,
            )


def _project(words: Sequence[Word], way: Environments, workdir: str | None) -> str | None:
    """Return the folder of the project that a command works on."""
    chosen = locations.flag_value(tuple(words), way.projects)
    if chosen is None:
        return workdir
    return None if chosen[1] is None else locations.absolute(chosen[1], workdir)


def _of_copy(
    dockerfile: Dockerfile, instruction: Instruction, environment: Environment, way: Environments
) -> Iterator[Told]:
    """Yield what the project's file says, where an instruction copies it out of the context."""
    if any(flag.name == "from" for flag in instruction.flags) or len(instruction.operands) < 2:
        return
    *sources, target = instruction.operands
    place = None if "$" in target else locations.absolute(target, environment.workdir)
    into = target.endswith(("/", ".")) or len(sources) > 1
    for source in sources:
        plain = posixpath.normpath(source.lstrip("/") or ".")
        is_file = fnmatchcase(way.file, posixpath.basename(plain))
        path = posixpath.join(posixpath.dirname(plain), way.file) if is_file else posixpath.join(plain, way.file)
        text = _text(dockerfile, posixpath.normpath(path), way)
        if text is not None and place is not None:
            folder = place if into or not is_file else posixpath.dirname(place)
            yield Told(values=_values(text), place=folder, local=True)


def _of_mounts(dockerfile: Dockerfile, step: Step, way: Environments) -> Iterator[Told]:
    """Yield what the project's file says, where a mount of the step lays it there."""
    for mount in step.mounts:
        options = mount.flag.options
        if mount.flag.type != "bind" or "from" in options or mount.target is None:
            continue
        source = posixpath.normpath((options.get("source") or ".").lstrip("/") or ".")
        is_file = posixpath.basename(source) == way.file
        text = _text(dockerfile, source if is_file else posixpath.normpath(posixpath.join(source, way.file)), way)
        if text is not None:
            yield Told(
                values=_values(text), place=posixpath.dirname(mount.target) if is_file else mount.target, local=True
            )


def _text(dockerfile: Dockerfile, path: str, way: Environments) -> str | None:
    """Return the text of the project's file at a path in the context; None where it is not known to be there."""
    files = nearest(dockerfile.source.context, path)
    # The nearest folder that has it may be above the context; that of the project is not.
    beside = posixpath.join(posixpath.dirname(path), way.beside)
    if path not in files or beside not in files or files != nearest(dockerfile.source.context, beside):
        return None
    return None if may_leave_out(files, path) else files[path]


def _values(text: str) -> dict[str, str]:
    """Return the settings of a file in TOML by their dotted names; none where it cannot be read."""
    from cachemount.toml_reader import loads

    try:
        return dict(_settings(loads(text), ""))
    except (ValueError, RecursionError):
        return {}


def _settings(table: Mapping[str, object], within: str) -> Iterator[tuple[str, str]]:
    """Yield the names and values of the settings in a table and in those within it."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _settings(value, f"{within}{name}.")
        else:
            yield f"{within}{name}", str(value).lower() if isinstance(value, bool) else str(value)
