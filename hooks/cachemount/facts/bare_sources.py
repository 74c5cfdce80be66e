"""Whether a command builds source files that are in no project: then it has no packages to download."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cachemount.dockerfile.model import Instruction
from cachemount.facts import chain
from cachemount.facts.model import Step
from cachemount.late_pattern import late
from cachemount.managers.model import Requirements
from cachemount.shell.model import Command, Word

# What brings no file of a project: the system's packages, a folder, a message.
_INSTALLS = late(r"\s*(?:(?:apk|apt-get|apt)\s[^;&|`$()<>]*(?:&&\s*|\Z))+")
_IDLE = frozenset({"cd", "mkdir", "echo", "export", "set", "apk", "apt-get", "apt"})


def builds_bare_sources(step: Step, command: Command, requirements: Requirements, operands: Sequence[Word]) -> bool:
    """Return whether a command builds nothing but source files, and nothing but such files was put into the image."""
    if re.search(requirements.bare_on, step.environment.image) is None or not operands:
        return False
    if any(mount.flag.type == "bind" for mount in step.mounts):
        return False
    if not all(re.fullmatch(requirements.bare, one.known) for one in operands):
        return False
    if not all(_is_idle(one, requirements) for one in chain.before(step.stage, step.instruction)):
        return False
    before = (one for one in step.commands if one.span.start < command.span.start)
    return all(one.words and one.words[0].name in _IDLE for one in before)


def _is_idle(instruction: Instruction, requirements: Requirements) -> bool:
    """Return whether an instruction puts no file of a project into the image."""
    if instruction.run is not None:
        return _INSTALLS.fullmatch(instruction.run.script.text) is not None
    if instruction.keyword not in ("COPY", "ADD"):
        return True
    return not instruction.onbuild and all(re.fullmatch(requirements.bare, one) for one in instruction.operands[:-1])
