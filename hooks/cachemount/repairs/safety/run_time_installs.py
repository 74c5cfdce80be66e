"""What an image runs that installs packages with the manager: without a mount, they would stay in each container."""

from __future__ import annotations

from cachemount.dockerfile.model import Stage
from cachemount.facts import chain
from cachemount.facts.model import Facts
from cachemount.managers.model import PackageManager
from cachemount.repairs.safety.container_features import is_on
from cachemount.repairs.safety.later_commands import images_commands
from cachemount.repairs.safety.texts_at_start import texts_at_start
from cachemount.repairs.safety.unnamed_scripts import installs_packages
from cachemount.source import ContextFile, Elsewhere


def installed_at_run_time(facts: Facts, stage: Stage, manager: PackageManager) -> int | None:
    """Return the line, counted from 1, of what the image of a stage runs that installs packages; None without one."""
    return facts.memo(_first_line, stage, manager)


def _first_line(facts: Facts, stage: Stage, manager: PackageManager) -> int | None:
    if not manager.installs_in_script:
        return None
    source = facts.dockerfile.source
    for _rank, instruction, words in images_commands(stage):
        environment = facts.environments.get(id(instruction))
        has_rights = environment is None or environment.user in ("", "root", "0")
        texts = texts_at_start(facts, instruction, words)
        if instruction.keyword != "HEALTHCHECK" and installs_packages(texts, manager, has_rights=has_rights):
            return source.position(instruction.span.start).line
    programs = (one for one in source.context if one.at_run_time == manager.name)
    program = next((one for one in programs if _is_of(facts, stage, one)), None)
    return Elsewhere(program.text.rstrip().count("\n") + 1, program.path) if program else None


def _is_of(facts: Facts, stage: Stage, file: ContextFile) -> bool:
    """Return whether a file is of the image that a stage becomes, or of a dev container that is made of it."""
    last = facts.dockerfile.last
    return is_on(facts, stage, file) if file.path.endswith(".json") else chain.descends(last, stage)
