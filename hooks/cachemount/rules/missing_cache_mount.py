"""A step downloads packages into a directory that no cache mount covers.

Each build that misses the layer cache then downloads every package again, though most of them did not change. A cache
mount keeps the downloads between builds, outside the image. Where an earlier step fills the same cache in the image, a
step downloads only what that one did not fetch, as long as the earlier step is not built again.

The repair puts one `--mount=type=cache` flag per line after RUN, for every directory that the manager fills, and
takes away what would make the mount useless: a flag or variable that switches the cache off, a command that empties it,
the hook of Debian's images that deletes downloaded packages. For a user other than root, a step in front makes the
folder above the mount, where BuildKit would make it for root and nothing could be written beside
the mount. It is safe unless something later reads the directory, or the user of the step is not known.

Where the store of another stage was copied to its place before, a step downloads next to nothing and has no finding.

What lets apt keep its packages is a step of its own, in front of the first with a mount. Where several stages begin
with one stage and all need it, it stands at the end of that.

Where a step says how pip builds packages, an empty folder lies over the wheels that pip keeps: the mount has downloads
alone.

A later step that builds with Go by `make` gets the mount on the modules too, where the Makefile shows that Go may
fetch there.

Where a later script may need apt's package lists in the image, or a step installs by those that an earlier one has
fetched, they stay there, and only the packages get a mount.
"""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.facts import chain
from cachemount.facts.cache_switches import disabling_switches
from cachemount.facts.cleanups import cleanups_of
from cachemount.facts.invocations import positionals
from cachemount.facts.locations import below
from cachemount.facts.model import Directory, Facts, Install, Step
from cachemount.facts.package_state import runs_installer
from cachemount.facts.queries import all_steps, steps_related
from cachemount.facts.unmounted import Unmounted, unmounted_installs
from cachemount.findings import Finding
from cachemount.managers.model import PackageManager
from cachemount.repairs.gap_fixes import mounting
from cachemount.repairs.safety.index_readers import left_in_image, stays_unmounted
from cachemount.rules.message import finding, named, program
from cachemount.rules.model import Rule

NAME = "missing-cache-mount"
_PACKAGES = "all packages"


def check(facts: Facts) -> Iterator[Finding]:
    for gap in unmounted_installs(facts):
        if gap.kind != "missing":
            continue
        directories = [directory for _, directory in gap.wanted]
        if _is_left(facts, gap) or _is_brought(facts, gap):
            continue
        fix, note = mounting(facts, gap)
        places = list(dict.fromkeys(directory.path for directory in directories if not directory.cache.optional))
        known = [place for place in places if place is not None]
        where = f"into {' and '.join(known)} " if known else ""
        yield finding(
            NAME,
            f"`{program(named(gap.install))}` has no cache mount{_price(facts, gap)}",
            gap.step,
            gap.install.command.span,
            manager=gap.manager.name,
            fix=fix,
            note=note,
            identity=f"`{program(gap.install)}` downloads packages {where}without a cache mount",
        )


def _is_left(facts: Facts, gap: Unmounted) -> bool:
    """Return whether nothing but the index has no mount, and it had better stay in the image."""
    only_index = all(directory.cache.index or directory.cache.optional for _, directory in gap.wanted)
    left = only_index and bool(left_in_image(facts, gap.step, gap.manager))
    return left or stays_unmounted(facts, gap.step, gap.manager)


def _is_brought(facts: Facts, gap: Unmounted) -> bool:
    """Return whether the store of a stage that fills it was copied to its own place: the project has what it needs."""
    wanted = [one for _, one in gap.wanted if not one.cache.optional]
    if gap.install.download.installs_program or any(one.cache.kind != "store" or one.path is None for one in wanted):
        return False
    folders = set()
    for one in chain.before(gap.step.stage, gap.step.instruction):
        source = next((flag.value for flag in one.flags if flag.name == "from"), None)
        if one.keyword == "COPY" and source and _fills_store(facts, source.lower(), gap.manager):
            places = {word.rstrip("/") for word in one.operands}
            folders |= places if len(places) == 1 and "" not in places else set()
    return bool(folders) and all(any(below(one.path or "", folder) for folder in folders) for one in wanted)


def _fills_store(facts: Facts, source: str, manager: PackageManager) -> bool:
    """Return whether a stage, by its name or number, downloads with the manager."""
    stage = next((one for one in facts.dockerfile.stages if source in (one.name.lower(), str(one.index))), None)
    return stage is not None and any(
        install.manager is manager and not install.reader
        for step in all_steps(facts, stage).values()
        for install in step.installs
    )


def _price(facts: Facts, gap: Unmounted) -> str:
    if _lacks_lists_alone(gap):
        return " for the package lists: every rebuild of this step downloads them again"
    if holds := _lacks_optional(gap):
        return f" for {holds}: every rebuild of this step downloads them again"
    if gap.manager.on_request:
        return f" for {gap.manager.name}: every rebuild of this step begins without {_what(gap)}"
    what = _what(gap)
    earlier = _fills_before(facts, gap) if what == _PACKAGES else None
    if earlier is not None:
        line = facts.dockerfile.source.position(earlier.instruction.span.start).line
        return f": every rebuild of this step downloads again what line {line} has not fetched"
    return f": every rebuild of this step downloads {what} again"


def _fills_before(facts: Facts, gap: Unmounted) -> Step | None:
    """Return the earlier step whose packages the image has for this one, while that step is cached.

    It filled the same store, or the cache of a command that installs the same project.
    """
    wanted = [one for _, one in gap.wanted if not one.cache.optional]
    stores = all(one.cache.kind == "store" for one in wanted)
    places = {one.path for one in wanted if one.path is not None}
    known = len(places) == len({one.path for one in wanted})
    if gap.manager.system or gap.install.download.installs_program or not known:
        return None
    if not (stores or all(_is_of_project(one) for one, _ in gap.wanted)):
        return None
    here = gap.step.instruction.span.start
    for earlier in steps_related(facts, gap.step.stage):
        if earlier.instruction.span.start < here and chain.descends(gap.step.stage, earlier.stage):
            filled = [*_filled(facts, earlier, gap, stores=stores)]
            if places <= {one.path for one in filled} and not cleanups_of(earlier, filled, [gap.manager]):
                return earlier
    return None


def _filled(facts: Facts, step: Step, gap: Unmounted, *, stores: bool) -> Iterator[Directory]:
    """Yield the directories that a step fills in the image for an install of a later one."""
    for install in step.installs if step.stage.file is None else ():
        if install.manager is not gap.manager or install.reader or install.download.installs_program:
            continue
        if any(disabling_switches(facts, install)):
            continue
        if stores or (_is_of_project(install) and _folder(install) == _folder(gap.install)):
            yield from (one for one in install.directories if one.cover is None)


def _lacks_lists_alone(gap: Unmounted) -> bool:
    """Return whether a mount has the packages, and only the lists of packages have none."""
    required = [directory for _, directory in gap.wanted if not directory.cache.optional]
    return (
        bool(required)
        and all(directory.cache.index for directory in required)
        and any(directory.cover for directory in gap.install.directories)
    )


def _lacks_optional(gap: Unmounted) -> str:
    """Return what an optional directory holds, where nothing else has no mount; else ""."""
    lacking = {directory.cache.holds for _, directory in gap.wanted if directory.cache.once_where[0]}
    return lacking.pop() if len(lacking) == len(gap.wanted) == 1 else ""


def _what(gap: Unmounted) -> str:
    held = {
        directory.cache.holds for _, directory in gap.wanted if not directory.cache.optional or directory.cache.once
    }
    if len(held) == 1 and "" not in held:
        return held.pop()
    only_lists = named(gap.install).verb in gap.manager.refresh_verbs and not runs_installer(gap.step, gap.manager)
    return "the package lists" if only_lists else _PACKAGES


def _is_of_project(install: Install) -> bool:
    """Return whether an install names no package: it takes what the project's files name."""
    return len(positionals(install.manager, install.arguments)) <= len(install.verb)


def _folder(install: Install) -> str | None:
    return install.variables.get("WORKDIR")


RULE = Rule(name=NAME, check=check)
