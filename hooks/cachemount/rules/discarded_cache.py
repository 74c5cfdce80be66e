"""A step empties the cache that it mounts.

What is in a cache mount is never part of the image, so emptying it saves nothing; it only makes the next build download
everything again.

The repair drops the command, or only the argument at fault where the command has others; a manager that would trust the
index that then stays for hours is told to ask for a newer one. It is safe, unless the command stands before the
install, which it may be meant to let build or fetch anew, or no package manager is known to use the mount. Where the
image is not known and `apt-get clean` goes, apt is told to keep packages in a folder that no hook of an image empties.

A removal under a test of a file in the mount is how a folder is kept up to date, and is left alone; so is one after
which the step copies into the folder. Nor is one told that an argument or another file decides on, or that is all that
its step does: both empty the mount on purpose.

A script of the repository that the step runs may empty the mount as well: where its command runs in any case, there is
a finding without a repair, which names its line.

`uv cache prune --ci` is left alone: it keeps what uv has built, which is what a mount that a workflow saves is for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from cachemount import reasons
from cachemount.facts import programs, retention
from cachemount.facts.cleanups import Cleanup, cleanups_of, installs_using
from cachemount.facts.locations import tails
from cachemount.facts.meant_cleanups import is_meant, only_cleans
from cachemount.facts.model import Directory, Facts, Install, Mount, Step
from cachemount.facts.mount_owners import emptied_by_tools, owners
from cachemount.facts.scripted import Part, parts, script_installs
from cachemount.facts.unmounted import other_variants
from cachemount.findings import Finding
from cachemount.managers import MANAGERS
from cachemount.managers.model import Cache, PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs import cleanup_edits, download_edits, mount_edits
from cachemount.repairs.builder import FixBuilder
from cachemount.repairs.built_apart import keep_builds_apart
from cachemount.rules.message import finding
from cachemount.rules.model import Rule

NAME = "discarded-cache"


def check(facts: Facts) -> Iterator[Finding]:
    for step in facts.mounted:
        if not step.caches:
            continue
        yield from _in_scripts(facts, step)
        own = [mount for mount in step.caches if not installs_using(step, mount) and not _is_of_manager(mount)]
        directories, managers = _mounted(facts, step, own)
        emptied = cleanups_of(step, directories, managers)
        others = cleanups_of(step, [_plain(mount) for mount in own], ())
        if only_cleans(step, (*emptied, *others)):
            continue
        found = [one for one in emptied if not one.selective and not is_meant(facts, step, one)]
        builder = _builder(facts, step, found, managers)
        groups = [*_groups(facts, step, own)] if builder.blocked_reason else []
        # What stands in the way may be about one manager.
        for some, theirs in groups:
            apart = _builder(facts, step, some, theirs)
            apart.turn = step.instruction.span.start
            yield from _findings(step, some, theirs, apart)
        if not groups:
            yield from _findings(step, found, managers, builder)
        left = tuple(
            one
            for one in others
            if not any(_takes(all_of_it, one) for all_of_it in found) and not is_meant(facts, step, one)
        )
        left += tuple(one for mount in step.caches for one in emptied_by_tools(step, mount))
        builder = _builder(facts, step, left, [], [reasons.OWN_FOLDER.about()])
        yield from _findings(step, left, [], builder)


def _in_scripts(facts: Facts, step: Step) -> Iterator[Finding]:
    """Yield the commands in scripts of the repository that surely run and empty a manager's cache in a mount."""
    seen = set()
    ran: dict[int, list[tuple[Part, list[PackageManager], list[Cleanup]]]] = {}
    for part in parts(facts, step):
        mounts = [one for one in step.caches if _is_of_manager(one) or installs_using(part.step, one)]
        directories, managers = _mounted(facts, part.step, [one for one in step.caches if one not in mounts])
        emptied = cleanups_of(part.step, directories, managers)
        found = [one for one in emptied if id(one.command) in part.unit.sure and not _is_elsewhere(facts, step, one)]
        ran.setdefault(id(part.command), []).append((part, managers, found))
    for group in ran.values():
        # It may be all that the step is for.
        meant = all(only_cleans(part.step, found) for part, _, found in group)
        for part, managers, found in () if meant else group:
            for one in found:
                place = part.place(one.command)
                if one.selective or place in seen or is_meant(facts, part.step, one):
                    continue
                seen.add(place)
                yield _in_script(step, part, one, managers)


def _is_elsewhere(facts: Facts, step: Step, cleanup: Cleanup) -> bool:
    """Return whether a manager cleans its own cache, which is known to be in no mount."""
    mine = programs.managers(cleanup.command.program)
    theirs = [
        one.install for one in script_installs(facts, step) if one.install.manager in mine and one.install.directories
    ]
    return bool(theirs) and not any(directory.cover for one in theirs for directory in one.directories)


def _in_script(step: Step, part: Part, discard: Cleanup, managers: Sequence[PackageManager]) -> Finding:
    words, place, mine = _words_of(discard), part.place(discard.command), _owners(discard, managers)
    return finding(
        NAME,
        f"`{words}` in `{place}` empties the cache mount of the step that runs it",
        step,
        part.command.span,
        manager=mine[0].name if len(mine) == 1 else None,
        note=reasons.IN_SCRIPT.about(place=place),
        identity=f"`{words}` of a script empties the cache mount of its step",
    )


def _groups(
    facts: Facts, step: Step, own: Collection[Mount]
) -> Iterator[tuple[Sequence[Cleanup], list[PackageManager]]]:
    """Yield the clean-ups of the mounts that the same managers use, with those managers."""
    mounts: dict[frozenset[PackageManager], list[Mount]] = {}
    for mount in step.caches:
        if mount not in own:
            rest = [one for one in step.caches if one is not mount]
            mounts.setdefault(frozenset(_mounted(facts, step, rest)[1]), []).append(mount)
    known: list[Cleanup] = []
    for some in mounts.values():
        directories, managers = _mounted(facts, step, [one for one in step.caches if one not in some])
        found = [
            one
            for one in cleanups_of(step, directories, managers)
            if not one.selective
            and not is_meant(facts, step, one)
            and not any(_takes(other, one) or _takes(one, other) for other in known)
        ]
        known += found
        if found:
            yield found, managers


def _takes(one: Cleanup, other: Cleanup) -> bool:
    """Return whether a clean-up has all arguments of another."""
    same = one.command is other.command
    return same and (not one.arguments or (bool(other.arguments) and {*other.arguments} <= {*one.arguments}))


def _builder(
    facts: Facts,
    step: Step,
    found: Sequence[Cleanup],
    managers: Sequence[PackageManager],
    doubts: Sequence[Withheld] = (),
) -> FixBuilder:
    """Return what takes clean-ups away, of mounts that these managers use."""
    builder = FixBuilder(facts)
    if not found:
        return builder
    builder.editable(step)
    builder.mark_unsafe(doubts)
    cleanup_edits.drop(builder, step, found)
    for manager in managers:
        # What was emptied so far may lie where no mount is.
        mount_edits.add(builder, step, other_variants(step, manager))
    for install in step.installs:
        if install.manager in managers and not install.reader:
            builder.keeps_for(install)
            # Until now every build fetched the index anew.
            download_edits.revalidate(builder, install)
            keep_builds_apart(builder, install)
            cleaned = any(install.manager in programs.managers(one.command.program) for one in found)
            if cleaned and step.environment.base is None and not install.only_index:
                _keep_packages(builder, install)
    for discard in found:
        cleanup_edits.keep_order(builder, step, _owners(discard, managers), [discard])
    return builder


def _keep_packages(builder: FixBuilder, install: Install) -> None:
    """Let an install keep its packages where an image that is not known may delete them as most of its kind do."""
    places = (one for one in install.directories if one.cover and not one.cache.index)
    keeps = [*retention.missing_settings(builder.facts, install)] if any(places) else []
    if keeps and all(one.of_image for one in keeps) and not retention.may_be_said(builder.facts, install):
        download_edits.retain_alone(builder, install)


def _findings(
    step: Step, found: Sequence[Cleanup], managers: Sequence[PackageManager], builder: FixBuilder
) -> Iterator[Finding]:
    for discard in found:
        mine = _owners(discard, managers)
        words = _words_of(discard)
        yield finding(
            NAME,
            f"`{words}` empties the cache mount of its own step",
            step,
            discard.command.span,
            manager=mine[0].name if len(mine) == 1 else None,
            fix=builder.fix("keep the cache"),
            note=builder.blocked_reason,
        )


def _words_of(cleanup: Cleanup) -> str:
    """Return a clean-up as a message names it: the command, or what of it is at fault."""
    if cleanup.arguments and not cleanup.arguments[0].known.startswith("-"):
        return f"rm {cleanup.arguments[0].word.raw}"
    return " ".join(one.raw for one in cleanup.command.words)


def _owners(cleanup: Cleanup, managers: Sequence[PackageManager]) -> Sequence[PackageManager]:
    """Return the managers whose own program a clean-up is; all where it is none's, as `rm`."""
    return [one for one in managers if one in programs.managers(cleanup.command.program)] or managers


def _is_of_manager(mount: Mount) -> bool:
    """Return whether a mount is where a package manager has a cache by default, whoever fills it here."""
    target = mount.target or mount.flag.target
    return any(target.endswith(tail) for one in MANAGERS for cache in one.caches for tail in tails(cache))


def _mounted(facts: Facts, step: Step, own: Collection[Mount]) -> tuple[list[Directory], list[PackageManager]]:
    """Return the directories in the step's mounts, the author's `own` left out, and the managers."""
    directories: list[Directory] = []
    managers: list[PackageManager] = []
    for mount in step.caches:
        if mount in own:
            continue
        pairs = installs_using(step, mount)
        directories.extend(directory for _, directory in pairs)
        managers.extend(install.manager for install, _ in pairs)
        for manager, cache in () if pairs else _of_system(mount):
            # A script may fill it.
            directories.append(Directory(cache=cache, path=mount.target))
            managers.append(manager)
        for manager, directory in owners(facts, step, mount) if not pairs and cleanup_edits.runs_more(step) else ():
            directories.append(directory)
            managers.append(manager)
        directories.append(_plain(mount))
    return directories, list(dict.fromkeys(managers))


def _of_system(mount: Mount) -> Iterator[tuple[PackageManager, Cache]]:
    """Yield the distributions' package managers that have a cache in the place of a mount, with that cache."""
    for one in MANAGERS if mount.target is not None else ():
        for cache in one.caches if one.system else ():
            if mount.target in (*cache.locations, *cache.substitutes):
                yield one, cache


def _plain(mount: Mount) -> Directory:
    """Return the mount's own target as a directory, whatever it is for."""
    return Directory(cache=Cache(name="", locations=()), path=mount.target)


RULE = Rule(name=NAME, check=check)
