"""Where a program keeps what it downloads, as the distribution's own package of it is told."""

from __future__ import annotations

import re

from cachemount.dockerfile.model import Dockerfile
from cachemount.facts.model import Step
from cachemount.facts.patterns import compiled
from cachemount.facts.settings import earlier, says
from cachemount.managers.model import PackageManager
from cachemount.shell.model import Command


def packaged_place(dockerfile: Dockerfile, step: Step, command: Command, manager: PackageManager) -> dict[str, str]:
    """Return the variable for templates with the folder of this release; nothing where the program may be another."""
    base, packaged = step.environment.base, manager.packaged
    if base is None or packaged is None:
        return {}
    release = f"{base.distribution}:{base.release}"
    place = next((place for pattern, place in packaged.places.items() if compiled(pattern).fullmatch(release)), "")
    # Most files do not install it at all, which is known without a look at each earlier step.
    if not place or not says(dockerfile.code, packaged.installed_by) or says(dockerfile.code, packaged.unless):
        return {}
    told = any(re.search(packaged.installed_by, text) for text in earlier(dockerfile, step, command))
    return {packaged.variable: place} if told else {}
