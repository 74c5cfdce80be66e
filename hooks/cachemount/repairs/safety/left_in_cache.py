"""Whether a step as it is written leaves anything in the caches of its installs."""

from __future__ import annotations

from collections.abc import Collection

from cachemount.facts.cache_switches import disabling_switches
from cachemount.facts.cleanups import cleanups_of
from cachemount.facts.model import Directory, Facts, Install, Step
from cachemount.managers.model import PackageManager


def empties_after(step: Step, directories: Collection[Directory], manager: PackageManager) -> bool:
    """Return whether the step empties these caches after its last install of the manager."""
    installs = _mine(step, manager)
    end = max((install.command.span.end for install in installs), default=0)
    return bool(installs) and any(
        one.command.span.start > end and not one.command.conditional
        for one in cleanups_of(step, directories, [manager])
    )


def switches_off(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether all installs of the manager are told to keep nothing."""
    installs = _mine(step, manager)
    return bool(installs) and all(any(disabling_switches(facts, install)) for install in installs)


def leaves_something(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether the image may have something in a cache of the manager by this step, which has no mount there."""
    directories = [one for install in _mine(step, manager) for one in install.directories if one.cover is None]
    return (
        bool(directories) and not empties_after(step, directories, manager) and not switches_off(facts, step, manager)
    )


def _mine(step: Step, manager: PackageManager) -> list[Install]:
    return [install for install in step.installs if install.manager is manager and not install.reader]
