"""Caches that two steps of a file may write at once, and that their manager's own lock does not protect.

BuildKit gives a step that does not wait for a locked cache another one:
https://github.com/moby/buildkit/blob/v0.24.0/solver/llbsolver/mounts/mount.go
"""

from __future__ import annotations

from cachemount.facts import locations
from cachemount.facts.chain import waits
from cachemount.facts.cleanups import installs_using
from cachemount.facts.model import Facts, Mount, Step
from cachemount.managers.model import PackageManager


def sharing(mount: Mount) -> str:
    """Return how a mount says that its cache is shared, in lower case; "" where it does not."""
    return mount.flag.options.get("sharing", "").lower()


def is_shared(mount: Mount) -> bool:
    """Return whether several steps may write a mount's cache at once."""
    return sharing(mount) in ("", "shared")


def cache_of(mount: Mount) -> str:
    """Return the name of a mount's cache; "" where it is not known."""
    name = mount.flag.options.get("id") or mount.target or ""
    return "" if "$" in name else name


def run_at_once(facts: Facts, step: Step, other: Step) -> bool:
    """Return whether two steps may run at once: neither stage waits for the other, and no locked cache is of both."""
    if waits(facts, step.stage, other.stage) or waits(facts, other.stage, step.stage):
        return False
    mine, theirs = ({cache_of(mount) for mount in one.caches if sharing(mount) == "locked"} for one in (step, other))
    return not (mine & theirs - {""})


def filled_by(step: Step, mount: Mount) -> PackageManager | None:
    """Return the manager that fills a mount's cache in a step, where two at once can break it; None without one."""
    if not is_shared(mount) and sharing(mount) != "locked":
        return None
    for install, directory in installs_using(step, mount):
        manager = install.manager
        if manager.sharing != "locked" or manager.system or directory.cache.shareable or install.reader:
            continue
        locks = [locations.expand(template, install.variables)[0] for template in manager.own_lock]
        if not any(lock and mount.target and locations.below(lock, mount.target) for lock in locks):
            return manager
    return None


def unlocked_beside(facts: Facts, step: Step, cache: str) -> list[Mount]:
    """Return the mounts of a cache that do not lock it, in steps of this file that may run at once with a step."""
    return [
        mount
        for other in facts.mounted
        if other.stage.file is step.stage.file and run_at_once(facts, step, other)
        for mount in other.caches
        if cache_of(mount) == cache != "" and is_shared(mount) and filled_by(other, mount) is not None
    ]
