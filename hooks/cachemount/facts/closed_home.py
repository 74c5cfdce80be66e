"""Mounts below root's home in steps of another user, whom the official images do not let in there."""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.dockerfile.images.lookup import split
from cachemount.dockerfile.model import Instruction
from cachemount.facts import chain, locations
from cachemount.facts.model import Facts, Mount, Step
from cachemount.late_pattern import late

_HOME = "/root"
# drwx------ root root /root in their images, and in the official ones that are built on them.
_CLOSED_ON = frozenset({"alpine", "debian", "ubuntu"})
# What may open it, or run a command as root.
_OPENS = late(
    r"(?<![\w.-])(?:/root(?![\w.-])|~root\b"
    r"|(?:chmod|chown|setfacl)\b[^;&|\n]*(?:\s[\"']?(?:/|root/?|~|\$\{?HOME\}?)[\"']?(?:[\s);&|/]|\Z)|\*|\s/ro))"
)
_FILE = late(r"\w\.\w+\Z")
_AS_ROOT = late(r"(?<![\w.-])(?:sudo|doas|su|gosu|su-exec|setpriv|runuser|pkexec)(?![\w.-])")


def closed_mounts(facts: Facts, step: Step) -> Iterator[Mount]:
    """Yield the cache mounts of a step that its user cannot come to, those apart that a manager is told to use."""
    environment = step.environment
    base = environment.base
    if environment.uid in (0, None) or base is None or base.distribution not in _CLOSED_ON or base.user != "root":
        return
    if "/" in split(environment.image)[0]:
        return
    below = [one for one in step.caches if one.target and locations.below(one.target, _HOME) and one.target != _HOME]
    if not below or any(one.target in ("/", _HOME) for one in step.mounts) or _AS_ROOT.search(facts.dockerfile.code):
        return
    if any(one.user for one in step.commands) or environment.home is None or locations.below(environment.home, _HOME):
        return
    texts = (one.run.script.text for one in chain.before(step.stage, step.instruction) if one.run is not None)
    if any(map(_OPENS.search, texts)) or any(
        _may_bring_home(facts, one) for one in chain.before(step.stage, step.instruction)
    ):
        return
    covers = {id(one.cover) for install in step.installs for one in install.directories if one.cover}
    yield from (one for one in below if id(one) not in covers)


def _may_bring_home(facts: Facts, instruction: Instruction) -> bool:
    """Return whether an instruction copies to root's home or the root folder what has a mode of its own."""
    if instruction.keyword not in ("COPY", "ADD") or not instruction.operands:
        return False
    *sources, target = instruction.operands
    environment = facts.environments.get(id(instruction))
    place = None if environment is None or "$" in target else locations.absolute(target, environment.workdir)
    # A file with an ending is no folder, and no archive.
    plain = instruction.keyword == "COPY" and all(_FILE.search(source) for source in sources)
    return place in ("/", _HOME, None) and not plain
