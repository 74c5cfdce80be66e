"""Settings of the project in whose place a step puts another file of that name."""

from __future__ import annotations

import re
from collections.abc import Collection

from cachemount.dockerfile.model import Dockerfile
from cachemount.facts import chain
from cachemount.facts.model import Step
from cachemount.managers.model import PackageManager


def replaced(dockerfile: Dockerfile, step: Step, manager: PackageManager, names: Collection[str]) -> bool:
    """Return whether another file has the place of one with such a name when a manager runs in a step."""
    script = step.run.script.text
    # What the step does after the manager's last command comes too late.
    until = max(script.rfind(program) for program in manager.programs)
    before = [dockerfile.source.slice(one.span) for one in chain.before(step.stage, step.instruction)]
    return any(_replaces(text, name) for text in (*before, script[: max(until, 0)]) for name in names if name in text)


def _replaces(text: str, name: str) -> bool:
    file, quote = re.escape(name), "[\"']?"
    target = rf"{quote}(?:\./)?(?:{file}|\.){quote}\s*(?:[;&|\n]|\Z)"
    moved = rf"\b(?:mv|cp)\s[^;&|\n]*[\w./-]+/{file}{quote}\s+{target}"
    return re.search(moved, text.replace("\\\n", " ")) is not None


def without_files(code: str, manager: PackageManager) -> str:
    """Return a Dockerfile's text without the names of the project's settings, and the mounts that follow from them."""
    return re.sub("|".join((*map(re.escape, manager.said_in), r"--mount=\S+")), "", code)
