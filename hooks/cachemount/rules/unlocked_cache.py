"""A cache that two builds at once can break is mounted without `sharing=locked`.

Stages and builds that run at the same time then share the directory. apt, apk, dnf, zypper and pacman do not expect
that: they abort with "could not get lock", or spoil each other's files. A script may run them, as a mount on a folder
that is theirs alone tells. Of other managers, such as cargo, NuGet and Yarn 1, a mount is found only where another
stage of the file uses the same cache and neither stage waits for the other.

The repair sets `sharing=locked`, so that the second build waits. It is safe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount.facts import locations, programs
from cachemount.facts.chain import waits
from cachemount.facts.cleanups import installs_using
from cachemount.facts.context import scripts_in
from cachemount.facts.model import Facts, Mount, Step
from cachemount.findings import Finding
from cachemount.managers.model import PackageManager
from cachemount.repairs.builder import FixBuilder
from cachemount.repairs.safety.later_commands import Called, commands_of, is_system_path, runs_file
from cachemount.rules.message import finding
from cachemount.rules.model import Rule

NAME = "unlocked-cache"

# Nothing but the manager of that program keeps anything there.
_FOLDERS = {
    "/etc/apk/cache": "apk",
    "/var/cache/apk": "apk",
    "/var/cache/apt": "apt-get",
    "/var/cache/dnf": "dnf",
    "/var/cache/pacman/pkg": "pacman",
    "/var/cache/yum": "dnf",
    "/var/cache/zypp": "zypper",
    "/var/lib/apt": "apt-get",
    "/var/lib/apt/lists": "apt-get",
}


# What a cache is filled with first: with something else it is another one.
_BEGIN = ("from", "source")


def check(facts: Facts) -> Iterator[Finding]:
    for step in facts.mounted:
        for mount in step.caches:
            # With `private`, each of two has a cache of its own.
            if _sharing(mount) in ("locked", "private") or "$" in _sharing(mount) or mount.flag.problem:
                continue
            managers = [install.manager for install, _ in installs_using(step, mount) if install.manager.system]
            if not managers and not step.installs and (manager_of_script := _used_by_script(facts, step, mount)):
                managers = [manager_of_script]
            if managers and _is_only_read(facts, mount, managers[0]):
                continue
            if managers:
                manager, why = managers[0], "two builds at once can break it"
                identity = "two builds at once spoil it"
            else:
                found = _broken_by(facts, step, mount)
                if found is None:
                    continue
                manager, line = found
                why = identity = f"the step in line {line} can run at the same time and break it"
            builder = FixBuilder(facts)
            builder.editable(step)
            builder.option(mount, "sharing", "locked")
            lacks = f"{manager.name}'s cache mount on {mount.flag.target} lacks sharing=locked"
            yield finding(
                NAME,
                f"{lacks}: {why}",
                step,
                mount.flag.span,
                manager=manager.name,
                fix=builder.fix("lock the cache"),
                note=builder.blocked_reason,
                identity=f"{lacks}: {identity}",
            )


def _used_by_script(facts: Facts, step: Step, mount: Mount) -> PackageManager | None:
    """Return the system's manager whose own folder is mounted for a script, which runs it as far as it is known."""
    for manager in programs.managers(_FOLDERS.get(mount.target or "", ""))[:1]:
        texts = _scripts(facts, step)
        installs = any(re.search(manager.installs_in_script, f"\n{one}") for one in texts or ())
        # One that the repository has not is of the image.
        if installs or texts is None:
            return manager
    return None


def _scripts(facts: Facts, step: Step) -> list[str] | None:
    """Return the texts of the scripts that a step runs; None where it runs some and the repository has none."""
    called = commands_of(step)
    texts = scripts_in(facts.dockerfile.source.context, [runs_file(one) or one.path for one in called])
    return None if not texts and any(map(_is_script, called)) else texts


def _is_only_read(facts: Facts, mount: Mount, manager: PackageManager) -> bool:
    """Return whether a mount begins with the index of an image, and no step of the file writes to it."""
    places = [one.narrower_target for one in manager.caches if one.index and one.narrower_target]
    if "from" not in mount.flag.options or not any(locations.below(mount.target or "", place) for place in places):
        return False
    return not any(
        _begins_alike(mount, one) and _may_fetch_index(facts, step, manager)
        for step in facts.mounted
        for one in step.caches
    )


def _begins_alike(one: Mount, other: Mount) -> bool:
    """Return whether two mounts are of one cache, which begins with the same folder of an image."""
    return _is_same(one, other) and all(one.flag.options.get(name) == other.flag.options.get(name) for name in _BEGIN)


def _may_fetch_index(facts: Facts, step: Step, manager: PackageManager) -> bool:
    scripts = _scripts(facts, step)
    fetched = re.compile("|".join(filter(None, (manager.index_fetched, manager.run_by))))
    text = step.run.script.text or step.instruction.arguments.text
    return scripts is None or any(fetched.search(one) for one in (text, *scripts))


def _is_script(called: Called) -> bool:
    path = runs_file(called) or called.path
    return "/" in path and not is_system_path(path)


def _sharing(mount: Mount) -> str:
    return mount.flag.options.get("sharing", "").lower()


def _broken_by(facts: Facts, step: Step, mount: Mount) -> tuple[PackageManager, int] | None:
    """Return the manager whose cache another step of the file can break, and that step's line: both run at once."""
    manager = _fragile(step, mount)
    if manager is None:
        return None
    for other in facts.mounted:
        if waits(facts, step.stage, other.stage) or waits(facts, other.stage, step.stage):
            continue
        if _have_same_lock(step, other):
            continue
        if any(_is_same(mount, one) and _fragile(other, one) is manager for one in other.caches):
            return manager, facts.dockerfile.source.position(other.instruction.span.start).line
    return None


def _have_same_lock(step: Step, other: Step) -> bool:
    """Return whether two steps lock one cache, whatever it holds: then they never run at once."""
    mine, theirs = ([mount for mount in one.caches if _sharing(mount) == "locked"] for one in (step, other))
    return any(_is_same(one, another) for one in mine for another in theirs)


def _is_same(one: Mount, other: Mount) -> bool:
    name, other_name = (mount.flag.options.get("id") or mount.target for mount in (one, other))
    return name is not None and name == other_name and "$" not in name


def _fragile(step: Step, mount: Mount) -> PackageManager | None:
    """Return the manager that fills a cache which two at once can break: no lock of its own covers it."""
    if _sharing(mount) not in ("", "shared"):
        return None
    for install, directory in installs_using(step, mount):
        manager = install.manager
        if manager.sharing != "locked" or manager.system or directory.cache.shareable or install.reader:
            continue
        locks = [locations.expand(template, install.variables)[0] for template in manager.own_lock]
        if not any(lock and mount.target and locations.below(lock, mount.target) for lock in locks):
            return manager
    return None


RULE = Rule(name=NAME, check=check)
