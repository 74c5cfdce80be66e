"""Images of several distributions by one name: they have other packages under the same names, in one cache."""

from __future__ import annotations

import re

from cachemount import reasons
from cachemount.facts.model import Facts, Install
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld


def mixed_packages(facts: Facts, install: Install) -> Withheld | None:
    """Return why the mount of an image by an argument may be that of another distribution's packages as well."""
    environment, manager = install.step.environment, install.manager
    if environment.base is not None or "$" not in environment.image or not facts.memo(_has_other_image, manager):
        return None
    return reasons.MIXED_PACKAGES.about(image=environment.image, manager=install.program)


def _has_other_image(facts: Facts, manager: PackageManager) -> bool:
    """Return whether a stage begins with an image whose packages are others under the names of the usual ones."""
    names = (word for stage in facts.dockerfile.stages for word in stage.instruction.operands[:1])
    return any(re.search(manager.other_repositories, name) for name in names)
