"""Who needs a store that a mount keeps out of the image, and could not fetch what the mount lacks.

BuildKit may drop a cache mount and keep the layers. So each command that reads a store has to have the mount and be
able to fetch by itself; and only commands that are known not to read it may run without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from cachemount import reasons
from cachemount.dockerfile.model import Stage
from cachemount.facts import invocations, locations, programs
from cachemount.facts.invocations import is_offline
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.queries import all_steps_of, line_of, steps_of
from cachemount.managers.model import PackageManager
from cachemount.reasons import Reason, Withheld
from cachemount.repairs.safety import node_scripts
from cachemount.repairs.safety.brought_programs import builds_a_clone, is_projects_program, is_secret
from cachemount.repairs.safety.changed_places import changes_places
from cachemount.repairs.safety.container_builds import read_in_containers
from cachemount.repairs.safety.context_folders import context_folders, is_overlaid
from cachemount.repairs.safety.context_scripts import (
    builds_by_script,
    does_no_harm,
    script_of,
    text_does_no_harm,
    told,
)
from cachemount.repairs.safety.credentials import lacks_credentials
from cachemount.repairs.safety.fetch_again import flag_to_drop
from cachemount.repairs.safety.fetch_first import fetch_first
from cachemount.repairs.safety.filled_stores import may_be_brought
from cachemount.repairs.safety.image_store_readers import image_reads, is_storeless, may_use_store, names_package
from cachemount.repairs.safety.installer_scripts import installs_program
from cachemount.repairs.safety.known_programs import VENDORING_VERBS, is_of_framework, reads_no_store
from cachemount.repairs.safety.later_commands import (
    Called,
    commands_of,
    is_readable,
    is_system_path,
    runs_file,
    shortened,
)
from cachemount.repairs.safety.make_targets import fetches_by_make, run_in_folders
from cachemount.repairs.safety.project_scripts import runs_manager
from cachemount.repairs.safety.python_scripts import needs_no_store
from cachemount.repairs.safety.removed_stores import removed_at
from cachemount.script_names import MAKEFILES


def store_hazards(facts: Facts, step: Step, manager: PackageManager, places: Collection[str]) -> Iterator[Withheld]:
    """Yield the reasons why a store on the places, filled by this step, is not safe in a mount."""
    if manager.tools_by:
        from cachemount.repairs.safety.restored_tools import lacks_tools

        yield from lacks_tools(facts, step, manager)
    users = facts.memo(_users, step.stage, manager, frozenset(places))
    later = [other for other in users if other.instruction.span.start > step.instruction.span.start]
    in_image = _leaves_in_image(step, manager, places)
    offline = (one for one in later if in_image or _is_filled(facts, one, manager, places))
    yield from _cannot_fetch(facts, step, manager, places, offline)
    builders = building_steps(facts, step.stage, manager, frozenset(places))
    later += [other for other in builders if other.instruction.span.start > step.instruction.span.start]
    yield from lacks_credentials(facts, step, manager, later)
    if (not in_image and mounts_all(step, places)) or _leaves_none(facts, step, manager, places):
        return
    here = step.instruction.span.start
    reads = [
        reason for rank, reason in facts.memo_all(image_reads, step.stage, manager, frozenset(places)) if rank > here
    ]
    if not in_image:
        # It may put into the store what it has made, as `mvn -o install` does.
        yield from (reason for reason in reads if reason.id == reasons.IMAGE_READS_STORE.id)
        return
    reads += read_in_containers(facts, step.stage, manager, places)
    if all(install.download.installs_program for install in _mine(step, manager, places)):
        # A script, which was not written for what such a program is made of, counts on none of it; and what works on
        # a project does not where the project's own packages are in no image.
        is_mounted = _is_project_mounted(users, manager, places) and not names_package(step.stage)
        yield from (reason for reason in reads if reason.id == reasons.IMAGE_READS_STORE.id and not is_mounted)
        return
    yield from _reads_without(facts, step, manager, places)
    yield from reads


def _leaves_in_image(step: Step, manager: PackageManager, places: Collection[str]) -> bool:
    """Return whether a step as it is may leave in its image what it has in the store.

    Where it does not, because it has root's mount already or fetches nothing, no later command finds less than before,
    unless another step brings something.
    """
    environment = step.environment
    if environment.base is None or environment.uid != 0:
        return True
    fetches = any(not one.reader or _is_told_to_fetch(one) for one in _mine(step, manager, places))
    return fetches and not mounts_all(step, places)


def _leaves_none(facts: Facts, step: Step, manager: PackageManager, places: Collection[str]) -> bool:
    """Return whether a step removes what is in the store, nothing fills it again, and nothing was there before."""
    at = removed_at(step, manager, places)
    known = step.environment.base is not None and step.stage.lineage()[0].file is step.stage.file
    return (
        at is not None
        and known
        and all(
            one.command.span.start <= at or leaves_store(facts, step, one, manager, places) for one in commands_of(step)
        )
        and not _is_filled(facts, step, manager, places)
    )


def _is_filled(facts: Facts, step: Step, manager: PackageManager, places: Collection[str]) -> bool:
    """Return whether the image that a step begins with may have something in the store, which a mount would hide."""
    first = step.stage.lineage()[0]
    here, wanted = step.instruction.span.start, frozenset(places)
    builders = building_steps(facts, first, manager, wanted)
    return (
        any(one.instruction.span.start < here for one in builders)
        or any(rank < here for rank, *_ in facts.memo_all(_in_doubt, first, manager, wanted))
        or may_be_brought(facts, step, places)
    )


def _is_told_to_fetch(install: Install) -> bool:
    return any(word.text in install.manager.fetching_flags for word in install.arguments)


def building_steps(facts: Facts, stage: Stage, manager: PackageManager, places: frozenset[str]) -> list[Step]:
    """Return the later steps that need the store and run builds alone, such as `make`, which fetch what it lacks.

    They are those of root, with a network: a fix mounts the store in them too.
    """
    return facts.memo(_building_steps, stage, manager, places)


def _building_steps(facts: Facts, stage: Stage, manager: PackageManager, places: frozenset[str]) -> list[Step]:
    found = []
    for other in all_steps_of(facts, stage) if (manager.built_by_make[0] or manager.built_by) and places else ():
        if _uses(other, manager, places) or mounts_all(other, places) or not is_readable(other):
            continue
        asked = [one for one in commands_of(other) if not leaves_store(facts, other, one, manager, places)]
        if (
            asked
            and _may_fetch(other, manager)
            and not changes_places(other, places)
            and all(
                _is_built_by(one, manager)
                or fetches_by_make(facts.dockerfile, one, manager)
                or builds_by_script(facts, other, one, manager, _harmless_in_script(facts, other, manager, places))
                for one in asked
            )
        ):
            found.append(other)
    return found


def _may_fetch(step: Step, manager: PackageManager) -> bool:
    """Return whether a step is root's and this file's, and nothing in it keeps the manager from the network."""
    environment = step.environment
    return (
        environment.uid == 0
        and step.run.network != "none"
        and step.stage.file is None
        and not step.instruction.onbuild
        and not is_offline(manager, environment.variables)
        and not (manager.built_by_make[1] and re.search(manager.built_by_make[1], step.run.script.text))
    )


def _users(facts: Facts, stage: Stage, manager: PackageManager, places: frozenset[str]) -> list[Step]:
    return [step for step in steps_of(facts, stage) if _uses(step, manager, places)]


def _mine(step: Step, manager: PackageManager, places: Collection[str]) -> list[Install]:
    return step.memo(_installs_at, manager, frozenset(places))


def _installs_at(step: Step, manager: PackageManager, places: frozenset[str]) -> list[Install]:
    return [
        install
        for install in step.installs
        if install.manager is manager and any(directory.path in places for directory in install.directories)
    ]


def _uses(step: Step, manager: PackageManager, places: Collection[str]) -> bool:
    return bool(_mine(step, manager, places))


def _cannot_fetch(
    facts: Facts, step: Step, manager: PackageManager, places: Collection[str], later: Iterable[Step]
) -> Iterator[Withheld]:
    """Yield the first later command that reads the store and may not fetch: where the mount is empty, it fails."""
    wanted = frozenset(places)
    for other in later:
        first = _mine(other, manager, wanted)[0]
        if not first.reader:
            continue
        fetches = _is_told_to_fetch(first) and other.run.network != "none"
        if not fetches and not fetch_first(first) and not flag_to_drop(facts, first):
            name = shortened(" ".join(word.word.raw for word in first.command.words))
            way = "without network" if other.run.network == "none" else "but does not fetch"
            yield reasons.READS_STORE_OFFLINE.about(
                where=line_of(facts, other), name=name, manager=manager.name, way=way, step=line_of(facts, step)
            )
            return


def _reads_without(facts: Facts, step: Step, manager: PackageManager, places: Collection[str]) -> Iterator[Withheld]:
    """Yield the first doubt about a later step without the mount that may read the store, with a way out."""
    here = step.instruction.span.start
    for rank, reason, where, title in facts.memo_all(_in_doubt, step.stage, manager, frozenset(places)):
        if rank > here:
            yield reason.about(
                where=where,
                title=title,
                manager=manager.name,
                step=line_of(facts, step),
                places=" and ".join(sorted(places)),
            )
            return


def _in_doubt(
    facts: Facts, stage: Stage, manager: PackageManager, places: frozenset[str]
) -> Iterator[tuple[int, Reason, str, str]]:
    """Yield the steps of a stage, and of those built on it, that may need the store: rank, reason, line and command."""
    builders = building_steps(facts, stage, manager, places)
    for other in all_steps_of(facts, stage):
        rank, where = other.instruction.span.start, line_of(facts, other)
        if _uses(other, manager, places) or mounts_all(other, places) or other in builders:
            continue
        if not is_readable(other):
            yield rank, reasons.STORE_STEP_UNREADABLE, where, ""
            continue
        called = next((one for one in commands_of(other) if not leaves_store(facts, other, one, manager, places)), None)
        if called is not None:
            yield rank, reasons.MAY_NEED_STORE, where, called.title


def _is_project_mounted(users: Collection[Step], manager: PackageManager, places: Collection[str]) -> bool:
    """Return whether steps fetch for a project, and each has mounts over all the places."""
    fetching = [
        one for one in users if not all(install.download.installs_program for install in _mine(one, manager, places))
    ]
    return bool(fetching) and all(mounts_all(one, places) for one in fetching)


def mounts_all(step: Step, places: Collection[str]) -> bool:
    """Return whether a step has cache mounts over all the places, which hide what the image has there."""
    targets = [mount.target for mount in step.caches if mount.target is not None]
    return bool(places) and all(any(locations.below(place, target) for target in targets) for place in places)


def _is_harmless(facts: Facts, step: Step, called: Called, manager: PackageManager, places: Collection[str]) -> bool:
    """Return whether a command is known to read nothing in the manager's store on the places."""
    if called.is_query or called.sets_variables:
        return True
    if _is_built_by(called, manager):
        return False
    owners = programs.managers(called.name)
    if owners:
        if manager in owners:
            return _leaves_alone(step, called, manager, places)
        if any(may_use_store(owner, manager) for owner in owners):
            return False
        return not runs_manager(facts, called, manager)
    if called.name in (".", "source"):
        return is_system_path(runs_file(called)) or runs_file(called).endswith(("/bin/activate", "/nvm.sh", "/env"))
    if is_of_framework(called.path, called.texts):
        return True
    if not called.name or not called.is_installed:
        return False
    return (
        reads_no_store(called.name, called.texts)
        or not VENDORING_VERBS.get(called.name, frozenset()).isdisjoint(called.texts[:1])
        or called.is_local_tool
        or installs_program(step, called)
        or (not runs_file(called) and any(text[:2] in ("-c", "-e", "-r") for text in called.texts[:1]))
        or (called.name == "node" and not {"--eval", "-p", "--print"}.isdisjoint(called.texts[:1]))
    )


def _is_built_by(called: Called, manager: PackageManager) -> bool:
    """Return whether a command builds a project in another language, and may run the manager for parts of it."""
    return bool(manager.built_by) and re.search(manager.built_by, " ".join((called.name, *called.texts))) is not None


def leaves_store(
    facts: Facts, step: Step, called: Called, manager: PackageManager, places: Collection[str], *, scripts: bool = True
) -> bool:
    """Return whether a command, or all that the script runs which it names, is known to read nothing in the store.

    With `scripts` one of a repository that the step clones reads no more than it fetches.
    """
    return (
        _is_harmless(facts, step, called, manager, places)
        or builds_a_clone(step, called, manager, scripts=scripts)
        or is_secret(step, called)
        or is_projects_program(facts, step, called, manager)
        or does_no_harm(
            facts, script_of(called), manager, _harmless_in_script(facts, step, manager, places), told(called)
        )
        or needs_no_store(facts, called, manager)
        or node_scripts.needs_no_store(facts, called, manager)
        or _makes_without(facts, step, called, manager, _harmless_in_script(facts, step, manager, places))
    )


def _makes_without(
    facts: Facts, step: Step, called: Called, manager: PackageManager, is_harmless: Callable[[Called], bool]
) -> bool:
    """Return whether a command is `make` for targets of the context that are known, and all that they run is."""
    if called.name not in ("make", "gmake"):
        return False
    folders = context_folders(facts, step, called.command.directory)
    texts = run_in_folders(facts.dockerfile, called, folders) if folders else []
    unchanged = all(not facts.says(rf"(?:>|\b(?:curl|patch|sed|wget)\b)[^\n;&|]*{one}\b") for one in MAKEFILES)
    if is_overlaid(facts, step, called.command.directory) or facts.says(r"\bMAKE(?:FILES|FLAGS)\b(?!=[\"']?-?-?j)"):
        return False
    return bool(texts) and unchanged and all(text_does_no_harm(facts, one, manager, is_harmless) for one in texts)


def _harmless_in_script(
    facts: Facts, step: Step, manager: PackageManager, places: Collection[str]
) -> Callable[[Called], bool]:
    """Return what tells whether a command of a script is known to read nothing in the manager's store on the places."""

    def is_harmless(called: Called) -> bool:
        if manager in programs.managers(called.name):
            return called.is_query or is_storeless(called, manager)
        return runs_file(called) != "-" and _is_harmless(facts, step, called, manager, places)

    return is_harmless


def _leaves_alone(step: Step, called: Called, manager: PackageManager, places: Collection[str]) -> bool:
    """Return whether a command of the manager itself reads nothing in the store on the places."""
    if manager.no_op_flags & {*called.texts}:
        return True
    own = [one for one in step.installs if one.command is called.command and one.manager is manager]
    if own:
        paths = [directory.path for one in own for directory in one.directories]
        return None not in paths and not any(path in places for path in paths)
    if is_storeless(called, manager):
        return True
    words = [word for word in invocations.positionals(manager, called.arguments) if word]
    # A verb that can download, but does nothing of the kind with these arguments.
    return invocations.is_known(manager, called.name, tuple(words))
