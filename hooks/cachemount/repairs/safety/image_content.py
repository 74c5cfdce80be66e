"""Commands that could miss the content of a directory once a mount keeps it out of the image."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from cachemount import reasons
from cachemount.dockerfile.model import Stage
from cachemount.facts import chain, locations
from cachemount.facts.cleanups import paths
from cachemount.facts.model import Directory, Facts, Install, Step
from cachemount.facts.needed import installs_inside
from cachemount.facts.patterns import compiled
from cachemount.facts.queries import all_steps, all_steps_of, copied_from, steps_of
from cachemount.facts.reads import is_read_after
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.cleaning_scripts import cleaning_script, emptied_by_script
from cachemount.repairs.safety.file_names import is_builder
from cachemount.repairs.safety.later_commands import images_commands, is_readable, runs_programs_of_its_own
from cachemount.repairs.safety.left_in_cache import empties_after, switches_off
from cachemount.repairs.safety.made_for_image import made_for_image
from cachemount.repairs.safety.mount_removers import mount_removers
from cachemount.repairs.safety.reinstalls import cannot_fetch_again
from cachemount.repairs.safety.step_conflicts import clashes, takes_all
from cachemount.repairs.safety.step_copies import copied_along
from cachemount.shell.scope import TEST_COMMANDS

_UP_TO_VARIABLE = late(r".*\$(?:\w+|\{[^{}]*\})")
_PREPARE = frozenset({"cache", "config", "init", "python", "set", "venv", "--version"})
_RUNNERS, _RUNS = frozenset({"bunx", "npx", "pnpx", "uvx"}), frozenset({"dlx", "exec", "run", "x"})
# A project that is made up and thrown away for what it downloads.
_TRIAL = (
    r"(?s)\A(?!.*(?:\A|[;&|({\n])\s*(?:sudo\s+)?(?:cp|mv|install|ln)\s)"
    # The program that is built stays.
    r"(?!.*\bgo\s+build\s[^;&|]*?-o[=\s]*[\"']?(?P<out>/(?:usr|bin|sbin|opt)/[^\s\"';&|]*)(?!.*\brm\s[^;&|\n]*(?P=out)))"
    r"(?=.*\brm\s(?:\\\r?\n|[^&;|\n])*(?:\bproject\b|\btarget\b|project\.clj|pom\.xml|build\.sbt))"
)


def hazards(
    facts: Facts, step: Step, directories: Collection[Directory], manager: PackageManager
) -> Iterator[Withheld]:
    """Yield the reasons why mounting the directories in this step is not safe."""
    stage = step.stage
    places, targets = sorted(paths(directories)), {one.path for one in directories}
    apart = paths([directory for directory in directories if directory.cache.disposable])
    # In one order: reasons name the first.
    stores = sorted({one.path for one in directories if one.cache.kind == "store" and one.path is not None})
    inside, above = facts.memo(_copied, stage)
    for place in places:
        source = above.get(place)
        if source is None and place not in apart and not _keeps_out(facts, step, directories, manager):
            from cachemount.repairs.safety.copied_homes import is_home_alone

            source = next(
                (
                    inside[one]
                    for one in locations.upwards(place)
                    if one in inside and not (place not in stores and is_home_alone(facts, step, manager, one))
                ),
                None,
            )
        source = source or _unknown_source(facts, stage, place)
        # What else a mount could serve gets none.
        if source and place in targets:
            yield reasons.TAKEN_LATER.about(source=source)
        mine = (one for one in step.installs if one.manager is manager and not one.reader)
        if place in targets and any(installs_inside(facts, one, place) for one in mine):
            yield reasons.HIDDEN_CONTENT.about(path=place)
        if is_read_after(facts, step, place, of_image=manager.system):
            yield reasons.READ_LATER.about(place=place)
        yield from clashes(step, place)
        if taken := takes_all(step, manager, place):
            yield taken
        yield from copied_along(facts, step, place, unpacked=manager.unpacked or place in stores)
        yield from mount_removers(facts, step, place, directories, manager)
        yield from _asked(facts, step, place, directories, manager)
        if manager.checks_owner:
            from cachemount.repairs.safety.changed_owner import changed_owner

            yield from changed_owner(facts, step, place, manager)
        yield from made_for_image(facts, step, place, manager, stored=place in stores)
    if manager.has_index:
        yield from _needs_index(facts, step, directories, manager)
    emptied = emptied_by_script(facts, step, directories, manager) or cleaning_script(facts, step, manager, places)
    if emptied:
        yield emptied
    stored = bool(stores)
    yield from _needed_in_image(facts, step, manager)
    if stored:
        if _makes_for_later(facts, step, places):
            yield reasons.PUBLISHED.about()
        yield from _of_stores(facts, step, manager, stores)
    else:
        yield from _later_installs(facts, step, manager, places)
    if (stored and _is_developed_in(facts, step, manager)) or is_only_fetched(facts, step, manager, stores):
        yield reasons.ONLY_FETCHED.about()
    elif _may_be_for_image(facts, step, manager, stores):
        from cachemount.repairs.safety.told_programs import runs_what_it_is_told

        yield from runs_what_it_is_told(facts, manager)


def _of_stores(facts: Facts, step: Step, manager: PackageManager, stores: Collection[str]) -> Iterator[Withheld]:
    from cachemount.repairs.safety.left_artifacts import left_artifacts
    from cachemount.repairs.safety.step_edits import edited
    from cachemount.repairs.safety.step_links import linked
    from cachemount.repairs.safety.store_readers import store_hazards

    yield from left_artifacts(facts, step, manager, stores)
    yield from edited(facts, step, stores)
    yield from linked(facts, step, stores)
    yield from store_hazards(facts, step, manager, stores)


def _asked(
    facts: Facts, step: Step, place: str, directories: Collection[Directory], manager: PackageManager
) -> Iterator[Withheld]:
    if any(one.program in TEST_COMMANDS for one in step.commands):
        from cachemount.repairs.safety.asked_of_image import asked_of_image

        yield from asked_of_image(facts, step, place, directories, manager)


def _needs_index(
    facts: Facts, step: Step, directories: Collection[Directory], manager: PackageManager
) -> Iterator[Withheld]:
    from cachemount.repairs.safety.index_readers import index_directories, needs_index

    fills_index = any(one in directories for one in index_directories(step, manager))
    if fills_index and (reason := needs_index(facts, step, manager)):
        yield reason


def _is_developed_in(facts: Facts, step: Step, manager: PackageManager) -> bool:
    from cachemount.repairs.safety.developed_stages import is_kept_to_develop, is_worked_in

    return is_kept_to_develop(facts, step, manager) or is_worked_in(facts, step, manager)


def _needed_in_image(facts: Facts, step: Step, manager: PackageManager) -> Iterator[Withheld]:
    """Yield why what the image runs, or what others run in it, may need what a step fetches."""
    if any(way.verb_is_program for way in manager.downloads):
        from cachemount.repairs.safety.run_from_cache import needed_at_run_time

        yield from needed_at_run_time(facts, step, manager)
    if manager.script_environments:
        from cachemount.repairs.safety.script_environments import script_environments

        yield from script_environments(facts, step, manager, manager.script_environments)
    if manager.loaded:
        from cachemount.repairs.safety.loaded_packages import loaded_from_store

        yield from loaded_from_store(facts, step, manager)
    if manager.synced_at_start:
        from cachemount.repairs.safety.synced_at_start import synced_at_start

        yield from synced_at_start(facts, step, manager)
    if any(True for _ in images_commands(step.stage)):
        from cachemount.repairs.safety.installs_at_start import installs_at_start

        yield from installs_at_start(facts, step, manager)
    if manager.class_path:
        from cachemount.repairs.safety.class_paths import class_paths

        yield from class_paths(facts, step, manager)
    if manager.system and (manager.refresh or facts.dockerfile.source.runs):
        from cachemount.repairs.safety.container_builds import index_read_in_containers

        yield from index_read_in_containers(facts, step, manager)


def _later_installs(facts: Facts, step: Step, manager: PackageManager, places: Collection[str]) -> Iterator[Withheld]:
    """Yield why a later install may need the cache that this step fills."""
    if any(install.download.takes_installed for one in facts.steps for install in one.installs):
        from cachemount.repairs.safety.installed_before import takes_installed

        yield from takes_installed(facts, step, places)
    if facts.memo(_last_reader, step.stage, manager) > step.instruction.span.start:
        yield reasons.CACHE_ALONE.about(manager=manager.name)
    yield from cannot_fetch_again(facts, step, manager)


def is_only_fetched(facts: Facts, step: Step, manager: PackageManager, stores: Collection[str]) -> bool:
    """Return whether no step makes anything of what one fetches, into these stores or a cache: it is for the image."""
    if any(one.download.only_prefetches for one in step.installs):
        from cachemount.repairs.safety.fetched_apart import fetches_apart

        if fetches_apart(facts, step, manager):
            return True
    return _may_be_for_image(facts, step, manager, stores) and not _is_built_later(facts, step, manager)


def _may_be_for_image(facts: Facts, step: Step, manager: PackageManager, stores: Collection[str]) -> bool:
    return not _is_built_by(facts, step, manager, stores) and _only_warms(facts, step, manager, stored=bool(stores))


def _is_built_by(facts: Facts, step: Step, manager: PackageManager, stores: Collection[str]) -> bool:
    """Return whether a later step builds by another program with what is in the stores."""
    if not stores:
        return False
    from cachemount.repairs.safety.store_readers import building_steps

    here = step.instruction.span.start
    builders = building_steps(facts, step.stage, manager, frozenset(stores))
    return any(one.instruction.span.start > here for one in builders)


def _copied(facts: Facts, stage: Stage) -> tuple[dict[str, str], dict[str, str]]:
    """Return what is copied out of the stage, by path; and the same by each folder above it."""
    inside: dict[str, str] = {}
    above: dict[str, str] = {}
    for source in copied_from(facts, stage):
        path = locations.absolute(source, "/")
        if path is not None and path != "/":
            inside.setdefault(path, source)
            for folder in locations.upwards(path):
                above.setdefault(folder, source)
    return inside, above


def _keeps_out(facts: Facts, step: Step, directories: Collection[Directory], manager: PackageManager) -> bool:
    """Return whether the step as it is leaves its caches empty, so that a copy of a folder above has none of it."""
    if any(one.cache.kind == "store" for one in directories):
        return False
    if empties_after(step, directories, manager) and _finds_nothing(facts, step, manager):
        return True
    return switches_off(facts, step, manager)


def _finds_nothing(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether the caches are known to be empty before the step, so that its clean-up removes its own alone."""
    here = step.instruction.span.start
    earlier = (one for one in all_steps(facts, step.stage).values() if one.instruction.span.start < here)
    return step.environment.base is not None and not any(
        runs_programs_of_its_own(one)
        or not is_readable(one)
        or any(install.manager is manager for install in one.installs)
        or any(name in one.run.script.text for name in manager.programs)
        for one in earlier
    )


def _unknown_source(facts: Facts, stage: Stage, place: str) -> str:
    """Return a path that is copied out of the stage and that may be the place, as far as its known end tells."""
    for source in copied_from(facts, stage) if not place.startswith("/var/") else ():
        end = _UP_TO_VARIABLE.sub("", source).rstrip("/") if "$" in source else ""
        if end.startswith("/") and (
            any(one.endswith(end) for one in locations.upwards(place))
            or any(place.endswith(one) for one in locations.upwards(end) if one != "/")
        ):
            return source
    return ""


def _only_warms(facts: Facts, step: Step, manager: PackageManager, *, stored: bool) -> bool:
    """Return whether the step fills the manager's store or cache for the running image, as far as the file tells."""
    final = facts.dockerfile.last
    mine = [install for install in step.installs if install.manager is manager]
    if stored:
        makes_programs = all(install.download.installs_program for install in mine)
        trial = not makes_programs and (
            compiled(_TRIAL).search(step.run.script.text) is not None or _goes_with_project(facts, step, mine)
        )
        used = any(install.download.of_project and not install.download.only_prefetches for install in mine)
        warming = bool(mine) and (trial or (not used and any(install.download.only_prefetches for install in mine)))
    else:
        # What comes before may be the index, and other packages.
        of_project = [install for install in mine if install.download.of_project]
        prefetches = bool(of_project) and of_project[-1].download.only_prefetches
        warming = prefetches or _goes_with_project(facts, step, of_project)
    last = step.stage is final and step.instruction is step.stage.instructions[-1] and not is_builder(facts)
    if last and all(install.download.ends_excerpts for install in mine) and not _runs_before(facts, step, manager):
        return False
    from cachemount.repairs.safety.of_image import is_of_image

    return warming and is_of_image(facts, step) and not any(_is_used_later(facts, install) for install in mine)


def is_for_cache_alone(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether nothing is left of what a step installs but the cache, which the image then is meant to hold."""
    mine = [one for one in step.installs if one.manager is manager and not one.reader]
    if any(one.cache.kind == "store" for install in mine for one in install.directories):
        return False
    from cachemount.repairs.safety.thrown_projects import HANDLES

    # What the programs do beside, as `npm run build`, may be what the step is for.
    own = [one.command for one in mine]
    if any(one.program in _RUNNERS or not _RUNS.isdisjoint(word.known for word in one.words[1:2]) for one in own):
        return False
    others = (one.words for one in step.script.commands if one.words and one not in own)
    if not all(words[0].name in HANDLES or (words[1:] and words[1].known in _PREPARE) for words in others):
        return False
    from cachemount.repairs.safety.of_image import is_of_image

    return _throws_project_away(step, mine) and is_of_image(facts, step)


def _throws_project_away(step: Step, installs: Sequence[Install]) -> bool:
    if "rm " not in step.run.script.text:
        return False
    from cachemount.repairs.safety.thrown_projects import throws_project_away

    return throws_project_away(step, installs)


def _goes_with_project(facts: Facts, step: Step, installs: Sequence[Install]) -> bool:
    """Return whether what these installs make for a project goes with it, in the step or in later ones."""
    if _throws_project_away(step, installs):
        return True
    if "rm " not in facts.dockerfile.source.text:
        return False
    from cachemount.repairs.safety.thrown_projects import is_thrown_away_later

    return is_thrown_away_later(facts, step, installs)


def _all_goes_with_project(facts: Facts, step: Step, manager: PackageManager) -> bool:
    return _goes_with_project(facts, step, [one for one in step.installs if one.manager is manager])


def _is_built_later(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether a later step of the chain makes something of what a step fetches."""
    return any(
        install.manager is manager
        and install.download.of_project
        and not install.download.only_prefetches
        and install.verb not in manager.refresh_verbs
        for other in facts.steps
        if other.instruction.span.start > step.instruction.span.start and chain.descends(other.stage, step.stage)
        if not facts.memo(_all_goes_with_project, other, manager)
        for install in other.installs
    )


def _is_used_later(facts: Facts, install: Install) -> bool:
    """Return whether a command that comes later makes something of what an install prefetches, without a download."""
    pattern, here = install.download.used_by, install.command.span.end
    if not pattern:
        return False
    later = (one for _rank, one in chain.after(install.step.stage) if one.run is not None and one.span.end > here)
    return any(
        re.search(pattern, facts.dockerfile.source.text[max(here, one.span.start) : one.span.end]) for one in later
    )


def _runs_before(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether an earlier step of the chain of stages runs the manager."""
    return any(
        install.manager is manager
        for other in facts.steps
        if other.instruction.span.start < step.instruction.span.start and chain.descends(step.stage, other.stage)
        for install in other.installs
    )


def _makes_for_later(facts: Facts, step: Step, places: Collection[str]) -> bool:
    """Return whether the step puts a project's own result into the store, and a later one works on another project."""
    makers = [install for install in step.installs if install.download.publishes_to_store]
    if not makers:
        return False
    return any(
        (mine.download.only_prefetches or _project(mine) != _project(install))
        for other in facts.steps
        if other.instruction.span.start > step.instruction.span.start and chain.descends(other.stage, step.stage)
        for install in other.installs
        if any(directory.path in places for directory in install.directories)
        for mine in makers
    )


def _project(install: Install) -> tuple[str | None, ...]:
    """Return what the command works on: its directory, and the options that say it."""
    chosen = locations.flag_value(install.arguments, ("-f", "--file", "-pl", "--projects"))
    return install.variables["WORKDIR"], *(chosen or ())


def _last_reader(facts: Facts, stage: Stage, manager: PackageManager) -> int:
    in_scripts = manager.cache_read_in_script and facts.dockerfile.source.context
    return max(
        (
            other.instruction.span.start
            for other in (all_steps_of(facts, stage) if in_scripts else steps_of(facts, stage))
            if any(install.reader and install.manager is manager for install in other.installs)
            or (in_scripts and _reads_in_script(facts, other, manager))
        ),
        default=-1,
    )


def _reads_in_script(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether a step names a script of the context that reads the manager's cache."""
    from cachemount.facts.context import scripts_in

    texts = scripts_in(facts.dockerfile.source.context, step.run.script.text.split())
    return any(re.search(manager.cache_read_in_script, text) for text in texts)
