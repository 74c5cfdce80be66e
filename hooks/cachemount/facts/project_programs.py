"""Whether the program that a command runs is among the packages of the project, which an earlier one has installed."""

from __future__ import annotations

import json
import re
from collections.abc import Collection

from cachemount.dockerfile.model import Dockerfile
from cachemount.facts.context import nearest
from cachemount.facts.model import Step
from cachemount.facts.settings import earlier
from cachemount.managers.model import ProjectPrograms
from cachemount.shell.model import Command


def has_program(dockerfile: Dockerfile, step: Step, command: Command, programs: ProjectPrograms, program: str) -> bool:
    """Return whether a program is installed with the project's packages, so that it is run and not downloaded."""
    text = nearest(dockerfile.source.context, programs.file).get(programs.file, "")
    package = programs.packages.get(program, program)
    if not program or (program not in text and package not in text):
        return False
    done = [*earlier(dockerfile, step, command, copies=True)]
    if not any(re.search(programs.installed_by, one) for one in done):
        return False
    parts = programs.parts
    if any(re.search(programs.leaves_out, one) for one in (dockerfile.code, *done)):
        parts = tuple(part for part in parts if part not in programs.left_out)
    return not {program, package}.isdisjoint(_names(text, parts))


def _names(text: str, parts: Collection[str]) -> set[str]:
    """Return the names in some parts of a project's file; none where it cannot be read."""
    try:
        project = json.loads(text)
    except ValueError:
        return set()
    found = (project.get(part) for part in parts) if isinstance(project, dict) else ()
    return {name for one in found if isinstance(one, dict) for name in one}
