"""Whether a COPY or a mount of the whole context brings a project that has its packages in it: then none is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

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
    files = nearest(dockerfile.source.context, vendored.said_by[0])
    if vendored.file not in files:
        return False
    told = " ".join((*(word.known for word in arguments), variables.get(vendored.options_in) or ""))
    if re.search(vendored.unless, told) or may_leave_out(files, vendored.file):
        return False
    if not re.search(vendored.said_by[1], files[vendored.said_by[0]]):
        return False
    workdir = variables["WORKDIR"]
    return workdir is not None and workdir in _copies(dockerfile, step)


def _copies(dockerfile: Dockerfile, step: Step) -> set[str]:
    """Return where earlier instructions copy all of the context to, and where the step mounts it."""
    return {place for place in (*_places(dockerfile, step), *_mounted(step)) if place is not None}


def _mounted(step: Step) -> Iterator[str | None]:
    for mount in step.mounts:
        options = mount.flag.options
        if mount.flag.type == "bind" and "from" not in options and options.get("source", ".") in (".", "./", "/"):
            yield mount.target


def _places(dockerfile: Dockerfile, step: Step) -> Iterator[str | None]:
    base = step.environment.base
    workdir = base.workdir if base else None
    for instruction in chain.before(step.stage, step.instruction):
        if instruction.keyword == "WORKDIR":
            known = expand(instruction.arguments.text.strip(), step.environment.variables, dockerfile.escape)
            workdir = None if known is None else locations.absolute(known, workdir)
        elif instruction.keyword in ("COPY", "ADD") and not _is_from_elsewhere(instruction):
            sources = instruction.operands
            place = expand(sources[-1], step.environment.variables, dockerfile.escape) if sources else None
            if place is not None and any(one in (".", "./") for one in sources[:-1]):
                yield locations.absolute(place.rstrip("/") or "/", workdir)


def _is_from_elsewhere(instruction: Instruction) -> bool:
    return instruction.onbuild or any(flag.name in ("from", "exclude") for flag in instruction.flags)
