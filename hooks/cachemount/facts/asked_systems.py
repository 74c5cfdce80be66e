"""Whether a step asks which system it runs on, as one does that is written for several."""

from __future__ import annotations

from functools import lru_cache

from cachemount.facts import chain, programs
from cachemount.facts.model import Step
from cachemount.facts.patterns import compiled
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager

_WITH_ARGUMENT = late(r"(?<![\w./-])([a-z][\w-]*)(?=[ \t]+[\w-])")
_FIRST = late(r"\s*(?:sudo\s+)?([a-z][\w-]*)\s")
# What a script asks to learn which system it runs on, and variables that say so.
_ASKS_FOR_SYSTEM = late(
    r"\bcommand\s+-[vV]|\b(?:which|type|hash|whereis|uname|lsb_release)\s|release\b|/etc/\w*(?:version|issue)|\s-[xfe]\s+/\S*bin/"
    r"|\s-[defx]\s+/etc/|\$\{?(?:ID|ID_LIKE|OS|OSTYPE|\w*(?i:os_|_os\b|distro|image|base|flavou?r|variant|pkg|package_man)\w*)\b"
)


def asks_for_system(step: Step, manager: PackageManager) -> bool:
    """Return whether a step runs the manager of another system as well, or asks for the system or its programs."""
    text = step.run.script.text
    managers = {one.name for word in _WITH_ARGUMENT.findall(text) for one in programs.managers(word) if one.system}
    return bool(managers - {manager.name}) or _ASKS_FOR_SYSTEM.search(text) is not None


def is_of_another_system(step: Step, manager: PackageManager) -> bool:
    """Return whether an earlier RUN of a step's image begins with the manager of another system, without a question.

    An image that is not known is of that system. The other manager may be a package of it, which is named then.
    """
    texts = [one.run.script.text for one in chain.before(step.stage, step.instruction) if one.run]
    others = (one for text in texts for one in _first_managers(text))
    if not any(one.system and one.distributions.isdisjoint(manager.distributions) for one in others):
        return False
    own = compiled(rf"(?<![\w.-])(?:{'|'.join(manager.programs)})(?![\w-])")
    return not asks_for_system(step, manager) and not any(map(own.search, texts))


@lru_cache(maxsize=256)
def _first_managers(text: str) -> tuple[PackageManager, ...]:
    """Return the managers whose program a script begins with, where it does not ask which system it is on."""
    first = _FIRST.match(text)
    return programs.managers(first[1]) if first and "||" not in text and not _ASKS_FOR_SYSTEM.search(text) else ()
