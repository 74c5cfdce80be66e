"""Whether the folder that an earlier `pnpm fetch` has filled is there, so that an offline install needs no store."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from cachemount.dockerfile.model import Dockerfile, Instruction
from cachemount.dockerfile.state.environment import Environment, environments
from cachemount.facts import chain, locations, programs
from cachemount.facts.cleanups import empties
from cachemount.facts.context import takes
from cachemount.facts.expansion import expanded
from cachemount.facts.invocations import positionals
from cachemount.facts.model import Step
from cachemount.facts.mounts import mounts
from cachemount.facts.scripts import script
from cachemount.late_pattern import late
from cachemount.managers.model import Filled, PackageManager
from cachemount.records import Record
from cachemount.shell.model import Command, Word
from cachemount.shell.reader import posix

_REMOVERS = frozenset({"rm", "mv", "unlink", "rimraf"})
_WILDCARD = late(r"[*?\[{]")


class _Fetch(Record, eq=False):
    """A command that fills the folder of a project, with its options that say how.

    `under_mount` says whether its step has a cache mount already.
    """

    project: str
    options: frozenset[str]
    under_mount: bool


def is_filled(
    dockerfile: Dockerfile,
    step: Step,
    command: Command,
    found: tuple[PackageManager, Filled, tuple[Word, ...]],
    variables: Mapping[str, str | None],
) -> bool:
    """Return whether a command finds in its project's folder what the last one that fetched has put there.

    Where the author mounts a store for that one, a project in a folder below is taken for one of its workspace.
    """
    manager, filled, rest = found
    project = _project(rest, filled, variables["WORKDIR"])
    known = environments(dockerfile)
    fetch: _Fetch | None = None
    for instruction in (*chain.before(step.stage, step.instruction), step.instruction):
        environment = known.get(id(instruction))
        if environment is None:
            continue
        if instruction.run is None:
            if (
                fetch
                and instruction.keyword in ("COPY", "ADD")
                and (
                    _is_copied_over(instruction, environment, posixpath.join(fetch.project, filled.folder))
                    or _brings_settings(dockerfile, step, instruction, filled)
                )
            ):
                fetch = None
            continue
        own = step if instruction is step.instruction else _step_of(dockerfile, step, instruction, environment)
        if own is None:
            continue
        if fetch and _is_mounted_over(own, posixpath.join(fetch.project, filled.folder)):
            fetch = None
        for other, words in expanded(own):
            if other is command:
                break
            made = _fetches(own, other, words, manager, filled)
            if made is not None:
                fetch = made
            elif fetch and _may_remove(own, other, words, posixpath.join(fetch.project, filled.folder), filled):
                fetch = None
    if fetch is None or project is None or fetch.options != _options(rest, filled):
        return False
    if not filled.anew.isdisjoint(word.known for word in rest):
        return False
    return project == fetch.project or (fetch.under_mount and locations.below(project, fetch.project))


@lru_cache(maxsize=1)
def _steps(_dockerfile: Dockerfile) -> dict[int, Step | None]:
    """Return the steps of a file that were read, by the `id` of their instruction."""
    return {}


def _step_of(dockerfile: Dockerfile, step: Step, instruction: Instruction, environment: Environment) -> Step | None:
    known = _steps(dockerfile)
    if id(instruction) not in known:
        known[id(instruction)] = _step(dockerfile, step, instruction, environment)
    return known[id(instruction)]


def _step(dockerfile: Dockerfile, step: Step, instruction: Instruction, environment: Environment) -> Step | None:
    run = instruction.run
    if run is None or instruction.onbuild:
        return None
    return Step(
        stage=step.stage,
        instruction=instruction,
        run=run,
        environment=environment,
        script=script(
            dockerfile.source, instruction, run, readable=posix(environment.shell, root=environment.uid == 0)
        ),
        mounts=tuple(mounts(run, environment)),
    )


def _project(words: tuple[Word, ...], filled: Filled, workdir: str | None) -> str | None:
    """Return the folder of the project that a command works on; None where it is not known."""
    chosen = locations.flag_value(words, filled.projects)
    if chosen is None:
        return workdir
    return None if chosen[1] is None or workdir is None else posixpath.normpath(posixpath.join(workdir, chosen[1]))


def _options(words: tuple[Word, ...], filled: Filled) -> frozenset[str]:
    """Return the options of a command that say how the folder is laid out."""
    pattern = re.compile(filled.layout)
    return frozenset(word.known or word.word.raw for word in words if pattern.match(word.known or word.word.raw))


def _folder(step: Step, command: Command) -> str | None:
    if command.directory is None:
        return None
    return locations.absolute(command.directory, step.environment.workdir)


def _fetches(
    step: Step, command: Command, words: tuple[Word, ...], manager: PackageManager, filled: Filled
) -> _Fetch | None:
    """Return what a command fills, where it is one that does, in each build and into the image."""
    for program, _word, rest in programs.programs(words):
        if manager not in programs.managers(program) or positionals(manager, rest)[:1] != (filled.by,):
            continue
        project = _project(rest, filled, _folder(step, command))
        if project is None or command.conditional:
            return None
        if _is_mounted_over(step, posixpath.join(project, filled.folder)):
            return None
        return _Fetch(project=project, options=_options(rest, filled), under_mount=bool(step.caches))
    return None


def _is_mounted_over(step: Step, place: str) -> bool:
    """Return whether a mount of a step may hide a folder, or its content."""
    return any(
        mount.target is None or locations.below(place, mount.target) or mount.target == f"{place}/.pnpm"
        for mount in step.mounts
        if mount.flag.type in ("cache", "tmpfs") or (mount.flag.type == "bind" and not _is_file(mount.target))
    )


def _is_file(target: str | None) -> bool:
    return target is not None and "." in posixpath.basename(target)


def _is_copied_over(instruction: Instruction, environment: Environment, place: str) -> bool:
    """Return whether a COPY may put another folder over one, or into it."""
    if len(instruction.operands) < 2:
        return False
    *sources, target = instruction.operands
    name = posixpath.basename(place)
    if any(name in one.split("/") for one in (*sources, target)):
        return True
    if all(flag.name != "from" for flag in instruction.flags):
        return False
    put = None if "$" in target else locations.absolute(target, environment.workdir)
    # Of another stage, all that is no file by its name.
    return (put is None or locations.below(place, put)) and any(
        "." not in posixpath.basename(one.rstrip("/.")) or _WILDCARD.search(one) for one in sources
    )


def _brings_settings(dockerfile: Dockerfile, step: Step, instruction: Instruction, filled: Filled) -> bool:
    """Return whether a COPY is the first to bring a file of settings that lays the folder out in another way."""
    text, earlier = dockerfile.source.slice(instruction.span), chain.before(step.stage, instruction)
    paths = [
        one.path
        for one in dockerfile.source.context
        if re.search(filled.laid_out_by.get(posixpath.basename(one.path), r"(?!)"), one.text)
    ]
    brought = [path for path in paths if takes(f"{text}\n", path)]
    before = "\n".join([dockerfile.source.slice(one.span) for one in earlier]) if brought else ""
    return any(not takes(f"{before}\n", path) for path in brought)


def _may_remove(step: Step, command: Command, words: tuple[Word, ...], place: str, filled: Filled) -> bool:
    """Return whether a command may take a folder away, or something out of it."""
    text = " ".join(word.known or word.raw for word in words)
    if re.search(filled.removed_by, text):
        return True
    if not words or posixpath.basename(words[0].known) not in _REMOVERS:
        return False
    return any(_takes(path, place) for path in _paths(step, command, words[1:]))


def _paths(step: Step, command: Command, words: tuple[Word, ...]) -> Iterator[str | None]:
    for word in words:
        if not word.known.startswith("-"):
            yield locations.absolute(word.text, _folder(step, command)) if word.text else None


def _takes(path: str | None, place: str) -> bool:
    """Return whether to remove a path takes something from a place: all of it, or a part that is no cache."""
    if path is None or not path.startswith("/") or empties(path, (place,)):
        return True
    return locations.below(path, place) and not path.startswith((f"{place}/.cache", f"{place}/.vite"))
