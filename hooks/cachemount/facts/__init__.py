"""The facts rules work on: which RUN command downloads with which manager, as whom, and where that is cached."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache, lru_cache, partial

from cachemount.dockerfile.model import BeyondLimitsError, Dockerfile, Instruction, Run, Stage
from cachemount.dockerfile.state.environment import Environment, environments
from cachemount.facts import chain, invocations, locations, programs
from cachemount.facts.expansion import arguments, runner
from cachemount.facts.model import Directory, Facts, Install, Mount, Step
from cachemount.facts.requested import Requested
from cachemount.facts.scripts import script
from cachemount.facts.settings import image_variables, prefix, says, unneeded, used_directory, variants
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.managers.programs import PROGRAMS
from cachemount.records import replace
from cachemount.shell.model import LONGEST_VALUE, Command
from cachemount.shell.reader import posix

# The most that was seen in 99,789 public files is 123, and 287 commands.
_MOST_DOWNLOADS = 1_000
_MOST_COMMANDS = 5_000
# A mount for every cache of every manager is half as many.
_MOST_MOUNTS = 100
_CUT = late(r"(?<=[\w-])\\\r?\n(?=[\w-])")
# Nearly all steps have one of two or three shells.
_posix = lru_cache(maxsize=64)(posix)

__all__ = ["all_steps", "all_steps_of", "copied_from", "facts", "mentions", "steps_of", "steps_related", "steps_with"]


@cache
def _mention() -> re.Pattern[str]:
    # By their first letters, so that few of them are tried where a word begins.
    grouped: dict[str, list[str]] = {}
    for patterns in PROGRAMS.values():
        for pattern in patterns:
            letter = pattern[0] if pattern[:2].isalpha() or len(pattern) == 1 else ""
            grouped.setdefault(letter, []).append(pattern[len(letter) :])
    names = "|".join(f"{letter}(?:{'|'.join(patterns)})" for letter, patterns in grouped.items())
    return re.compile(rf"[^A-Za-z0-9_-](?:xx-|-m|\{{\w+:?[-=])?(?:{names})(?![\w])")


def mentions(text: str) -> bool:
    """Return whether a text names a manager's program or a mount; a text that does not has nothing to find."""
    # A pattern that begins with a set of characters is several times as fast as one with a look-behind.
    if "--mount" in text or _mention().search(f" {text}") is not None:
        return True
    # A line may end inside a name.
    return "\\" in text and _CUT.search(text) is not None and mentions(_CUT.sub("", text))


def _indirectly(text: str, environment: Environment) -> bool:
    """Return whether a variable that the text uses holds the name of a manager."""
    return any(
        setting.value and name in text and setting.origin != "image" and mentions(setting.value)
        for name, setting in environment.settings.items()
    )


def facts(
    dockerfile: Dockerfile, *, with_fixes: bool = True, id_template: str = "", also: frozenset[str] = frozenset()
) -> Facts:
    """Read the RUN instructions that name a package manager or have a mount.

    `also` names caches that are mounted on request.

    Raises `BeyondLimitsError` where there are more commands than anybody writes.
    """
    known = environments(dockerfile)
    steps = []
    commands = downloads = 0
    unread = set()
    extra = _requested(also) if also else None
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            run = instruction.run
            if run is None:
                continue
            text, environment = dockerfile.source.slice(instruction.span), known[id(instruction)]
            if mentions(text) or (extra and extra.named_in(text)) or ("$" in text and _indirectly(text, environment)):
                steps.append(_step(dockerfile, stage, instruction, run, environment, extra=extra))
                commands += len(steps[-1].commands)
                downloads += len(steps[-1].installs)
                _refuse_many(commands, downloads, instruction)
            else:
                unread.add(id(instruction))
    return Facts(
        dockerfile=dockerfile,
        steps=tuple(steps),
        environments=known,
        unread=unread,
        with_fixes=with_fixes,
        id_template=id_template,
    )


def _requested(names: frozenset[str]) -> Requested:
    from cachemount.managers.on_request import ON_REQUEST  # noqa: PLC0415 - most configurations ask for none

    return Requested([one for one in ON_REQUEST if one.name in names])


def steps_with(facts: Facts, stage: Stage, words: Collection[str]) -> Iterator[Step]:
    """Yield the steps of a stage and of those built on it that may concern one of the words.

    These are all steps that were read, and others that say one of the words or run in a directory that does.
    """
    yield from steps_of(facts, stage)
    for other in chain.family(stage):
        for text, unread in facts.memo(_unread, other):
            if any(word in text for word in words):
                yield unread()


def all_steps_of(facts: Facts, stage: Stage) -> list[Step]:
    """All RUN instructions of a stage and of those built on it, in the order of the file."""
    return facts.memo(_all_steps_of, stage)


def _all_steps_of(facts: Facts, stage: Stage) -> list[Step]:
    others = [unread() for other in chain.family(stage) for _text, unread in facts.memo(_unread, other)]
    return sorted([*steps_of(facts, stage), *others], key=lambda step: step.instruction.span.start)


def _unread(facts: Facts, stage: Stage) -> list[tuple[str, Callable[[], Step]]]:
    """Return the text of each RUN of the stage that was not read, and the function that reads it."""
    found: list[tuple[str, Callable[[], Step]]] = []
    for instruction in stage.instructions:
        run = instruction.run
        if run is not None and id(instruction) in facts.unread:
            environment = facts.environments[id(instruction)]
            text = f"{instruction.arguments.text} {run.script.text} {environment.workdir}"
            found.append((text, cache(partial(_step, facts.dockerfile, stage, instruction, run, environment))))
    return found


def all_steps(facts: Facts, stage: Stage) -> Mapping[int, Step]:
    """Every RUN of a stage, and of the stages that it is built on, by the `id` of its instruction."""
    return facts.memo(_all_steps, stage)


def _all_steps(facts: Facts, stage: Stage) -> dict[int, Step]:
    by_stage = facts.memo(_by_stage)
    found = {} if stage.parent is None else {**all_steps(facts, stage.parent)}
    steps = (*by_stage.get(stage.index, ()), *(unread() for _, unread in facts.memo(_unread, stage)))
    return {**found, **{id(step.instruction): step for step in steps}}


def steps_of(facts: Facts, stage: Stage) -> Iterator[Step]:
    """Yield the steps of a stage and of those built on it."""
    by_stage = facts.memo(_by_stage)
    for other in chain.family(stage):
        yield from by_stage.get(other.index, ())


def steps_related(facts: Facts, stage: Stage) -> list[Step]:
    """Return the steps of a stage, of those that it is built on and of those built on it, in the order of the file."""
    by_stage = facts.memo(_by_stage)
    found = [*steps_of(facts, stage)]
    above = stage.parent
    while above is not None:
        found += by_stage.get(above.index, ())
        above = above.parent
    return sorted(found, key=lambda step: step.instruction.span.start)


def _by_stage(facts: Facts) -> dict[int, list[Step]]:
    found: dict[int, list[Step]] = {}
    for step in facts.steps:
        found.setdefault(step.stage.index, []).append(step)
    return found


def copied_from(facts: Facts, stage: Stage) -> Iterator[str]:
    """Yield the paths, as written, that COPY instructions and mounts take from a stage or one built on it."""
    copies = facts.memo(_copies)
    for other in chain.family(stage):
        yield from copies.get(other.index, ())


def _copies(facts: Facts) -> dict[int, list[str]]:
    return chain.copies(facts.dockerfile)


def _step(
    dockerfile: Dockerfile,
    stage: Stage,
    instruction: Instruction,
    run: Run,
    environment: Environment,
    *,
    extra: Requested | None = None,
) -> Step:
    if len(run.mounts) > _MOST_MOUNTS:
        message = f"a RUN with more than {_MOST_MOUNTS} mounts is not checked"
        raise BeyondLimitsError(message, instruction.span.start)
    step = Step(
        stage=stage,
        instruction=instruction,
        run=run,
        environment=environment,
        script=script(dockerfile.source, instruction, run, readable=_posix(environment.shell)),
        mounts=tuple(_mounts(run, environment)) if run.mounts else (),
    )
    _refuse_many(len(step.commands), 0, instruction)
    for command in step.commands:
        if programs.may_download(command) or (extra and extra.may_run(command)):
            step.installs.extend(_installs(dockerfile, step, command, extra))
            _refuse_many(0, len(step.installs), instruction)
    if run.network == "none":
        step.installs[:] = _cut_off(step.installs)
    return step


def _cut_off(installs: list[Install]) -> list[Install]:
    """Return the installs of a step without network: they only read the stores that earlier steps filled."""
    found = [one for one in installs if any(directory.cache.kind == "store" for directory in one.directories)]
    for one in found:
        one.reader = True
    return found


def _refuse_many(commands: int, downloads: int, instruction: Instruction) -> None:
    if commands > _MOST_COMMANDS:
        message = f"a file with more than {_MOST_COMMANDS:,} commands in the steps that download is not checked"
    elif downloads > _MOST_DOWNLOADS:
        message = f"a file with more than {_MOST_DOWNLOADS:,} commands that download is not checked"
    else:
        return
    raise BeyondLimitsError(message, instruction.span.start)


def _mounts(run: Run, environment: Environment) -> Iterator[Mount]:
    variables = environment.variables
    for flag in run.mounts:
        target = expand_flag(flag.target, variables)
        yield Mount(flag=flag, target=None if target is None else locations.absolute(target, environment.workdir))


# What is in the environment of every process.
_ALWAYS = frozenset({"HOME", "PATH"})
_ALL = late(r"-[a-zA-Z]*a[a-zA-Z]*")
_EXPORTS = late(r"-[a-zA-Z]*x")
_REFERENCE = late(r"\$(?:(\w+)|\{(\w+)(?::?-([^{}]*))?\})")


def expand_flag(text: str, variables: Mapping[str, str | None]) -> str | None:
    """Return a flag's value as BuildKit expands it; None when it is not known.

    Unset variables are empty, and `~` is a letter like others.
    """
    unknown = False

    def value(match: re.Match[str]) -> str:
        nonlocal unknown
        found = variables.get(match[1] or match[2], "")
        if found is None:
            unknown = True
            return ""
        return found or match[3] or ""

    result = _REFERENCE.sub(value, text)
    return None if unknown or "${" in result or len(result) > LONGEST_VALUE else result


def _installs(
    dockerfile: Dockerfile, step: Step, command: Command, extra: Requested | None = None
) -> Iterator[Install]:
    words = arguments(step, command)
    if not words or words[0].text in step.script.defined:
        return
    if command.other_root and step.caches:
        # Which of the paths in there they serve is not known.
        return
    called = [
        (program, word, rest, manager)
        for program, word, rest in programs.programs(words)
        for manager in (*programs.managers(program), *(extra.managers(program) if extra else ()))
    ]
    if not called:
        return
    environment, who = step.environment, runner(step, command)
    variables: dict[str, str | None] = {} if command.bare else {**environment.variables}
    variables["HOME"], variables["ACCOUNT_HOME"] = (who.account_home if command.bare else who.home), who.account_home
    variables["PATH"] = environment.variables.get("PATH")
    if command.exports:
        variables.update(_handed_on(step, command))
    for assignment in command.assignments:
        variables[assignment.name] = assignment.value.expand(variables, who.home)
    workdir = None if command.directory is None else locations.absolute(command.directory, environment.workdir)
    variables["WORKDIR"], variables["ANY"] = workdir, None
    for program, word, rest, manager in called:
        found = invocations.download(manager, program, rest, variables)
        if found is None:
            continue
        way, verb, reader = found
        if (way.for_image or way.satisfied_by) and unneeded(dockerfile, step, command, way):
            continue
        # A user who is not known is root where only root may install.
        root = who.root or (not who.user and manager.system)
        install = Install(
            step=step,
            command=command,
            manager=manager,
            program=program,
            program_word=word,
            download=way,
            arguments=rest,
            verb=verb,
            reader=reader,
            variables=variables,
            home=variables["HOME"],
            root=root,
            uid=0 if root else who.uid,
            gid=0 if root else who.gid,
        )
        if manager.prefix:
            install.variables = {**variables, "PREFIX": prefix(manager, command, variables)}
        if manager.image_variables:
            install.variables = {**variables, **image_variables(manager, environment.image)}
        install.directories = tuple(_directories(dockerfile, install, manager, workdir))
        yield install


def _handed_on(step: Step, command: Command) -> Iterator[tuple[str, str | None]]:
    """Yield the shell's variables that a program gets: those that are exported, or were in its environment before."""
    exported = step.memo(_exported)
    for name, value in command.exports.items():
        known = _ALWAYS | command.given | step.environment.variables.keys()
        if not value or exported is None or name in exported or name in known:
            yield name, value


def _exported(step: Step) -> frozenset[str] | None:
    """Return the names that a step exports; None where it exports all (`set -a`)."""
    names: set[str] = set()
    for command in step.commands:
        texts = [word.known for word in command.words[1:]]
        if command.program == "set" and ("allexport" in texts or any(_ALL.fullmatch(text) for text in texts)):
            return None
        if command.program == "export" or (
            command.program in ("declare", "typeset", "local") and any(map(_EXPORTS.match, texts))
        ):
            names.update(text for text in texts if not text.startswith("-"))
            names.update(one.name for one in command.assignments)
    return frozenset(names)


def _directories(
    dockerfile: Dockerfile, install: Install, manager: PackageManager, workdir: str | None
) -> Iterator[Directory]:
    hidden = install.command.other_root or programs.is_optional(arguments(install.step, install.command)[0])
    for wanted in manager.caches:
        if install.download.caches and wanted.name not in install.download.caches:
            continue
        if wanted.when and not says(dockerfile.code, wanted.when):
            continue
        directory = used_directory(dockerfile, install, wanted, workdir)
        if hidden:
            directory = Directory(cache=wanted, path=None)
        for one in variants(install, directory) if wanted.variants else (directory,):
            cover = _cover(install.step, one) if install.step.mounts else None
            yield one if cover is None else replace(one, cover=cover)


def _cover(step: Step, directory: Directory) -> Mount | None:
    """Return the mount that serves a directory."""
    cover = locations.cover(step.mounts, directory)
    if cover is None and step.environment.base is None and not locations.surely(directory):
        # The author of an unknown image knows best what it has in its environment.
        cover = next((mount for mount in step.caches if locations.plausible(mount, directory.cache)), None)
    return cover
