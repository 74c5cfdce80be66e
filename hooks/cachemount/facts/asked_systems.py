"""Whether a step asks which system it runs on, as one does that is written for several."""

from __future__ import annotations

from cachemount.facts import programs
from cachemount.facts.model import Step
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager

_WITH_ARGUMENT = late(r"(?<![\w./-])([a-z][\w-]*)(?=[ \t]+[\w-])")
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
