"""Homes that are copied to another stage as a whole: for what is installed there, and not for a cache."""

from __future__ import annotations

import re

from cachemount.facts.model import Facts, Step
from cachemount.managers.model import PackageManager

# What takes packages out of a cache without asking for others, or runs programs out of it.
_FROM_CACHE = (
    r"(?i)offline|no[-_]index|find[-_]links|--cache-only|\b(?:npx|pipx|uvx|bunx|dlx)\b|\b(?:npm|yarn|pnpm) (?:exec|x)\b"
    r"|--network=none"
)
_HOME = "$HOME/"


def is_home_alone(facts: Facts, step: Step, manager: PackageManager, path: str) -> bool:
    """Return whether a path is the home of the step's user, and nothing in the file tells that its cache is needed."""
    mine = [install for install in step.installs if install.manager is manager]
    homes = {install.home for install in mine}
    prefetches = any(install.download.only_prefetches or install.download.verb_is_program for install in mine)
    if homes != {path} or path == "/" or manager.system or prefetches:
        return False
    return not facts.says(_FROM_CACHE) and not facts.memo(_is_named, manager)


def _is_named(facts: Facts, manager: PackageManager) -> bool:
    """Return whether a file says where in a home the manager has its caches, or names a folder with all of them."""
    places = (one for cache in manager.caches for one in cache.locations if one.startswith(_HOME))
    for place in places:
        whole = place.removeprefix(_HOME)
        above = whole.partition("/")[0]
        # `.cache/Cypress` is no place of npm's.
        # A pattern of the shell, or `./`, may be any of its folders.
        ends = rf"{re.escape(whole)}(?![\w-])|{re.escape(above)}(?:/?(?![\w./-])|/[\w.-]*[*?\[{{$]|/\.)"
        if facts.says(rf"(?<![\w.-])(?:{ends})"):
            return True
    return False
