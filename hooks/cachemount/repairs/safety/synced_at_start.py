"""An image that brings its environment up to date when it starts: it builds its project anew, out of the cache.

`uv run` compares the time at which pyproject.toml was changed with the one in the environment. That is another one
where the image was pulled, so the project is built again, and what builds it is taken from the cache, or downloaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount import reasons
from cachemount.facts import cache_switches
from cachemount.facts.cleanups import cleanups_of
from cachemount.facts.invocations import set_to
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.patterns import compiled
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import images_commands

# The project is a package, or takes one from a folder.
_IS_BUILT = late(r"(?m)^\s*\[build-system\]|^\s*package\s*=\s*true|\b(?:workspace\s*=\s*true|path\s*=\s*[\"'])")


def synced_at_start(facts: Facts, step: Step, manager: PackageManager) -> Iterator[Withheld]:
    """Yield the reason to leave in the image what a step caches and the image needs to build its project again."""
    if not manager.synced_at_start or not any(_builds(facts, step, one) for one in step.installs):
        return
    projects = [one.text for one in facts.dockerfile.source.context if one.path.endswith("pyproject.toml")]
    if projects and not any(map(_IS_BUILT.search, projects)):
        return
    for _rank, instruction, words in images_commands(step.stage):
        variables = facts.environments[id(instruction)].variables
        if set_to(manager.synced_unless, variables):
            continue
        if command := _syncs(facts, manager, words):
            line = facts.dockerfile.source.position(instruction.span.start).line
            yield reasons.SYNCED_AT_START.about(
                keyword=instruction.keyword, line=line, command=command, manager=manager.name
            )
            return


def _builds(facts: Facts, step: Step, install: Install) -> bool:
    """Return whether an install builds the project, and leaves in the image what it was built with."""
    manager = install.manager
    line = " ".join((*install.verb, *(argument.known for argument in install.arguments)))
    if not manager.builds_project or not compiled(manager.builds_project).search(line):
        return False
    if any(cache_switches.disabling_switches(facts, install)):
        return False
    return not any(cleanups_of(step, install.directories, [manager]))


def _syncs(facts: Facts, manager: PackageManager, words: list[str]) -> str:
    """Return the command of the image, or of a script that it runs, that brings the environment up to date."""
    pattern = compiled(manager.synced_at_start)
    from cachemount.facts.context import scripts_in

    scripts = scripts_in(facts.dockerfile.source.context, words)
    found = (match for text in (" ".join(words), *scripts) if (match := pattern.search(text)))
    match = next(found, None)
    return re.sub(r"\s+", " ", match[0]) if match else ""
