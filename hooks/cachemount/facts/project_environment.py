"""Whether `uv run` makes the environment of its project, because the one that was copied lies in another folder."""

from __future__ import annotations

import re

from cachemount.dockerfile.model import Dockerfile
from cachemount.facts import chain
from cachemount.facts.left_out import joined, project_at
from cachemount.facts.locations import below
from cachemount.facts.model import Step
from cachemount.late_pattern import late
from cachemount.managers.model import Download, ProjectEnvironment
from cachemount.shell.model import Command

_DEPENDENCIES = late(r"(?ms)^\[project\][ \t]*$(?:(?!^\[).)*?^dependencies\s*=\s*\[\s*[\"']")
_UNMANAGED = late(r"(?m)^managed\s*=\s*false\b")


def is_made(
    dockerfile: Dockerfile, step: Step, command: Command, way: Download, variables: dict[str, str | None]
) -> bool:
    """Return whether a command plainly makes the environment of the project in its folder, with packages.

    All that may have brought it is a COPY from another stage or image, to a folder that is apart from the project's.
    """
    own, folder = way.project_environment, variables["WORKDIR"]
    if own is None or folder is None or folder != step.environment.workdir or step.environment.base is None:
        return False
    if not own.unless.isdisjoint(word.known.partition("=")[0] for word in command.words) or _is_set(own, variables):
        return False
    done = re.compile(way.satisfied_by)
    for instruction in chain.before(step.stage, step.instruction):
        if instruction.keyword in ("ADD", "COPY", "RUN") and done.search(
            joined(dockerfile.source.slice(instruction.span))
        ):
            place = instruction.operands[-1] if instruction.run is None else ""
            if not place.startswith("/") or "$" in place or below(folder, place) or below(place, folder):
                return False
    if done.search(joined(dockerfile.source.text[step.instruction.span.start : command.span.start])):
        return False
    project = project_at(dockerfile, step)
    return _DEPENDENCIES.search(project) is not None and _UNMANAGED.search(project) is None


def _is_set(own: ProjectEnvironment, variables: dict[str, str | None]) -> bool:
    return any(variables.get(name, "") != "" for name in own.variables)
