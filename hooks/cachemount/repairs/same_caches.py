"""Mounts of other steps that are the same cache as one that a fix adds or moves."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from cachemount.dockerfile.images.model import written
from cachemount.dockerfile.model import Stage
from cachemount.facts import chain, locations
from cachemount.facts.cleanups import resolved
from cachemount.facts.locations import below
from cachemount.facts.model import Directory, Facts, Install, Mount, Step
from cachemount.facts.path_use import MAKE_NOTHING, READ_NOTHING, SCRIPTED
from cachemount.facts.programs import managers
from cachemount.facts.queries import steps_related
from cachemount.facts.unmounted import misplaced, misplaced_parts, uncovered, unmounted_installs
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.repairs.safety.step_conflicts import clashes
from cachemount.repairs.text_edits import CacheMount
from cachemount.shell.model import Command, Word

# Verbs of managers that work on what is installed, and take nothing from a folder that is not their cache.
_OF_INSTALLED = frozenset({
    "audit", "check", "dedupe", "freeze", "list", "ls", "outdated", "prune", "rebuild", "show", "version",
})  # fmt: skip
# They have a command that runs a script of the project.
_RUN_SCRIPTS = frozenset({"npm", "pnpm", "yarn"})
# They take nothing from another folder of the home than their cache.
_USE_CACHE_ALONE = frozenset({"pip"})
_OPENS = late(r"\b(?:chmod|chown|setfacl|sudo|usermod)\b[^;&|\n]*(?:\s|=)/root(?![\w.-])|\bsudo\b")
_STAY = frozenset({"cd", "echo", "export", "set"})
# What virtualenv keeps for itself serves nothing but the next run of it.
_FILL_NOTHING = READ_NOTHING | {".", "source", "virtualenv"}
# They write where they are told to, or in the working directory.
_FILL_WHAT_IS_NAMED = (MAKE_NOTHING - SCRIPTED) | {"", "curl", "unzip", "wget"}


def mounted_alike(facts: Facts, step: Step, directory: Directory) -> Mount | None:
    """Return the cache mount in which a related step keeps the same store: another mount would be another cache."""
    if directory.cache.kind != "store" or directory.path is None:
        return None
    return facts.memo(_covers, step.stage).get(directory.path)


def _covers(facts: Facts, stage: Stage) -> dict[str, Mount]:
    """Return the first cache mount of related steps on each directory that one keeps its downloads in."""
    found: dict[str, Mount] = {}
    for step in steps_related(facts, stage):
        for install in step.installs if step.caches else ():
            for one in install.directories:
                if one.path is not None and one.cover is not None and one.cover.is_cache:
                    found.setdefault(one.path, one.cover)
    return found


def mounted_above(facts: Facts, step: Step, install: Install, directory: Directory) -> Mount | None:
    """Return the cache mount of another step that has the directory in it, where it may stand in this step as well.

    It may where the step does nothing but install, and puts nothing else below the mount's target.
    """
    if install.manager.system or directory.path is None:
        return None
    found = facts.memo(_mounts_above, install.manager, directory.path)
    if found is None and directory.cache.kind == "store":
        found = _mounted_by_others(facts, step, install.manager, directory.path)
    if found is None or found.target is None:
        return None
    from cachemount.facts.needed import installed_below

    installs = {id(one.command) for one in step.installs}
    others = [one for one in step.commands if id(one) not in installs]
    named = posixpath.basename(found.target) in step.run.script.text or below(
        step.environment.workdir or "/", found.target
    )
    named = named or any(_may_name(step, one, found.target) for one in others)
    quiet = _FILL_NOTHING if named else _FILL_NOTHING | _FILL_WHAT_IS_NAMED
    keeps = all(one.program in quiet for one in others) and next(clashes(step, found.target), None) is None
    fills = any(installed_below(facts, one, found.target) is not None for one in step.installs)
    return found if keeps and not fills and lets_write(found, install) else None


def _may_name(step: Step, command: Command, target: str) -> bool:
    """Return whether a command works in a folder above the target, or has a word that may be one, as `-C ~`."""
    if command.program in _FILL_NOTHING:
        return False
    for given in (".", *(one.known or _known_folder(one) for one in command.words[1:])):
        # `-C/root`, `--directory=/root`; tar takes names that begin with a slash as they are where it is told to.
        word = given[given.index("/") :] if given.startswith("-") and "/" in given else given
        if command.program == "tar" and "P" in given.partition("=")[0]:
            return True
        place = resolved(word, command, step)
        if place is None or "~" in word or "$" in word or "*" in word or below(target, place):
            return True
    return False


def _known_folder(word: Word) -> str:
    """Return the folder that a word begins with, whatever follows; "$" where it begins with what is not known."""
    first = next(iter(word.parts), None)
    folder, slash, _ = first.rpartition("/") if isinstance(first, str) else ("", "", "")
    return f"{folder}/" if slash else "$"


def _mounts_above(facts: Facts, manager: PackageManager, path: str) -> Mount | None:
    """Return the first of the cache mounts above a directory in which steps keep it, where all are on one target."""
    found = [
        one.cover
        for step in facts.mounted
        for install in step.installs
        if install.manager is manager
        for one in install.directories
        if one.path in (path, None) and one.cover is not None and one.cover.is_cache
        # A variable may move the first; a mount above the usual place is for that.
        if one.path or (one.cover.target and below(path, one.cover.target))
    ]
    first = found[0] if found else None
    if first is None or first.flag.options.get("from"):
        return None
    if first.target is None or first.target == path or not below(path, first.target):
        return None
    return first if len({one.target for one in found}) == 1 else None


def _mounted_by_others(facts: Facts, step: Step, manager: PackageManager, path: str) -> Mount | None:
    """Return a mount on a store's folder in a later step that runs the manager by another program, as make does."""
    later = (
        other
        for other in steps_related(facts, step.stage)
        if other.caches
        and other.instruction.span.start > step.instruction.span.start
        and chain.descends(other.stage, step.stage)
        and not any(install.manager is manager for install in other.installs)
    )
    folder = posixpath.dirname(path)
    mounts = (mount for other in later for mount in other.caches if mount.target == folder)
    return next((mount for mount in mounts if not mount.flag.options.get("from")), None)


def lets_write(mount: Mount, install: Install) -> bool:
    """Return whether the user of an install can write to a mount like one that is there."""
    options = mount.flag.options
    world = re.fullmatch(r"[0-7]*[2367]", options.get("mode", "")) is not None
    return install.root or world or (install.uid is not None and options.get("uid") == written(install.uid))


def same_mount(mount: Mount, target: str) -> CacheMount:
    """Return a mount like one that is there; the id is added where it is needed."""
    options = mount.flag.options
    uid, gid = (int(options[key]) if options.get(key, "").isdigit() else None for key in ("uid", "gid"))
    sharing, mode = options.get("sharing") or "shared", options.get("mode", "")
    return CacheMount(target=target, sharing=sharing, uid=uid, gid=gid, mode=mode)


def mounts_on(facts: Facts, step: Step, target: str) -> list[Mount]:
    """Return the cache mounts that related steps have on the target."""
    return facts.memo(_by_target, step.stage).get(target, [])


def same_id(facts: Facts, name: str) -> list[Mount]:
    """Return the cache mounts of the file that have an id, which is the target where none is written."""
    return facts.memo(_by_id).get(name, [])


def _by_id(facts: Facts) -> dict[str | None, list[Mount]]:
    found: dict[str | None, list[Mount]] = {}
    for step in facts.mounted:
        for mount in step.caches if step.stage.file is None else ():
            found.setdefault(mount.flag.options.get("id") or mount.target, []).append(mount)
    return found


def _by_target(facts: Facts, stage: Stage) -> dict[str | None, list[Mount]]:
    found: dict[str | None, list[Mount]] = {}
    for step in steps_related(facts, stage):
        for mount in step.caches:
            found.setdefault(mount.target, []).append(mount)
    return found


def sharing_cache(facts: Facts, step: Step, mount: Mount, manager: PackageManager) -> Iterator[tuple[Step, Mount]]:
    """Yield the mounts of other steps that are one cache with this one, where what uses them is not known."""
    known = facts.memo(_known, manager)
    for other_step, other in facts.memo(_by_identity).get(_identity(mount), ()):
        if other_step is not step and id(other) not in known:
            yield other_step, other


def _known(facts: Facts, manager: PackageManager) -> frozenset[int]:
    """Return the `id` of mounts that an install uses, or that were meant for one of a manager."""
    known = {id(gap.mount) for gap in unmounted_installs(facts) if gap.manager is manager}
    for step in facts.steps:
        known |= {id(directory.cover) for install in step.installs for directory in install.directories}
        for _, directory in uncovered(step, manager) if step.mounts else ():
            known.add(id(misplaced(step, directory, manager)))
            known |= {id(one) for one in misplaced_parts(step, directory, manager).values()}
    return frozenset(known)


def _by_identity(facts: Facts) -> dict[str, list[tuple[Step, Mount]]]:
    found: dict[str, list[tuple[Step, Mount]]] = {}
    for step in facts.steps:
        for mount in step.caches:
            found.setdefault(_identity(mount), []).append((step, mount))
    return found


def takes_nothing(other: Step, install: Install, target: str) -> bool:
    """Return whether another step only does work of the manager that takes nothing from a folder beside its cache.

    What a script of package.json runs may read any folder, but for one in the home that is named as the manager's own.
    Nothing of another user than root comes into root's home.
    """
    if other.environment.uid not in (0, None) and below(target, "/root") and not _OPENS.search(_earlier(other)):
        return True
    manager = install.manager
    runs = manager.name in _RUN_SCRIPTS and _is_own_folder(install, target) and _is_alone(install.step, manager)
    return all(
        (command.program in _STAY and runs)
        or (
            manager in managers(command.program)
            and (runs or any(word.text in _OF_INSTALLED for word in command.words[1:2]))
            and not command.outputs
        )
        for command in other.commands
    )


def serves(other: Step, mount: Mount, install: Install, directory: Directory) -> bool:
    """Return whether another step's mount is where the cache is there, so that it stays when this step's mount moves.

    This step does nothing but install: it takes nothing from a mount that its install does not use.
    """
    return _place(other, directory) == mount.target is not None and _is_alone(install.step, install.manager)


def moves_too(other: Step, install: Install, directory: Directory, target: str) -> bool:
    """Return whether another step only installs with the manager, which keeps its cache on the target there as well."""
    manager = install.manager
    alone = all(one.program in READ_NOTHING or manager in managers(one.program) for one in other.commands)
    return alone and manager.name in _USE_CACHE_ALONE and _place(other, directory) == target


def _place(step: Step, directory: Directory) -> str | None:
    """Return where the cache is in a step, by its variables; None where that is not known."""
    environment = step.environment
    variables = {**environment.variables, "HOME": environment.home, "ACCOUNT_HOME": environment.account_home}
    return locations.directory(directory.cache, (), variables, workdir=None, root=environment.uid == 0).path


def _earlier(step: Step) -> str:
    """Return the text of the steps up to this one that may change who comes into a folder."""
    found = (*chain.before(step.stage, step.instruction), step.instruction)
    return "\n".join(one.arguments.text for one in found if one.run is not None)


def _is_own_folder(install: Install, target: str) -> bool:
    """Return whether a folder of the home, which is not the project's, has the name of the install's manager."""
    home, name = posixpath.split(target)
    environment = install.step.environment
    return environment.home == home != environment.workdir and name.startswith(f".{install.manager.name}")


def _is_alone(step: Step, manager: PackageManager) -> bool:
    """Return whether a step runs nothing but a manager, so that nothing else has filled its mounts."""
    return all(one.program in _STAY or manager in managers(one.program) for one in step.commands)


def _identity(mount: Mount) -> str:
    return mount.flag.options.get("id") or mount.flag.target.rstrip("/")


def option_value(options: Mapping[str, str], key: str) -> str:
    """Return a mount's uid or gid as BuildKit takes it."""
    return options.get(key, "0" if key in ("uid", "gid") else "")
