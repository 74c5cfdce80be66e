"""The mounts of steps, and all that lets them serve but for a step in front that keeps packages."""

from __future__ import annotations

from collections.abc import Collection

from cachemount.facts import unmounted
from cachemount.facts.cleanups import cleanups_of
from cachemount.facts.locations import below
from cachemount.facts.model import Directory, Facts, Install, Mount, Step
from cachemount.managers.model import PackageManager
from cachemount.repairs import cleanup_edits, download_edits, mount_edits, text_edits
from cachemount.repairs.builder import FixBuilder
from cachemount.repairs.built_apart import keep_builds_apart
from cachemount.repairs.safety.image_content import hazards
from cachemount.repairs.same_caches import mounts_on

# A step, its mounts that are moved, each to one directory, and the directories that get a new one.
_Placed = tuple[Step, list[tuple[Install, Mount, Directory]], list[tuple[Install, Directory]]]


def mount_steps(
    facts: Facts, manager: PackageManager, steps: tuple[Step, ...], only: Collection[str] | None
) -> FixBuilder:
    """Mount what the manager uses; of the optional caches of steps that have mounts, perhaps `only` some."""
    builder = FixBuilder(facts)
    placed = [(step, *_placed(facts, step, manager, only if step.caches else None)) for step in steps]
    in_parts = {path: _parts(facts, placed, manager, path) for path in _moved_to(placed)}
    moved = [(mount, one.path) for _, moves, _ in placed for _, mount, one in moves]
    builder.expect_moves({path: mount for mount, path in moved if path and not in_parts[path]})
    for step, moves, wanted in placed:
        builder.editable(step)
        for install, mount, directory in moves:
            parts = in_parts.get(directory.path or "", {}).get(step, {"": mount})
            mount_edits.retarget(builder, install, parts, directory)
        mount_edits.add(builder, step, wanted)
        if (moves or wanted) and "#" in facts.dockerfile.source.text:
            from cachemount.repairs.safety.said_of_caches import said_of_cache

            builder.mark_unsafe(said_of_cache(facts, step, manager))
        _make_serve(builder, step, manager, steps)
    _mount_builders(builder, manager, steps)
    return builder


def _mount_builders(builder: FixBuilder, manager: PackageManager, steps: Collection[Step]) -> None:
    """Mount a store in later steps that build with it by another program, such as `make`."""
    if not manager.built_by_make[0] and not manager.built_by:
        return
    from cachemount.repairs.safety.store_readers import building_steps

    for step in steps:
        places = list(
            dict.fromkeys(
                one.path
                for install in step.installs
                if install.manager is manager
                for one in install.directories
                if one.cache.kind == "store" and one.path is not None
            )
        )
        for other in building_steps(builder.facts, step.stage, manager, frozenset(places)) if places else ():
            if other.instruction.span.start > step.instruction.span.start:
                mount_edits.add_places(builder, other, manager, places)


def _placed(
    facts: Facts, step: Step, manager: PackageManager, only: Collection[str] | None
) -> tuple[list[tuple[Install, Mount, Directory]], list[tuple[Install, Directory]]]:
    """Return the mounts of a step to move, each to one directory, and the directories that need a new mount."""
    moves: list[tuple[Install, Mount, Directory]] = []
    wanted = []
    apart = _left_out(facts, step, manager)
    for install, directory in unmounted.uncovered(step, manager):
        if directory in apart:
            continue
        meant = unmounted.misplaced(step, directory, manager)
        same = [path.path for _, mount, path in moves if mount is meant]
        again = bool(same) and same[0] != directory.path
        wanted_too = only is None or not directory.cache.optional or directory.path in only
        if again or (meant is None and wanted_too):
            wanted.append((install, directory))
        elif meant is not None and not same:
            moves.append((install, meant, directory))
    return moves, [pair for pair in wanted if not _is_served(pair[1], [one for _, one in wanted])]


def _moved_to(placed: Collection[_Placed]) -> set[str]:
    """Return the directories to which mounts are moved."""
    return {one.path for _, moves, _ in placed for _, _, one in moves if one.path}


def _parts(
    facts: Facts, placed: Collection[_Placed], manager: PackageManager, path: str
) -> dict[Step, dict[str, Mount]]:
    """Return the mounts of each step that have parts of a directory; none where a step has it, or gets it, as a whole.

    A mount on all of it would be another cache than those on the parts. Another user than root gets it as a whole:
    BuildKit would make the directory around the parts for root.
    """
    found: dict[Step, dict[str, Mount]] = {}
    for step, moves, wanted in placed:
        if any(one.path == path for _, one in wanted) or mounts_on(facts, step, path):
            return {}
        for install, _, directory in moves:
            if directory.path == path:
                if not install.root:
                    return {}
                found[step] = unmounted.misplaced_parts(step, directory, manager)
    alike = len({frozenset(parts) for parts in found.values()}) == 1
    return found if alike and all(len(parts) > 1 for parts in found.values()) else {}


def _is_served(directory: Directory, others: Collection[Directory]) -> bool:
    """Return whether a mount on another directory, which lies in this one, serves this one too."""
    place = directory.path
    return place is not None and any(
        one.path is not None and one.path != place and one.path in directory.accepted and below(one.path, place)
        for one in others
    )


def _make_serve(builder: FixBuilder, step: Step, manager: PackageManager, steps: Collection[Step]) -> None:
    """Take away what would leave the step's mounts without use, and say what they may break."""
    installs = [install for install in step.installs if install.manager is manager]
    apart = _index_in_image(builder.facts, step, manager)
    for install in installs:
        if not install.reader:
            _mount_install(builder, install, refresh=not apart)
    if installs and installs[0].reader:
        _let_fetch(builder, installs[0])
    left_out = _left_out(builder.facts, step, manager)
    directories = [directory for install in installs for directory in install.directories if directory not in left_out]
    _name_libraries(builder, installs, left_out)
    if manager.has_index and not apart:
        from cachemount.repairs.safety.index_readers import needs_index

        if not needs_index(builder.facts, step, manager):
            download_edits.refresh_dependents(builder, step, manager)
    cleanup_edits.keep_content(builder, step, directories, [manager])
    builder.mark_unsafe(hazards(builder.facts, step, directories, manager))
    if cleanups_of(step, directories, [manager]):
        from cachemount.repairs.left_before import left_before

        left = left_before(
            builder.facts, step, directories, manager, lambda *of: _gets_mount(builder.facts, steps, *of)
        )
        builder.mark_unsafe(left)
    cleanup_edits.force_cleanups(builder, step, directories, manager)


def _let_fetch(builder: FixBuilder, reader: Install) -> None:
    """Let a reader of a store fetch, or fetch in front of it, where that is known to do no harm."""
    from cachemount.repairs.safety.fetch_again import flag_to_drop
    from cachemount.repairs.safety.fetch_first import fetch_first

    if command := fetch_first(reader):
        builder.before(reader, command)
    elif flag := flag_to_drop(builder.facts, reader):
        builder.edits.append(text_edits.drop_word(builder.facts.dockerfile, reader.command, flag.word))


def _index_in_image(facts: Facts, step: Step, manager: PackageManager) -> list[Directory]:
    """Return the directories of the index that stay in the image."""
    if not manager.has_index:
        return []
    from cachemount.repairs.safety.index_readers import left_in_image

    return left_in_image(facts, step, manager)


def _left_out(facts: Facts, step: Step, manager: PackageManager) -> list[Directory]:
    """Return the directories of a step that get no mount, because of what they hold."""
    found = _index_in_image(facts, step, manager)
    if any(one.compiles_c_unless for one in manager.caches):
        from cachemount.repairs.safety.c_libraries import built_on_libraries

        found = [*found, *built_on_libraries(facts, step, manager)]
    return found


def _name_libraries(builder: FixBuilder, installs: Collection[Install], left_out: Collection[Directory]) -> None:
    """Note why a directory of what is compiled gets no mount, for the title of the fix."""
    compiled = [(one, each) for one in installs for each in one.directories if each.cache.compiles_c_unless]
    for install, directory in compiled if left_out else ():
        from cachemount.repairs.safety.c_libraries import library_for

        if not builder.apart and directory in left_out:
            builder.apart = library_for(builder.facts, install, directory)


def _gets_mount(facts: Facts, steps: Collection[Step], step: Step, manager: PackageManager) -> bool:
    """Return whether a step is one of those of a fix, or has a safe fix of its own."""
    from cachemount.repairs.fixed_steps import is_fixed

    return step in steps or is_fixed(facts, step, manager, mount_steps)


def _mount_install(builder: FixBuilder, install: Install, *, refresh: bool) -> None:
    switch_on(builder, install)
    download_edits.set_variables(builder, install)
    download_edits.retain(builder, install)
    download_edits.revalidate(builder, install)
    if refresh:
        download_edits.refresh(builder, install)


def switch_on(builder: FixBuilder, install: Install) -> None:
    """Take away what switches a cache off, and mount it where a variable kept other programs from filling it."""
    keep_builds_apart(builder, install)
    if builder.switch_on(install):
        from cachemount.repairs.unswitched_steps import mount_unswitched

        mount_unswitched(builder, install)
