"""Installs whose directories no mount serves, and what kind of defect that is."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator

from cachemount.copied_names import copies
from cachemount.dockerfile.model import Instruction, Stage
from cachemount.facts import chain, locations
from cachemount.facts.model import Directory, Facts, Install, Mount, Step
from cachemount.facts.mounts import is_readonly
from cachemount.managers.model import PackageManager
from cachemount.records import Record
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal


class Unmounted(Record):
    """A manager's installs of one step, with the pairs that need a mount: first the required ones, then the optional.

    `kind` is "unmounted" where another step mounts the same store, "misplaced" where `mount` was meant for the
    directory.
    """

    step: Step
    manager: PackageManager
    install: Install
    wanted: tuple[tuple[Install, Directory], ...]
    kind: Literal["missing", "misplaced", "unmounted"]
    mount: Mount | None = None


def unmounted_installs(facts: Facts) -> Collection[Unmounted]:
    """Return the installs of a file without a mount: at most one entry per step and manager."""
    return facts.memo_all(_unmounted_installs)


def _unmounted_installs(facts: Facts) -> Iterator[Unmounted]:
    for step in facts.steps:
        if not step.installs or has_stray_mount(step):
            continue
        if step.mounts and any(mount.flag.problem for mount in step.mounts):
            continue
        managers = list(dict.fromkeys(install.manager for install in step.installs))
        for manager in managers:
            gap = gap_of(facts, step, manager)
            # What is to be put right is the mount that names two targets.
            if gap is None or any(_is_named_in_vain(step, directory) for _, directory in gap.wanted):
                continue
            if not step.caches or not _are_carried(facts, gap):
                yield gap


def _are_carried(facts: Facts, gap: Unmounted) -> bool:
    """Return whether the step keeps what lacks a mount by hand in a mount of its own."""
    from cachemount.facts.carried_stores import is_carried

    required = [one for one in gap.wanted if not one[1].cache.optional] or gap.wanted
    return gap.kind != "unmounted" and all(is_carried(facts, *one) for one in required)


def _is_named_in_vain(step: Step, directory: Directory) -> bool:
    """Return whether a mount of a step names a directory, or one above it, by a target that does not count."""
    places = [one for one in (directory.path, *directory.accepted) if one]
    targets = [one for mount in step.caches for one in mount.unused_targets]
    return any(locations.below(place, target) for place in places for target in targets)


def has_stray_mount(step: Step) -> bool:
    """Return whether a mount is written where the shell gets it: without dashes, or after the command."""
    return says_mount(step) and any(
        any(word.raw.startswith(("--mount=type=", "mount=type=")) for word in command.words)
        or any(one.name == "mount" and one.value.raw.startswith("type=") for one in command.assignments)
        for command in step.commands
    )


def says_mount(step: Step) -> bool:
    """Return whether a step's script may have a mount in it, as a here-document always may."""
    return "mount" in step.instruction.arguments.text or bool(step.instruction.heredocs)


def uncovered(step: Step, manager: PackageManager) -> list[tuple[Install, Directory]]:
    """Return the pairs of a step that no mount serves, optional ones too."""
    return [
        (install, directory)
        for install in step.installs
        if install.manager is manager
        for directory in install.directories
        if directory.cover is None
    ]


def other_variants(step: Step, manager: PackageManager) -> list[tuple[Install, Directory]]:
    """Return the pairs whose directory has no mount, and may be the one that is used in place of a mounted one."""
    targets = [mount.target for mount in step.caches if mount.target is not None]
    return [
        (install, directory)
        for install in step.installs
        if install.manager is manager and not install.reader
        for directory in install.directories
        if directory.cache.variants and directory.accepted and directory.path
        if not any(locations.below(directory.path, one) for one in targets)
    ]


def gap_of(facts: Facts, step: Step, manager: PackageManager) -> Unmounted | None:
    """Return what a step's installs by a manager lack; None where they lack nothing."""
    open_pairs = uncovered(step, manager)
    required = [pair for pair in open_pairs if not pair[1].cache.optional or _comes_again(facts, *pair)]
    required = [pair for pair in required if not _keeps_installed(step, pair[0])]
    mounted_elsewhere = [
        pair
        for pair in required
        if pair[1].cache.kind == "store" and _mounted_elsewhere(facts, step, pair[1]) and not _fetches_its_own(pair[0])
    ]
    required = [pair for pair in required if not pair[0].reader or pair in mounted_elsewhere]
    if step.mounts and _may_be_moved(facts, step, manager):
        return None
    more = [pair for pair in open_pairs if pair[1].cache in manager.caches and pair not in required]
    for pair in (*required, *more) if step.mounts else ():
        meant = misplaced(step, pair[1], manager)
        if meant is not None:
            return _misplaced(step, manager, open_pairs, pair, meant)
    if not required:
        return None
    if len(open_pairs) > len(required):
        required += [
            pair for pair in open_pairs if pair[1].cache.optional and not pair[0].reader and pair not in required
        ]
    return Unmounted(
        step=step,
        manager=manager,
        install=required[0][0],
        wanted=tuple(required),
        kind="unmounted" if mounted_elsewhere else "missing",
    )


def _may_be_moved(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether a file from the Dockerfile may tell the manager to use a mount that seems unused."""
    used = step.memo(_covers)
    if not manager.moved_by_files or all(id(mount) in used for mount in step.caches):
        return False
    pattern = re.compile(rf"(?<![\w.-])(?:{manager.moved_by_files})(?![\w.-])")
    return any(
        pattern.search(facts.dockerfile.source.slice(one.span)) and not _moves_nothing(facts, one, pattern, manager)
        for one in chain.before(step.stage, step.instruction)
        if one.keyword in ("COPY", "ADD")
    )


def _moves_nothing(facts: Facts, instruction: Instruction, pattern: re.Pattern[str], manager: PackageManager) -> bool:
    """Return whether the texts of the settings files that an instruction copies are known, and none moves the cache."""
    context = facts.dockerfile.source.context
    words = next(copies(facts.dockerfile.source.slice(instruction.span)), None)
    paths = [posixpath.normpath(word.lstrip("/")) for word in (words or [])[:-1] if pattern.search(word)]
    from cachemount.facts.context import nearest

    texts = [(posixpath.basename(path), nearest(context, path).get(path)) for path in paths]
    known, others = manager.moving_files, manager.placing_files
    return bool(texts) and all(
        name in known
        and text is not None
        and not any(re.search(one[name], text) for one in (known, others) if name in one)
        for name, text in texts
    )


def _misplaced(
    step: Step,
    manager: PackageManager,
    open_pairs: list[tuple[Install, Directory]],
    pair: tuple[Install, Directory],
    mount: Mount,
) -> Unmounted:
    """Return the entry for a mount to be moved, with the other directories that it was meant for as well."""
    others = [
        other
        for other in open_pairs
        if other[1].path != pair[1].path and not other[0].reader and locations.would_serve(mount, other[1].cache)
    ]
    return Unmounted(step=step, manager=manager, install=pair[0], wanted=(pair, *others), kind="misplaced", mount=mount)


def _keeps_installed(step: Step, install: Install) -> bool:
    """Return whether a mount keeps the folder in which an install finds what is installed: it downloads what is new."""
    name, *flags = install.download.finds_in or ("",)
    targets = {one.target for one in step.caches}
    if not name or not targets:
        return False
    chosen = locations.flag_value(install.arguments, tuple(flags))
    folder = install.variables["WORKDIR"]
    project = locations.absolute(chosen[1] or "", folder) if chosen else folder
    return (
        project is not None and (chosen is None or chosen[1] is not None) and posixpath.join(project, name) in targets
    )


def _comes_again(facts: Facts, install: Install, directory: Directory) -> bool:
    """Return whether each build of the step fetches what the first of a chain of stages fetches: none before it did."""
    if directory.path is None or install.reader or not (directory.cache.once or _is_said(facts, install, directory)):
        return False
    folder = posixpath.basename(posixpath.dirname(directory.path))
    step = install.step
    return not any(
        directory.cache.once and one.keyword in ("COPY", "ADD") and folder in one.arguments.text
        for one in chain.before(step.stage, step.instruction)
    ) and not any(
        other.path == directory.path and other.cover is None
        for earlier in facts.steps
        if earlier.instruction.span.start < step.instruction.span.start and chain.descends(step.stage, earlier.stage)
        for one in earlier.installs
        if not one.download.installs_program
        for other in one.directories
    )


def _is_said(facts: Facts, install: Install, directory: Directory) -> bool:
    """Return whether a file of the project says that an install of the project fills an optional directory."""
    name, says = directory.cache.once_where
    if not name or not install.download.of_project or install.download.installs_program:
        return False
    context = facts.dockerfile.source.context
    from cachemount.facts.context import settings_of, takes

    if any(posixpath.basename(one.path) == name for one in context):
        return re.search(says, settings_of(facts.dockerfile, name)) is not None
    manifest, says = directory.cache.once_where_manifest
    named = (one for one in context if posixpath.basename(one.path) == manifest and re.search(says, one.text))
    step = install.step
    code = facts.dockerfile.code_of((*chain.before(step.stage, step.instruction), step.instruction))
    return bool(manifest) and any(takes(code, one.path) for one in named)


def misplaced(step: Step, directory: Directory, manager: PackageManager) -> Mount | None:
    """Return the mount of the step that serves nothing and was most likely meant for the directory.

    One with content of a stage, or on what the manager needs besides its caches, is there for that.
    """
    if not step.mounts:
        return None
    from cachemount.facts.meant_mounts import looks_meant

    return next((mount for mount in _spare(step, manager) if looks_meant(step, mount, directory, manager)), None)


def misplaced_parts(step: Step, directory: Directory, manager: PackageManager) -> dict[str, Mount]:
    """Return the mounts of the step that serve nothing and were meant for parts of the directory, by their paths in it.

    So Cargo's documentation has them: `registry/index` and `registry/cache`.
    """
    from cachemount.facts.meant_mounts import looks_meant, part_of

    found = {part_of(mount.flag.target, directory)[0]: mount for mount in _spare(step, manager)}
    return {part: one for part, one in found.items() if part and looks_meant(step, one, directory, manager)}


def _spare(step: Step, manager: PackageManager) -> Iterator[Mount]:
    """Yield the cache mounts of a step that serve no install, and nothing else that the manager needs.

    One that is read alone is there for what another step leaves in it.
    """
    used = step.memo(_covers)
    return (
        mount
        for mount in step.caches
        if id(mount) not in used
        and "from" not in mount.flag.options
        and mount.target not in manager.needed
        and not is_readonly(mount)
    )


def _covers(step: Step) -> frozenset[int]:
    return frozenset(id(one.cover) for install in step.installs for one in install.directories if one.cover)


def _mounted_elsewhere(facts: Facts, step: Step, directory: Directory) -> bool:
    """Return whether an earlier step that this one builds on keeps the same store in a mount."""
    if directory.path is None:
        return False
    return facts.memo(_first_mounted, step.stage, directory.path) < step.instruction.span.start


def _fetches_its_own(install: Install) -> bool:
    """Return whether an install fetches programs of its own, not what an earlier step has for the project."""
    flags = {one.known for one in install.arguments}
    is_global = bool(install.manager.linking_globally[0]) and not flags.isdisjoint(("-g", "--global"))
    return is_global or install.download.installs_program


def _first_mounted(facts: Facts, stage: Stage, path: str) -> float:
    """Return the offset of the first step that the stage sees with a mount for a directory; infinity if none."""
    return min(
        (
            step.instruction.span.start
            for step in facts.steps
            if chain.descends(stage, step.stage) and _keeps(step, path)
        ),
        default=float("inf"),
    )


def _keeps(step: Step, path: str) -> bool:
    return any(
        directory.path == path and directory.cover is not None and directory.cover.is_cache
        for install in step.installs
        if not install.download.installs_program
        for directory in install.directories
    )
