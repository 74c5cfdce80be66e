"""Whether a COPY or a mount of the context brings a project that has its packages in it: then none is fetched."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cachemount.dockerfile.images.lookup import lookup
from cachemount.dockerfile.model import Dockerfile, Instruction
from cachemount.dockerfile.state.assignments import expand
from cachemount.facts import chain, locations
from cachemount.facts.context import may_leave_out, nearest
from cachemount.facts.model import Step
from cachemount.managers.model import Vendored
from cachemount.shell.model import Word


def has_packages(
    dockerfile: Dockerfile,
    step: Step,
    vendored: Vendored,
    arguments: Sequence[Word],
    variables: Mapping[str, str | None],
) -> bool:
    """Return whether a command works in a project that has its packages in it."""
    name, says = vendored.said_by
    if not any(one.path.endswith(vendored.file) for one in dockerfile.source.context):
        return False
    told = " ".join((*(word.known for word in arguments), variables.get(vendored.options_in) or ""))
    if re.search(vendored.unless, told):
        return False
    place = directory(vendored, told, variables)
    found = project(dockerfile, step, vendored, place) if place is not None else None
    if found is None:
        return False
    above, files = found
    packages = posixpath.join(above, vendored.file)
    is_there = packages in files and not may_leave_out(files, packages)
    return is_there and re.search(says, files[posixpath.join(above, name)]) is not None


def directory(vendored: Vendored, told: str, variables: Mapping[str, str | None]) -> str | None:
    """Return the folder that a command works in, given its arguments and options as one text."""
    named = re.search(vendored.directory, told) if vendored.directory else None
    return locations.absolute(named[1], variables["WORKDIR"]) if named else variables["WORKDIR"]


def project(
    dockerfile: Dockerfile, step: Step, vendored: Vendored, place: str, *, alone: bool = False
) -> tuple[str, Mapping[str, str]] | None:
    """Return the folder of the context that the project of a place is in, and the files that are known of the context.

    With `alone` its file may have been copied by its name. None where no project is known to be there.
    """
    name = vendored.said_by[0]
    for source, inside in _copied_at(_copies(dockerfile, step), place):
        is_file = alone and not inside and posixpath.basename(source) == name
        copied = posixpath.dirname(source) if is_file else source
        if inside and not _has_sources(dockerfile, posixpath.join(copied, inside), vendored):
            # What is in a folder that the repository does not have, a step put there.
            continue
        for above in _upwards(copied, inside):
            path = posixpath.join(above, name)
            files = nearest(dockerfile.source.context, path)
            if path in files:
                return above, files
    return None


def _has_sources(dockerfile: Dockerfile, folder: str, vendored: Vendored) -> bool:
    """Return whether the repository has a file of the language right in a folder, as far as was looked for one."""
    return any(
        posixpath.dirname(one.path) == folder and one.path.endswith(vendored.sources)
        for one in dockerfile.source.context
    )


def _upwards(copied: str, inside: str) -> Iterator[str]:
    """Yield a folder that is copied inside another one, and those that it is in, up to the one that is copied."""
    while inside:
        yield posixpath.join(copied, inside)
        inside = posixpath.dirname(inside)
    yield copied


def _copied_at(copies: Sequence[tuple[str, str]], place: str) -> Iterator[tuple[str, str]]:
    """Yield the folders of the context that are copied to a place, or above it, each with the way to the place."""
    for above in (*locations.upwards(place), "/"):
        for target, folder in copies:
            if target == above:
                yield folder, posixpath.relpath(place, above) if place != above else ""


def _copies(dockerfile: Dockerfile, step: Step) -> list[tuple[str, str]]:
    """Return where the step mounts folders of the context, and where earlier instructions copy them to.

    "" is all of the context.
    """
    base = step.environment.base
    before = chain.before(step.stage, step.instruction)
    copied = _places(dockerfile, before, base.workdir if base else None, step.environment.variables)
    # What is copied last lies over the rest.
    return [*_mounted(dockerfile, step), *reversed([*copied])]


def _mounted(dockerfile: Dockerfile, step: Step) -> Iterator[tuple[str, str]]:
    for mount in step.mounts:
        options = mount.flag.options
        if mount.flag.type == "bind" and mount.target is not None:
            source = options.get("source", options.get("src", "."))
            for folder in _folders(dockerfile, options.get("from"), source):
                yield mount.target, folder


def _places(
    dockerfile: Dockerfile,
    instructions: Iterable[Instruction],
    workdir: str | None,
    variables: Mapping[str, str | None],
) -> Iterator[tuple[str, str]]:
    for instruction in instructions:
        if instruction.keyword == "WORKDIR":
            known = expand(instruction.arguments.text.strip(), variables, dockerfile.escape)
            workdir = None if known is None else locations.absolute(known, workdir)
        elif instruction.keyword in ("COPY", "ADD") and not _is_partial(instruction):
            stage = next((flag.value for flag in instruction.flags if flag.name == "from"), None)
            sources = instruction.operands
            target = expand(sources[-1], variables, dockerfile.escape) if sources else None
            place = None if target is None else locations.absolute(target.rstrip("/") or "/", workdir)
            for source in sources[:-1]:
                if place is not None:
                    yield from ((place, folder) for folder in _folders(dockerfile, stage, source))


def _is_partial(instruction: Instruction) -> bool:
    return instruction.onbuild or any(flag.name == "exclude" for flag in instruction.flags)


def _folders(dockerfile: Dockerfile, stage: str | None, path: str) -> Iterator[str]:
    """Yield the folders of the context that a path of it, or of a stage, stands for; "" is all of the context."""
    if stage is None:
        cleaned = posixpath.normpath(path.strip("/") or ".")
        if "$" not in path:
            yield "" if cleaned == "." else cleaned
        return
    source = chain.stage_named(dockerfile, stage)
    if source is None:
        return
    lineage = source.lineage()
    instructions = [one for earlier in lineage for one in earlier.instructions]
    if any("$" in one.arguments.text for one in instructions if one.keyword in ("WORKDIR", "COPY", "ADD")):
        return
    image = lineage[0].image
    base = lookup(image)
    workdir = base.workdir if base else "/" if image == "scratch" else None
    place = locations.absolute(path.rstrip("/") or "/", "/")
    if place is not None:
        for copied, inside in _copied_at([*_places(dockerfile, instructions, workdir, {})], place):
            yield posixpath.join(copied, inside).rstrip("/")
