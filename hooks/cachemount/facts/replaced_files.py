"""Settings of the project in whose place a step puts another file of that name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cachemount.facts.model import Step
from cachemount.managers.model import PackageManager


def replaced(step: Step, before: Sequence[str], manager: PackageManager, name: str) -> bool:
    """Return whether another file has the place of one when a manager runs in a step, by the texts of those before."""
    script = step.run.script.text
    # What the step does after the manager's last command comes too late.
    until = max(script.rfind(program) for program in manager.programs)
    file, quote = re.escape(name), "[\"']?"
    target = rf"{quote}(?:\./)?(?:{file}|\.){quote}\s*(?:[;&|\n]|\Z)"
    moved = rf"\b(?:mv|cp)\s[^;&|\n]*[\w./-]+/{file}{quote}\s+{target}"
    texts = (*(one for one in before if name in one), script[: max(until, 0)])
    return any(re.search(moved, text.replace("\\\n", " ")) is not None for text in texts)


def without_files(code: str, manager: PackageManager) -> str:
    """Return a Dockerfile's text without the names of the project's settings, and the mounts that follow from them."""
    return re.sub("|".join((*map(re.escape, manager.said_in), r"--mount=\S+")), "", code)
