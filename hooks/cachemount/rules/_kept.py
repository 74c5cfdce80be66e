"""Whether a manager was told to keep what it downloads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount.facts import chain
from cachemount.facts.model import Facts, Install, Step
from cachemount.managers._model import Keep, PackageManager


def missing(facts: Facts, install: Install) -> Iterator[Keep]:
    """The settings that the install needs and that nothing before it made."""
    for keep in install.manager.keeps:
        if keep.programs and not any(re.fullmatch(pattern, install.program) for pattern in keep.programs):
            continue
        if not _made(facts, install, keep):
            yield keep


def _made(facts: Facts, install: Install, keep: Keep) -> bool:
    source = facts.dockerfile.source
    step = install.step
    pattern = re.compile("|".join(keep.evidence))
    own = source.text[step.instruction.span.start : install.command.span.end]
    if pattern.search(own):
        return True
    return any(
        pattern.search(source.slice(earlier.span))
        for earlier in chain.before(step.stage, step.instruction)
        if earlier.keyword in ("RUN", "COPY", "ADD", "ENV")
    )


def first_step(facts: Facts, step: Step, manager: PackageManager) -> Step:
    """The first step of the chain of stages that runs the manager."""
    for other in facts.steps:
        if chain.descends(step.stage, other.stage) and any(install.manager is manager for install in other.installs):
            return other
    return step


def as_root(step: Step) -> bool:
    return step.environment.user in ("", "root", "0")


def by_sudo(step: Step) -> bool:
    return any("sudo" in install.command.wrappers for install in step.installs)


def with_sudo(line: str) -> str:
    """The same line for a user who may sudo; a redirection is done by tee."""
    line = re.sub(r" > (\S+)$", r" | sudo tee \1 > /dev/null", line)
    return line if "| sudo tee" in line else f"sudo {line}"


def hidden(step: Step, manager: PackageManager) -> bool:
    """Whether the step runs the manager only on a condition, in an image that is not known to have it."""
    return (
        all(install.command.conditional for install in step.installs if install.manager is manager)
        and step.environment.base is None
    )
