"""Repositories whose place a build argument tells, where the manager keeps an index by the repository's name alone.

A build with another value of the argument has another index, which the first one's would be taken for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount import reasons
from cachemount.dockerfile.model import Instruction
from cachemount.facts import chain
from cachemount.facts.model import Directory, Facts, Install, Step
from cachemount.facts.patterns import compiled
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import shortened

# What the builder sets by the platform, which is in the path of the index.
_OF_PLATFORM = late(r"(?:BUILD|TARGET)(?:ARCH|OS|PLATFORM|VARIANT)")
_COMMAND = late(r"&&|\|\||;")
_NAMED = late(r"(\w+)=[\"']?([^\s\"']*)")
# The argument is in the name of the repository as well.
_IN_NAME = late(r"\[[^\]\n]*\$[^\]\n]*\]")


def index_by_name(facts: Facts, install: Install, directory: Directory) -> Withheld | None:
    """Return the doubt on a cache that builds with other arguments would share; None without one."""
    where = install.manager.index_by_name[0]
    if re.fullmatch(where, f"{install.program} {directory.path}") is None:
        return None
    # A mount with an argument in its id is another one for each.
    if directory.cover is not None and "$" in directory.cover.flag.options.get("id", ""):
        return None
    found = facts.memo(_told, install.step, install.manager)
    return reasons.INDEX_BY_NAME.about(directory=directory.path, **found) if found else None


def _told(facts: Facts, step: Step, manager: PackageManager) -> dict[str, object]:
    """Return the first command up to the end of a step that tells a place so, for the words of a reason."""
    sets, source = compiled(manager.index_by_name[1]), facts.dockerfile.source
    arguments: set[str] = set()
    for instruction in (*chain.before(step.stage, step.instruction), step.instruction):
        text = source.slice(instruction.span)
        if instruction.keyword in ("ARG", "ENV"):
            arguments.update(_arguments(instruction, text, arguments))
        elif instruction.run is not None and arguments and sets.search(text) and not _IN_NAME.search(text):
            for command in _COMMAND.split(instruction.run.script.text or text):
                named = _variable(command, arguments) if sets.search(command) else ""
                if named:
                    line = source.position(instruction.span.start).line
                    return {"line": line, "words": shortened(command), "argument": named}
    return {}


def _arguments(instruction: Instruction, text: str, known: set[str]) -> Iterator[str]:
    """Yield what an instruction names: arguments, and variables that have one in their value."""
    if instruction.keyword == "ARG":
        names = (one.partition("=")[0] for one in instruction.operands)
        yield from (one for one in names if not _OF_PLATFORM.fullmatch(one))
    else:
        yield from (name for name, value in _NAMED.findall(text) if _variable(value, known))


def _variable(text: str, names: set[str]) -> str:
    """Return the first of some variables that a text has; "" without one."""
    found = (one[1] for one in re.finditer(r"\$\{?(\w+)", text))
    return next((one for one in found if one in names), "")
