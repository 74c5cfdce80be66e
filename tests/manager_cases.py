"""What the cases of a manager show of it, as the facts and the findings have it: titles do not count."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount import engine
from cachemount.dockerfile.reader import read
from cachemount.facts.builder import build_facts
from cachemount.facts.locations import below, moved_by
from cachemount.facts.model import Directory, Install
from cachemount.findings import Finding
from cachemount.managers.model import Cache, PackageManager
from cachemount.source import Source
from case_files import Case

# A mount is there, and does not work.
DEFEATED = {
    "disabled-cache",
    "discarded-cache",
    "hidden-install",
    "misplaced-cache-mount",
    "packages-not-kept",
    "unlocked-cache",
    "unmounted-store",
    "unwritable-cache",
}


def _installs(text: str, manager: PackageManager) -> Iterator[Install]:
    for step in build_facts(read(Source(path="Dockerfile", text=text))).steps:
        yield from (install for install in step.installs if install.manager is manager)


def _findings(case: Case, manager: PackageManager) -> list[Finding]:
    if not case.text("text"):
        return []
    return [one for one in engine.check(case.source, case.config).findings if one.manager == manager.name]


def found(case: Case, manager: PackageManager) -> bool:
    return bool(_findings(case, manager))


def clean(case: Case, manager: PackageManager) -> bool:
    """Return whether a step downloads into a mount, and the file has no findings."""
    if case.text("text"):
        return False
    return any(one.cover for install in _installs(case.text("dockerfile"), manager) for one in install.directories)


def moved(case: Case, manager: PackageManager) -> bool:
    """Return whether a mount serves a cache that is not at its default place, before or after the repair."""
    return any(
        one.cover and mover(install, one)
        for text in (case.text("dockerfile"), case.fixed)
        for install in _installs(text, manager)
        for one in install.directories
    )


def defeated(case: Case, manager: PackageManager) -> bool:
    named = any(f"[{rule}]" in case.text("text") for rule in DEFEATED)
    return named and any(one.rule in DEFEATED for one in _findings(case, manager))


def repaired(case: Case, manager: PackageManager) -> bool:
    """Return whether a safe repair of one of the manager's own findings stands in the case."""
    fixed = "dockerfile fixed" in case.blocks
    return fixed and any(one.fix is not None and one.fix.safe for one in _findings(case, manager))


def mover(install: Install, directory: Directory) -> str:
    """Return what moved the cache: a variable, a flag, a command, or the home of another user; "" if nothing did."""
    homes = {install.home, install.variables.get("ACCOUNT_HOME")} - {None, "/root"}
    at_home = directory.path and any(below(directory.path, home) for home in homes if home)
    return directory.moved or ("HOME" if at_home else "")


def ways(manager: PackageManager) -> set[str]:
    """All that moves a cache of the manager or switches it off: variables, flags, expressions on commands."""
    found = {*manager.off_flags, *manager.off_variables, *manager.off_settings}
    for cache in manager.caches:
        templates = (*cache.locations, *cache.root_locations)
        found |= {*cache.flags, *cache.settings, *(name for name in map(moved_by, templates) if name)}
    return found


def shown(case: Case, manager: PackageManager) -> Iterator[str]:
    """Of the ways, those that the case has."""
    text = case.text("dockerfile")
    for install in _installs(text, manager):
        arguments = [argument.text for argument in install.arguments]
        yield from (flag for flag in manager.off_flags if flag in arguments)
        for name, pattern in manager.off_variables.items():
            if re.fullmatch(pattern, install.variables.get(name) or ""):
                yield name
        yield from (pattern for pattern in manager.off_settings if re.search(pattern, text))
        for one in install.directories:
            yield from _moved_by(one, one.cache)


def _moved_by(directory: Directory, cache: Cache) -> Iterator[str]:
    if directory.moved:
        yield directory.moved
        yield from (pattern for pattern in cache.settings if re.search(pattern, directory.moved))
