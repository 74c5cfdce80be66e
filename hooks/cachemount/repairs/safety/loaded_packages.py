"""Packages of which a program reads files in the store where it runs: a shared library, a dictionary."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from cachemount import reasons
from cachemount.facts.context import takes
from cachemount.facts.model import Facts, Install, Step
from cachemount.managers.model import Loaded, PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.of_image import is_of_image


def loaded_from_store(facts: Facts, step: Step, manager: PackageManager) -> Iterator[Withheld]:
    """Yield why what runs in the image may need the store that a step of its chain fills.

    It is asked of the project that is built, and of what the step itself names.
    """
    mine = [one for one in step.installs if one.manager is manager]
    for kind in manager.loaded if is_of_image(facts, step) else ():
        counts = any(_counts(facts, one, kind) for one in mine)
        for where, package in _named(facts, step, mine, kind) if counts else ():
            yield reasons.LOADED_FROM_STORE.about(where=where, package=package, what=kind.what, manager=manager.name)


def _counts(facts: Facts, install: Install, kind: Loaded) -> bool:
    off = any(install.variables.get(name) == value for name, value in kind.unless_set.items())
    return not off and not (kind.unless and facts.says(kind.unless))


def _named(facts: Facts, step: Step, mine: list[Install], kind: Loaded) -> Iterator[tuple[str, str]]:
    """Yield where packages are named, and their names."""
    pattern = rf"(?<![\w./-]){kind.packages}(?![\w-])"
    if found := re.search(pattern, step.run.script.text):
        yield f"line {facts.dockerfile.source.position(step.instruction.span.start).line}", found[0]
    if all(one.download.installs_program for one in mine):
        return
    for one in facts.dockerfile.source.context:
        if posixpath.basename(one.path) == kind.file and takes(facts.dockerfile.code, one.path):
            # One that only the tests of others need may be named there, too.
            for match in re.finditer(rf"(?m)^[ \t]*(?:require[ \t]+)?({pattern})\S*[ \t]", one.text):
                yield one.path, match[1]
