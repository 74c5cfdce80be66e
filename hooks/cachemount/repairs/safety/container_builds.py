"""Commands of the repository's files in a container of the image, which read its store or its index of packages."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cachemount import reasons
from cachemount.dockerfile.model import Stage
from cachemount.facts import chain, locations
from cachemount.facts.cleanups import cleanups_of
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.patterns import compiled
from cachemount.facts.queries import steps_of
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import entrypoint_of, images_commands
from cachemount.source import ContainerRun, Elsewhere

_BEHIND_ENTRYPOINT = frozenset({"args", "command", "compose run", "docker run"})


def read_in_containers(
    facts: Facts, stage: Stage, manager: PackageManager, places: Collection[str]
) -> Iterator[Withheld]:
    """Yield the reason to leave a store on the places in the image where a command in a container of it builds.

    One that has volumes over them reads those.
    """
    if not manager.runtime:
        return
    reads = compiled("|".join(manager.runtime)).search
    for run in facts.dockerfile.source.runs:
        hidden = all(any(locations.below(place, one) for one in run.volumes) for place in places)
        if hidden or not _is_of(facts, stage, run) or _is_elsewhere(facts, run, manager, places):
            continue
        if any(map(reads, run.texts)) or reads(_with_entrypoint(facts, run)):
            keyword = f"`{run.by}`" if " " in run.by else run.by
            yield reasons.IMAGE_READS_STORE.about(keyword=keyword, line=run.line, manager=manager.name)
            return


def _is_elsewhere(facts: Facts, run: ContainerRun, manager: PackageManager, places: Collection[str]) -> bool:
    """Return whether a variable of the image moves the manager's stores from the places, for what a container runs."""
    found = _stages_of(facts, run) if run.own_variables else []
    if not found or not found[-1].instructions:
        return False
    environment = facts.environments.get(id(found[-1].instructions[-1]))
    if environment is None:
        return False
    variables = {**environment.variables, "HOME": environment.home, "ACCOUNT_HOME": environment.account_home}
    stores = [
        locations.directory(cache, (), variables, workdir=environment.workdir, root=environment.uid == 0)
        for cache in manager.caches
        if cache.kind == "store"
    ]
    return bool(stores) and all(one.moved and one.path is not None and one.path not in places for one in stores)


def index_read_in_containers(facts: Facts, step: Step, manager: PackageManager) -> Iterator[Withheld]:
    """Yield the reason to leave the index in the image where a command in a container of it runs the system's manager.

    One that fetches it anew needs none. It is left by the last step that fetches it, where none cleans it up.
    """
    reads, cleanup = manager.run_with_index
    told = next(_run_with_index(facts, step.stage, manager, reads), None) if reads else None
    if told is None:
        return
    directories = [one for install in step.installs if install.manager is manager for one in install.directories]
    steps = [*steps_of(facts, step.stage)]
    later = (one for one in steps if one.instruction.span.start > step.instruction.span.start)
    fetched = any(_fetches_surely(one, manager) for other in later for one in other.installs)
    if not fetched and not any(cleanups_of(one, directories, [manager]) for one in (step, *steps)):
        keyword, line = told
        yield reasons.RUN_WITH_INDEX.about(keyword=keyword, line=line, manager=manager.name, cleanup=cleanup)


def _run_with_index(
    facts: Facts, stage: Stage, manager: PackageManager, reads: str
) -> Iterator[tuple[str, int | Elsewhere]]:
    """Yield what runs the manager in the image by the index that is there: how it is called, and its line."""
    for run in facts.dockerfile.source.runs:
        if _is_of(facts, stage, run) and any(map(compiled(reads).search, run.texts)):
            yield (f"`{run.by}`" if " " in run.by else run.by), run.line
    # Others fetch what is not there, or have a cache for the index alone, which then stays in the image.
    asks = manager.refresh and not any(cache.index for cache in manager.caches)
    for _rank, instruction, words in images_commands(stage) if asks else ():
        if compiled(reads).search(" ".join(words)):
            yield instruction.keyword, facts.dockerfile.source.position(instruction.span.start).line


def _fetches_surely(install: Install, manager: PackageManager) -> bool:
    """Return whether an install fetches the index of a manager; all do so where that has no command for it."""
    mine = install.manager is manager and not install.reader and not install.command.conditional
    from cachemount.facts.package_state import fetches_index

    return mine and (not manager.refresh or fetches_index(install))


def _with_entrypoint(facts: Facts, run: ContainerRun) -> str:
    """Return the command of a run behind the entrypoint of its image, where that is not given anew."""
    if run.by not in _BEHIND_ENTRYPOINT:
        return ""
    return " ".join([*(word for one in _stages_of(facts, run)[-1:] for word in entrypoint_of(one)), *run.texts[:1]])


def _is_of(facts: Facts, stage: Stage, run: ContainerRun) -> bool:
    """Return whether the image that a command runs in has what a stage has."""
    return any(chain.descends(one, stage) for one in _stages_of(facts, run))


def _stages_of(facts: Facts, run: ContainerRun) -> list[Stage]:
    """Return the stages whose image a command may run in."""
    wanted = run.target.lower()
    stages = [one for one in facts.dockerfile.stages if one.file is None and one.name.lower() == wanted]
    return stages if wanted else [facts.dockerfile.last]
