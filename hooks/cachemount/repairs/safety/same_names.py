"""Packages that change under one name: a manager that goes by the name takes the old one out of its cache."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from cachemount import reasons
from cachemount.facts import chain
from cachemount.facts.invocations import operands
from cachemount.facts.model import Facts, Install
from cachemount.facts.settings import program_and_any_image
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import shortened


def same_names(facts: Facts, install: Install) -> Iterator[Withheld]:
    """Yield the reasons why the packages in a mount may be others than those which an install asks for."""
    manager = install.manager
    if install.reader:
        return
    image = program_and_any_image(install)
    for place, unversioned in manager.taken_by_name.items():
        if not re.search(place, image):
            continue
        for word in operands(manager, install.arguments):
            text, raw = word.text or word.word.raw, word.word.raw
            # A variable in the name of a file is its version.
            if "$" not in raw.rpartition("/")[2] and re.fullmatch(unversioned, text.strip("\"'")):
                yield reasons.NO_VERSION.about(address=text, manager=install.program)
                return
    if manager.own_repository[1] and (words := _own_repository(facts, install)):
        yield reasons.OWN_REPOSITORY.about(words=words, manager=install.program)
    if manager.other_repositories and facts.memo(_other_image, manager):
        name = install.step.environment.image
        if "$" in name and install.step.environment.base is None:
            yield reasons.MIXED_PACKAGES.about(image=name, manager=install.program)


def _own_repository(facts: Facts, install: Install) -> str:
    """Return the words that make or name a repository of packages which the build makes; "" for none."""
    makes, names = install.manager.own_repository
    text, step = facts.dockerfile.source.text, install.step
    if not re.search(makes, text[: install.command.span.start]):
        return ""
    earlier = (text[one.span.start : one.span.end] for one in chain.before(step.stage, step.instruction))
    own = text[step.instruction.span.start : install.command.span.end]
    if match := re.search(names, "\n".join((*earlier, own))):
        return shortened(match[0])
    for file, pattern in install.manager.own_repository_in.items():
        for one in facts.dockerfile.source.context:
            if posixpath.basename(one.path).lower() == file and (match := re.search(pattern, one.text)):
                return shortened(match[0])
    return ""


def _other_image(facts: Facts, manager: PackageManager) -> bool:
    """Return whether a stage begins with an image whose packages are others under the names of the usual ones."""
    names = (word for stage in facts.dockerfile.stages for word in stage.instruction.operands[:1])
    return any(re.search(manager.other_repositories, name) for name in names)
