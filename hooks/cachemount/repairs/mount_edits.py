"""The mounts of a fix: it adds them or gives them another target, with an owner, an id and the folder above them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from cachemount import reasons
from cachemount.dockerfile.images.model import FromArgument, TextFromArgument, joined_path, written
from cachemount.facts.locations import below, lies_above
from cachemount.facts.model import Directory, Facts, Install, Mount, Step
from cachemount.facts.targets import refusal
from cachemount.findings import Edit
from cachemount.id_templates import ARCHITECTURE
from cachemount.late_pattern import late
from cachemount.managers.model import Cache, PackageManager
from cachemount.reasons import Withheld
from cachemount.records import replace
from cachemount.repairs import text_edits
from cachemount.repairs.argument_paths import follow, has_value
from cachemount.repairs.builder import FixBuilder, inserted
from cachemount.repairs.cache_ids import distinct, id_of, ids, ids_of_file, in_scope_alike, parted, share_caches
from cachemount.repairs.doubted_caches import doubt_cache
from cachemount.repairs.indentation import of_continuations
from cachemount.repairs.safety.file_names import is_base
from cachemount.repairs.safety.hidden_content import covered
from cachemount.repairs.safety.refusing_builders import refused_mounts
from cachemount.repairs.safety.step_conflicts import other_owners
from cachemount.repairs.same_caches import (
    lets_write,
    mounted_above,
    mounted_alike,
    mounts_on,
    moves_too,
    option_value,
    same_id,
    same_mount,
    serves,
    sharing_cache,
    takes_nothing,
)
from cachemount.repairs.text_edits import CacheMount

_WRITABLE_ID = late(r"[\w./~:@%+=${}-]+", re.ASCII)


def add(builder: FixBuilder, step: Step, wanted: Collection[tuple[Install, Directory]]) -> None:
    """Add mounts for directories of a step's installs."""
    mounts: dict[str, CacheMount] = {}
    for install, directory in wanted:
        if directory.path is None:
            from cachemount.repairs.unknown_places import why_unknown

            builder.give_up(_only_fetched(builder, step, install) or why_unknown(install, directory))
            return
        cache = directory.cache
        elsewhere = mounted_alike(builder.facts, step, directory) or mounted_above(
            builder.facts, step, install, directory
        )
        target = directory.path if elsewhere is None else elsewhere.target or directory.path
        if cache.narrower_target and not directory.moved and _is_narrow(builder.facts, cache):
            target = cache.narrower_target
        if refused := refusal(target):
            builder.give_up(refused)
            return
        if any(mount.flag.type == "tmpfs" and mount.target and below(target, mount.target) for mount in step.mounts):
            builder.give_up(reasons.TMPFS.about())
            return
        if any(lies_above(mount, directory) for mount in step.mounts if mount.flag.type in ("cache", "bind")):
            builder.give_up(reasons.BELOW_A_MOUNT.about(path=directory.path, manager=install.manager.name))
            return
        if target not in mounts:
            alike = elsewhere is not None and lets_write(elsewhere, install)
            mount = same_mount(elsewhere, target) if elsewhere and alike else owned(builder, install, target)
            if cache.shareable:
                mount = replace(mount, sharing="shared")
            words = _in_words(builder, install, directory, target)
            mounts[target] = replace(_as_elsewhere(builder, step, mount, install.manager), words=words)
            make_folder(builder, install, target, directory)
        doubt_cache(builder, install, directory)
    _insert(builder, step, mounts)


def add_places(builder: FixBuilder, step: Step, manager: PackageManager, places: Collection[str]) -> None:
    """Add mounts for a manager that another program runs, as root, where no mount is yet.

    A build argument that is root's number by default may give another user, to whom the mounts belong then.
    """
    builder.editable(step)
    wanted = [one for one in places if not any(mount.target and below(one, mount.target) for mount in step.mounts)]
    if refused := next((why for one in wanted if (why := refusal(one))), None):
        builder.give_up(refused)
        return
    who = step.environment
    given = not manager.system and isinstance(who.uid, FromArgument)
    uid, gid = (who.uid, who.gid) if given else (None, None)
    mounts = {one: CacheMount(target=one, sharing=manager.sharing, uid=uid, gid=gid) for one in wanted}
    _insert(builder, step, {one: _as_elsewhere(builder, step, mounts[one], manager) for one in wanted})


def _only_fetched(builder: FixBuilder, step: Step, install: Install) -> Withheld | None:
    """Return why a step that only fetches gets no mount, wherever that is."""
    if not install.download.only_prefetches:
        return None
    from cachemount.repairs.safety.image_content import is_only_fetched

    only = is_only_fetched(builder.facts, step, install.manager, ())
    return reasons.ONLY_FETCHED.about() if only else None


def _in_words(builder: FixBuilder, install: Install, directory: Directory, target: str) -> str:
    """Return how a target is written that follows a build argument; "" for others."""
    words = follow(install, target, directory.moved)
    if not words:
        builder.mark_unsafe([reasons.PLACE_BY_ARGUMENT.about(target=target)])
    return words if words != target else ""


def _insert(builder: FixBuilder, step: Step, mounts: Mapping[str, CacheMount]) -> None:
    """Write mounts into a step, but for those whose target it mounts already, or gets by the same fix."""
    added = builder.targets.get(step, frozenset())
    taken = {mount.target for mount in step.mounts} | added
    missing = [mount for target, mount in mounts.items() if target not in taken]
    builder.targets[step] = added | mounts.keys()
    text = builder.facts.dockerfile.source.text
    if missing and not all(text[one.flag.span.end - 1 : one.flag.span.end + 1].isascii() for one in step.mounts):
        # BuildKit takes a byte of some characters for a blank.
        builder.give_up(reasons.MIDDLE_OF_CHARACTER.about())
    elif missing:
        for one in missing:
            builder.mark_unsafe(other_owners(builder.facts, step, one))
            if one.sharing == "locked":
                _lock_beside(builder, step, one.id or one.target)
        builder.mark_unsafe(covered(builder.facts, step, [mount.target for mount in missing]))
        builder.mark_unsafe(refused_mounts(builder.facts, [one.id for one in missing]))
        builder.mark_unsafe(_told(builder.facts, step, missing))
        indentation = of_continuations(builder.facts, step.instruction)
        builder.mount_edits(
            text_edits.add_mounts(builder.facts.dockerfile, step.instruction, step.run, missing, indentation)
        )


def _told(facts: Facts, step: Step, missing: Collection[CacheMount]) -> Iterator[Withheld]:
    """Yield what comments, or the frontend that is named, say against new mounts."""
    if facts.dockerfile.comments:
        from cachemount.repairs.safety.declined_mounts import declined

        yield from declined(facts, step)
    if facts.dockerfile.syntax:
        from cachemount.repairs.safety.old_frontends import old_syntax

        yield from old_syntax(facts, missing)


def _lock_beside(builder: FixBuilder, step: Step, cache: str) -> None:
    """Lock a cache, which a step is to lock, in those that may run at once with it as well."""
    from cachemount.facts.parallel_caches import unlocked_beside

    for mount in unlocked_beside(builder.facts, step, cache):
        if mount.flag.span not in builder.moved:
            builder.option(mount, "sharing", "locked")


def retarget(builder: FixBuilder, install: Install, parts: Mapping[str, Mount], directory: Directory) -> None:
    """Let mounts that were meant for a directory, or for parts of it by their paths in it, serve it."""
    for part, mount in parts.items():
        # Any mount may serve an unknown directory, so none was meant for it.
        place = directory.path or ""
        _retarget(builder, install, mount, directory, joined_path(place, part) if part else place)
    # A mount that begins to work hides what it did not hide before.
    doubt_cache(builder, install, directory)


def _retarget(builder: FixBuilder, install: Install, mount: Mount, directory: Directory, target: str) -> None:
    step = install.step
    if refused := refusal(target):
        builder.give_up(refused)
        return
    if any(other.target == target for other in step.mounts):
        builder.give_up(reasons.RIGHT_ONE_MOUNTED.about())
        return
    words = _in_words(builder, install, directory, target)
    options = _new_options(builder, install, mount, directory, target)
    _move(builder, step, mount, words or target, options)
    options = {**mount.flag.options, **options}
    if options.get("sharing") == "locked":
        _lock_beside(builder, step, options.get("id") or target)
    builder.mark_unsafe(covered(builder.facts, step, [target]))
    make_folder(builder, install, target, directory)
    for other_step, other in sharing_cache(builder.facts, step, mount, install.manager):
        if serves(other_step, other, install, directory):
            continue
        line = builder.facts.dockerfile.source.position(other.flag.span.start).line
        if (
            any(one.target == target for one in other_step.mounts)
            or builder.moved.get(other.flag.span, target) != target
        ):
            builder.give_up(reasons.SAME_CACHE_BESIDE.about(line=line))
            return
        builder.moved[other.flag.span] = target
        follows = takes_nothing(other_step, install, mount.target or "")
        if not follows and not moves_too(other_step, install, directory, target):
            builder.mark_unsafe([reasons.SAME_CACHE.about(line=line)])
        _move(builder, other_step, other, target, _new_options(builder, install, other, directory, target))


def _move(builder: FixBuilder, step: Step, mount: Mount, target: str, options: Mapping[str, str]) -> None:
    source = builder.facts.dockerfile.source
    edit = text_edits.set_target(mount.flag, source, target, options)
    if edit is None:
        builder.give_up(reasons.TARGET_NOT_PLAIN.about())
        return
    from cachemount.repairs.mount_comments import renamed

    builder.mount_edits([edit, *renamed(source, step.instruction, mount.flag.target, target)])
    for key in options:
        if key in mount.flag.fields:
            builder.option(mount, key, options[key])


def _new_options(
    builder: FixBuilder, install: Install, mount: Mount, directory: Directory, target: str
) -> dict[str, str]:
    """Return the options that a mount which is moved lacks: its id, its sharing, and whom it lets write."""
    options = mount.flag.options
    keeps_own = "id" in options and not builder.facts.id_template
    name = "" if keeps_own else _id_elsewhere(builder, install.step, target, install.manager)
    named = {"id": name} if name and name != options.get("id") else {}
    if install.manager.sharing == "locked" and not directory.cache.shareable and "sharing" not in options:
        named["sharing"] = install.manager.sharing
    if install.root or {"mode", "source", "from"} & set(options):
        return named
    wanted = owned(builder, install, target)
    found = {key: written(one) for key, one in (("uid", wanted.uid), ("gid", wanted.gid)) if one is not None}
    if wanted.mode:
        found["mode"] = wanted.mode
    return named | {key: value for key, value in found.items() if value != option_value(options, key)}


def _is_narrow(facts: Facts, cache: Cache) -> bool:
    """Return whether the image has to keep what lies above the narrower directory: its steps or others may read it.

    Or the file's own mounts are all on that.
    """
    own = {mount.target for step in facts.mounted for mount in step.caches}
    mounted = cache.narrower_target in own and own.isdisjoint(cache.locations)
    said = facts.says(cache.narrower_when) or (bool(cache.narrower_when) and facts.context_says(cache.narrower_when))
    return mounted or said or is_base(facts)


def narrow(builder: FixBuilder, step: Step, mount: Mount, manager: PackageManager) -> None:
    """Let a mount hold the directory alone that is narrower than the one which it covers."""
    cache = next(one for one in manager.caches if one.narrower_target)
    line = builder.facts.dockerfile.source.position(mount.flag.span.start).line
    if mount.target not in cache.locations or any(one.target == cache.narrower_target for one in step.caches):
        builder.give_up(reasons.HOLDS_MORE.about(mounted=mount.flag.target, narrower=cache.narrower_target))
        return
    if "id" in mount.flag.options:
        builder.mark_unsafe([reasons.ID_HOLDS_MORE.about(line=line)])
    _move(builder, step, mount, cache.narrower_target, {})


def _as_elsewhere(builder: FixBuilder, step: Step, wanted: CacheMount, manager: PackageManager) -> CacheMount:
    """Return the mount with the id that related steps give the cache on its target, locked where another mount is.

    BuildKit gives a mount without a lock another, empty cache while one with a lock has the cache.
    """
    name = _id_elsewhere(builder, step, wanted.target, manager)
    moved = builder.moves.get(wanted.target)
    mounts = [*mounts_on(builder.facts, step, wanted.target), *same_id(builder.facts, name or wanted.target)]
    locked = any(one.flag.options.get("sharing") == "locked" for one in (moved, *mounts) if one)
    return replace(wanted, id=name, sharing="locked" if locked else wanted.sharing)


def wanted_id(builder: FixBuilder, step: Step, target: str, manager: PackageManager) -> str:
    """Return the id that the configuration wants for a cache."""
    if ARCHITECTURE in (name := id_of(builder.facts, step, target, manager)) and (
        "TARGETARCH" not in step.environment.settings
    ):
        builder.mark_unsafe([reasons.ID_NEEDS_ARG.about()])
    return name


def _id_elsewhere(builder: FixBuilder, step: Step, target: str, manager: PackageManager) -> str:
    """Return the id that a related step gives its cache on the target: another id would be another cache."""
    if builder.facts.id_template:
        return wanted_id(builder, step, target, manager)
    moved = builder.moves.get(target)
    own = next((one for one in step.caches if one is moved), None)
    if moved is not None and own is None:
        name = moved.flag.options.get("id", "")
        other = next(one for one in builder.facts.steps if moved in one.mounts)
    else:
        found = builder.facts.memo(ids, step.stage).get(target)
        if found and manager.system and found[1].stage.file is not step.stage.file and not in_scope_alike(*found, step):
            # The image of another file was built apart from this one.
            found = None
        if found is None:
            found = builder.facts.memo(ids_of_file).get(target)
            # Of a system's packages, stages on other images have others, unless they share another cache.
            if found and not ((not manager.system or share_caches(step, found[1])) and in_scope_alike(*found, step)):
                found = None
        if found is None:
            return distinct(builder.facts, step, target, manager) or _as_siblings(builder.facts, step, target, manager)
        name, other = found
    if not name:
        return ""
    if not _WRITABLE_ID.fullmatch(name):
        builder.give_up(reasons.ID_NOT_PLAIN.about())
    if in_scope_alike(name, other, step):
        return parted(name, manager, other.environment, step.environment)
    # Programs need nothing of the others' cache.
    alone = all(one.download.installs_program for one in step.installs if one.manager is manager)
    builder.mark_unsafe([] if alone else [reasons.ID_OF_ANOTHER_STAGE.about(name=name)])
    return "" if alone else name


def owned(builder: FixBuilder, install: Install, target: str) -> CacheMount:
    """Return the mount for a target, belonging to the user of the install."""
    sharing = install.manager.sharing
    if install.root:
        return CacheMount(target=target, sharing=sharing)
    if install.uid is None:
        from cachemount.repairs.unknown_places import unknown_user

        builder.mark_unsafe([unknown_user(install)])
        return CacheMount(target=target, sharing=sharing, mode="0777")
    for number in (install.uid, install.gid):
        if isinstance(number, FromArgument):
            from cachemount.dockerfile.state.numbers import in_scope

            if not in_scope(number, install.step.environment):
                builder.mark_unsafe([reasons.USER_SET_AGAIN.about(word=number.word)])
    return CacheMount(target=target, sharing=sharing, uid=install.uid, gid=install.gid)


def _as_siblings(facts: Facts, step: Step, target: str, manager: PackageManager) -> str:
    if not facts.mounted:
        return ""
    from cachemount.repairs.id_patterns import like_siblings

    return like_siblings(facts, step, target, manager)


def make_folder(builder: FixBuilder, install: Install, target: str, directory: Directory) -> None:
    """Let the user make the folder above a mount, which BuildKit would make for root."""
    if install.root:
        return
    from cachemount.repairs import parent_directories

    folder = parent_directories.folder_beside(install, directory, target, builder.facts)
    allowed = bool(folder) and parent_directories.may_make(install, folder, builder.facts)
    if not folder:
        folder = parent_directories.missing_folder(install, target, builder.facts)
        allowed = bool(folder) and parent_directories.has_home(install, builder.facts)
    if not folder:
        return
    if not allowed:
        reason = reasons.HOME_NOT_KNOWN if install.home and below(folder, install.home) else reasons.MAY_NOT_MAKE_FOLDER
        builder.mark_unsafe([reason.about(folder=folder)])
        return
    if install.command.user not in ("", None, install.step.environment.user):
        # Another step would make it as the user of the steps, and not as the one that the command changes to.
        builder.mark_unsafe([reasons.FOLDER_OF_ROOT.about(folder=folder)])
        return
    first = parent_directories.first_step(install, folder, builder.facts)
    folders = builder.folders.setdefault(first, [])
    if folder not in folders:
        if folders:
            builder.edits.remove(_inserted_folders(builder.facts, first, folders))
        words = follow(install, folder, directory.moved) or folder
        if not has_value(first, words, folder):
            builder.mark_unsafe([reasons.PLACE_BY_ARGUMENT.about(target=folder)])
        folders.append(TextFromArgument(folder, words))
        builder.edits.append(_inserted_folders(builder.facts, first, folders))


def _inserted_folders(facts: Facts, step: Step, folders: Collection[str]) -> Edit:
    """Return the edit that puts a step in front of another, which makes folders."""
    words = [one.words if isinstance(one, TextFromArgument) else one for one in folders]
    return facts.memo(inserted, step, (f"mkdir -p {' '.join(words)}",))
