"""Whether a project needs no packages, or is asked for what its file says of one: then none is downloaded."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from cachemount.dockerfile.model import Dockerfile
from cachemount.facts import invocations
from cachemount.facts.model import Step
from cachemount.facts.settings import earlier
from cachemount.facts.vendored import directory, project
from cachemount.managers.model import PackageManager, Requirements
from cachemount.shell.model import Command, Word


def needs_nothing(
    dockerfile: Dockerfile,
    step: Step,
    command: Command,
    found: tuple[PackageManager, Requirements, tuple[str, ...], tuple[Word, ...]],
    variables: Mapping[str, str | None],
) -> bool:
    """Return whether a command of a manager, with this verb and these arguments, downloads nothing."""
    manager, requirements, verb, words = found
    names = [one.known for one in invocations.operands(manager, words)][len(verb) :]
    vendored = requirements.project
    told = " ".join((*(word.known for word in words), variables.get(vendored.options_in) or ""))
    options = " ".join(word.known for word in words if word.known not in names)
    is_query = re.fullmatch(requirements.queries, options) is not None
    if is_query and not names:
        # It asks for the project itself.
        return True
    if step.run.network == "none" or invocations.is_offline(manager, variables):
        # What little it asks for has to be there.
        return False
    text = _file(dockerfile, step, requirements, told, variables)
    if not text:
        return False
    if is_query:
        told_by = (requirements.told_by.replace("{}", re.escape(name)) for name in names)
        return re.search(requirements.told_since, text) is not None and all(re.search(one, text) for one in told_by)
    if re.search(requirements.some, text) or re.search(vendored.unless, told) or any("@" in name for name in names):
        return False
    if any(posixpath.basename(one.path) == requirements.others for one in dockerfile.source.context):
        return False
    return not any(re.search(requirements.changed_by, one) for one in earlier(dockerfile, step, command))


def _file(
    dockerfile: Dockerfile, step: Step, requirements: Requirements, told: str, variables: Mapping[str, str | None]
) -> str:
    """Return the text of the project's file that a command reads; "" where it is not known."""
    place = directory(requirements.project, told, variables)
    found = project(dockerfile, step, requirements.project, place, alone=True) if place is not None else None
    return found[1][posixpath.join(found[0], requirements.project.said_by[0])] if found is not None else ""
