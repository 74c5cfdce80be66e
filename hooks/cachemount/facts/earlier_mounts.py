"""Mounts of earlier steps that tell where an image that is not known has a cache, whatever a weaker variable says."""

from __future__ import annotations

import re

from cachemount.dockerfile.model import Instruction
from cachemount.facts import chain
from cachemount.facts.model import Directory, Mount, Step
from cachemount.managers.model import PackageManager


def mounted_before(step: Step, directory: Directory, manager: PackageManager) -> Mount | None:
    """Return the mount of a step that an earlier one had for the manager as well, before the variable was set.

    The variable in `directory.moved` is not the strongest: the image most likely has that.
    """
    setting = step.environment.settings.get(directory.moved)
    changed = setting.instruction if setting is not None else None
    if changed is None:
        return None
    targets = {one.flag.target for one in step.caches}
    programs = re.compile(rf"(?<![\w./-])(?:{'|'.join(manager.programs)})\s")
    for instruction in chain.before(step.stage, step.instruction):
        if instruction is changed:
            return None
        runs = instruction.run is not None and programs.search(instruction.run.script.text)
        if runs and (known := targets & _targets(instruction)):
            return next(one for one in step.caches if one.flag.target in known)
    return None


def _targets(instruction: Instruction) -> set[str]:
    mounts = instruction.run.mounts if instruction.run is not None else ()
    return {one.target for one in mounts if one.type == "cache"}
