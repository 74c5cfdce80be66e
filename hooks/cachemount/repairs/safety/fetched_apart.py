"""Packages that a command only fetches, into a folder that it names itself: the folder is what it is meant to make."""

from __future__ import annotations

from cachemount.facts import chain
from cachemount.facts.model import Facts, Install, Step
from cachemount.managers.model import PackageManager


def fetches_apart(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether a step fetches packages into a folder of their own, and no install takes them from there."""
    mine = [one for one in step.installs if one.manager is manager and one.download.only_prefetches]
    return any(_is_apart(facts, one) for one in mine)


def _is_apart(facts: Facts, fetch: Install) -> bool:
    places = {one.path for one in fetch.directories if one.moved in one.cache.flags}
    return bool(places) and not any(
        install.manager is fetch.manager
        and not install.download.only_prefetches
        and any(directory.path in places for directory in install.directories)
        for step in facts.steps
        if chain.descends(step.stage, fetch.step.stage)
        for install in step.installs
        if install.command.span.start > fetch.command.span.start
    )
