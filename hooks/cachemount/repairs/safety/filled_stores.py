"""What steps and COPY instructions may put into a store other than by a manager that is seen, as `tar -C /` does."""

from __future__ import annotations

import math
import posixpath
from collections.abc import Collection, Iterator

from cachemount.dockerfile.model import Instruction, Stage
from cachemount.facts import locations
from cachemount.facts.model import Facts, Step
from cachemount.facts.queries import all_steps
from cachemount.late_pattern import late
from cachemount.repairs.safety.hidden_content import copy_words
from cachemount.repairs.safety.later_commands import Called, commands_of

# They write what they are given to folders that they are told.
_WRITES = frozenset({
    "7z", "7za", "aria2c", "bsdtar", "cp", "cpio", "curl", "git", "gsutil", "install", "ln", "mv", "rsync", "tar",
    "unzip", "wget",
})  # fmt: skip
_SETTINGS = late(r"[\w.*?${}-]+\.(?:crt|jks|json|pem|properties|toml|txt|xml|ya?ml)")
_UNPACKS = frozenset({"7z", "7za", "bsdtar", "cpio", "tar", "unzip"})
# A file by its name, as settings.xml; ADD unpacks archives.
_FILE = late(r"[\w-]+\.(?:json|properties|toml|txt|xml|ya?ml)")


def may_be_brought(facts: Facts, step: Step, places: Collection[str]) -> bool:
    """Return whether COPY, ADD, or programs that write files may have put something into places before a step."""
    return facts.memo(_first_brought, step.stage, frozenset(places)) < step.instruction.span.start


def _first_brought(facts: Facts, stage: Stage, places: frozenset[str]) -> float:
    """Return the offset of the first instruction that may put something into places; infinity if none may."""
    steps = all_steps(facts, stage)
    found = (
        one.span.start
        for earlier in stage.lineage()
        for one in earlier.instructions
        if _copies(facts, one, places)
        or (id(one) in steps and any(_writes(steps[id(one)], called, places) for called in commands_of(steps[id(one)])))
    )
    return min(found, default=math.inf)


def copies_above(facts: Facts, instruction: Instruction, places: Collection[str]) -> bool:
    """Return whether an instruction lays a folder over the one above a place, which may hold what is to be there."""
    if instruction.keyword not in ("COPY", "ADD") or instruction.onbuild or instruction.heredocs:
        return False
    sources, to = copy_words(facts, instruction)
    if to is None or to == "/" or to not in map(posixpath.dirname, places):
        return False
    return not all(_SETTINGS.fullmatch(posixpath.basename(source)) for source in sources)


def _copies(facts: Facts, instruction: Instruction, places: Collection[str]) -> bool:
    if instruction.keyword not in ("COPY", "ADD"):
        return False
    sources, to = copy_words(facts, instruction)
    if to == "/":
        # Of the context only what ADD unpacks is a whole system.
        return instruction.keyword == "ADD" or any(flag.name == "from" for flag in instruction.flags)
    if to is None or any(locations.below(to, place) for place in places):
        return True
    above = any(locations.below(place, to) for place in places)
    return above and not all(_FILE.fullmatch(posixpath.basename(source)) for source in sources)


def writes_into(step: Step, called: Called, places: Collection[str]) -> bool:
    """Return whether a command is known to write something into one of the places."""
    if called.name not in _WRITES:
        return False
    paths = [one for one in _paths(step, called) if one is not None]
    names = {posixpath.basename(one) for one in paths}
    for place in places:
        above = posixpath.dirname(place)
        if any(locations.below(one, place) for one in paths):
            return True
        # A folder of that name, or all of another one, is laid into the one above.
        if above in paths and (posixpath.basename(place) in names or called.name in _UNPACKS):
            return True
    return False


def _writes(step: Step, called: Called, places: Collection[str]) -> bool:
    if called.name not in _WRITES:
        return False
    return any(path is None or any(_meet(path, place) for place in places) for path in _paths(step, called))


def _paths(step: Step, called: Called) -> Iterator[str | None]:
    """Yield the folders that a command may write to: where it works, and those that it names; None: not known."""
    workdir = locations.absolute(called.command.directory or ".", step.environment.workdir)
    yield workdir if called.command.directory is not None else None
    for word in called.arguments:
        text = word.known
        if text.startswith("-") and "/" in text:
            text = text[text.index("/") :]
        if "://" not in word.raw:
            yield locations.absolute(text, workdir) if text else None


def _meet(path: str, place: str) -> bool:
    return locations.below(path, place) or locations.below(place, path)
