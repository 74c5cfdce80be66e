"""Who makes the setting that keeps downloads: the step's user, or sudo."""

from __future__ import annotations

import re

from cachemount.dockerfile.model import Stage
from cachemount.facts import retention
from cachemount.facts.model import Facts, Install, Step
from cachemount.managers.model import PackageManager, Retention


def missing_lines(facts: Facts, install: Install, keep: Retention) -> tuple[str, ...]:
    """Return the lines of the setting's step without those for what the file has done already."""
    missing = [*retention.missing_settings(facts, install)]
    removed = any(one.removes for one in install.manager.retentions) and not any(one.removes for one in missing)
    kept = any(retention.is_said(facts, install, one) for one in install.manager.retentions if one.programs)
    in_part = bool(keep.step_beside) and facts.memo(_is_mounted_in_part, install.step.stage, install.manager)
    step = keep.step_beside if in_part else keep.step
    lines = tuple(line for line in step if not (line.startswith("rm ") if removed else kept and " > " in line))
    return (*lines[:-1], lines[-1].rstrip(";"))


def _is_mounted_in_part(facts: Facts, stage: Stage, manager: PackageManager) -> bool:
    """Return whether a mount of a step on the same image holds packages, and not the folder above them.

    One setting serves all stages that are built on that image.
    """
    return any(
        one.cover is not None
        and one.cover.is_cache
        and one.cover.target in one.cache.substitutes
        and not one.cache.index
        for step in facts.mounted
        if step.stage.file is stage.file and step.stage.lineage()[0] is stage.lineage()[0]
        for install in step.installs
        if install.manager is manager
        for one in install.directories
    )


def first_place(facts: Facts, install: Install, keep: Retention) -> Install:
    """Return the first install that a setting for good can stand in front of: it holds for all after it."""
    first = retention.first_step(facts, install.step, install.manager)
    found = next(one for one in first.installs if one.manager is install.manager)
    if first is install.step or found.command.conditional or not found.command.editable or first.script.errors:
        return install
    between = facts.dockerfile.source.text[first.instruction.span.start : install.command.span.start]
    undone = bool(keep.undone_by) and re.search(keep.undone_by, between) is not None
    return install if undone or not as_root(first) or first.instruction.onbuild else found


def as_root(step: Step) -> bool:
    """Return whether a step runs as root; sudo in it tells that it may not, where the image's user is not known."""
    environment = step.environment
    is_known = environment.base is not None and environment.base.user != ""
    return environment.user in ("", "root", "0") and (is_known or not by_sudo(step))


def by_sudo(step: Step) -> bool:
    return any("sudo" in install.command.wrappers for install in step.installs)


def with_sudo(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines for a user who may sudo: tee does the redirections."""
    return tuple(_through_tee(line) if re.search(r" >>? ", line) else f"sudo {line}" for line in lines)


def _through_tee(line: str) -> str:
    """Return the line with its redirection done by tee."""
    written = re.sub(r" > (\S+)$", r" | sudo tee \1 > /dev/null", line)
    return re.sub(r" >> (\S+)$", r" | sudo tee -a \1 > /dev/null", written)
