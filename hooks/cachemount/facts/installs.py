"""The installs of a command: what it downloads, with which variables and as whom, and where that is cached."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from cachemount.dockerfile.model import Dockerfile
from cachemount.dockerfile.state.environment import Environment
from cachemount.facts import chain, invocations, locations, programs
from cachemount.facts.context import is_copied, nearest, settings_of
from cachemount.facts.expansion import arguments, runner
from cachemount.facts.model import Directory, Install, Mount, Step
from cachemount.facts.requested import Requested
from cachemount.facts.settings import image_variables, is_set_offline, prefix, says, unneeded, used_directory, variants
from cachemount.late_pattern import late
from cachemount.managers.model import Cache, Download, PackageManager
from cachemount.records import replace
from cachemount.shell.model import Command, Word

# What is in the environment of every process.
_ALWAYS = frozenset({"HOME", "PATH"})
# A loop alone does not ask which manager is there.
_BRANCHES = late(r"(?<![\w./-])(?:if|case|else|elif|which|type)\s|\bcommand\s+-v\b|\]\s*&&|\|\|")
_ASKS = late(r"(?:\[|\btest)\s+-[ef]\s")
_ALL = late(r"-[a-zA-Z]*a[a-zA-Z]*")
_EXPORTS = late(r"-[a-zA-Z]*x")


def _has_prefetched(step: Step, command: Command) -> bool:
    """Return whether a manager finds all packages in a folder that was filled before the build."""
    if "hermeto" not in step.run.script.text and "cachi2" not in step.run.script.text:
        return False
    from cachemount.facts.prefetched import has_prefetched

    return has_prefetched(step, command)


def _is_passed_over(dockerfile: Dockerfile, step: Step, command: Command) -> bool:
    """Return whether a command stands in a branch that asks for a file which the project does not have."""
    if not command.conditional or not dockerfile.source.context or not _ASKS.search(step.run.script.text):
        return False
    from cachemount.facts.chosen_by_file import is_passed_over

    return is_passed_over(dockerfile, step, command)


def installs(dockerfile: Dockerfile, step: Step, command: Command, extra: Requested | None = None) -> Iterator[Install]:
    words = arguments(step, command)
    if not words or words[0].text in step.script.defined:
        return
    called = [
        (program, word, rest, manager)
        for program, word, rest in programs.programs(words)
        for manager in (*programs.managers(program), *(extra.managers(program) if extra else ()))
    ]
    if not called or _has_prefetched(step, command) or _is_passed_over(dockerfile, step, command):
        return
    environment, who = step.environment, runner(step, command)
    variables: dict[str, str | None] = {} if command.bare else {**environment.variables}
    variables["HOME"], variables["ACCOUNT_HOME"] = (who.account_home if command.bare else who.home), who.account_home
    variables["PATH"] = environment.variables.get("PATH")
    if command.exports:
        variables.update(_handed_on(step, command))
    for assignment in command.assignments:
        variables[assignment.name] = assignment.value.expand(variables, who.home)
    workdir = None if command.directory is None else locations.absolute(command.directory, environment.workdir)
    variables["WORKDIR"], variables["ANY"] = workdir, None
    from cachemount.facts.asked_systems import is_of_another_system

    for program, word, rest, manager in called:
        if manager.packages_in_image and re.search(manager.packages_in_image, environment.image):
            continue
        found = invocations.download(manager, program, rest, variables, may_keep=_may_keep(dockerfile, manager))
        if found is None:
            continue
        way, verb, reader = found
        told_offline = bool(manager.offline_settings) and is_set_offline(dockerfile, step, command, variables, manager)
        if command.conditional and _is_elsewhere(manager, environment) and _BRANCHES.search(step.run.script.text):
            continue
        if manager.system and environment.base is None and is_of_another_system(step, manager):
            continue
        other_root = command.other_root or _root_flag(manager, rest)
        if other_root and step.caches:
            # Which of the paths in there they serve is not known.
            continue
        if (way.for_image or way.satisfied_by) and unneeded(dockerfile, step, command, way):
            from cachemount.facts.done_before import leaves_nothing

            if leaves_nothing(dockerfile, step, command, (manager, way, rest), variables):
                continue
        if _is_excluded(dockerfile, environment, way):
            continue
        if _has_packages(dockerfile, step, command, (manager, way, verb, rest), variables):
            continue
        # Only root may install the system's packages, if by a program that only a variable names.
        root = who.root or manager.system
        install = Install(
            step=step,
            command=command,
            manager=manager,
            program=program,
            program_word=word,
            download=way,
            arguments=rest,
            verb=verb,
            reader=reader or told_offline,
            told_offline=told_offline,
            variables=variables,
            home=variables["HOME"],
            root=root,
            uid=0 if root else who.uid,
            gid=0 if root else who.gid,
            other_root=other_root,
        )
        if more := _of_image(dockerfile, install):
            install.variables = {**variables, **more}
        install.directories = tuple(_directories(dockerfile, install, manager, workdir))
        if install.reader and (unknown := _passed_over(install)):
            known = tuple(one for one in rest if one.known not in unknown)
            plain = invocations.download(manager, program, known, variables)
            install.reader = plain is None or plain[2]
        yield install


def _may_keep(dockerfile: Dockerfile, manager: PackageManager) -> bool:
    """Return whether a manager may keep packages in the image, as far as the project's file for it is known."""
    name, says_so = manager.kept_in_image_by
    text = settings_of(dockerfile, name) if name and dockerfile.source.context else ""
    return not text or re.search(says_so, text) is not None


def _passed_over(install: Install) -> frozenset[str]:
    """Return the options that the manager's release does not know, whichever of the caches it has."""
    sets = [one.cache.passed_over for one in install.directories]
    return frozenset.intersection(*sets) if sets else frozenset()


def _of_image(dockerfile: Dockerfile, install: Install) -> dict[str, str | None]:
    """Return the variables for templates that tell what the image of an install has and where."""
    manager, step, environment = install.manager, install.step, install.step.environment
    found: dict[str, str | None] = {}
    if manager.prefix:
        found["PREFIX"] = prefix(manager, install.command, install.variables)
    if manager.shown and environment.base is None and environment.image not in ("", "scratch"):
        from cachemount.facts.shown_places import shown_place

        name = manager.shown.variable
        if not (found.get(name) or install.variables.get(name)):
            found.update(shown_place(dockerfile, step, manager.shown))
    if manager.image_variables:
        found.update(image_variables(manager, (environment.image, *environment.others)))
    if manager.packaged and install.root:
        from cachemount.facts.packaged_places import packaged_place

        found.update(packaged_place(dockerfile, step, install.command, manager))
    return found


def _is_excluded(dockerfile: Dockerfile, environment: Environment, way: Download) -> bool:
    """Return whether the file's text or its image say that a way to download is not taken."""
    if way.when and not says(dockerfile.code, way.when):
        return True
    return bool(way.done_in_image) and re.search(way.done_in_image, environment.image) is not None


def _is_elsewhere(manager: PackageManager, environment: Environment) -> bool:
    """Return whether the image is of a distribution that has another manager: a branch for others is not taken."""
    base = environment.base
    if base is None or base.distribution in ("unknown", "windows") or not manager.distributions:
        return False
    return base.distribution not in manager.distributions


def _root_flag(manager: PackageManager, rest: Sequence[Word]) -> str:
    """Return the option that gives a command another root folder; "" where none does."""
    given = {word.known.partition("=")[0] for word in rest} if manager.root_flags else ()
    return next((flag for flag in manager.root_flags if flag in given), "")


def _has_packages(
    dockerfile: Dockerfile,
    step: Step,
    command: Command,
    found: tuple[PackageManager, Download, tuple[str, ...], tuple[Word, ...]],
    variables: Mapping[str, str | None],
) -> bool:
    """Return whether a command downloads nothing, as it asks for nothing, or for files, or for what the project has."""
    manager, way, verb, rest = found
    if way.named and invocations.names_nothing(manager, way, verb, rest) and _is_written_out(command):
        return True
    if manager.no_sources_after and says(dockerfile.code, manager.no_sources_after):
        from cachemount.facts.index_presence import has_no_sources

        if has_no_sources(dockerfile, step, command, manager):
            return True
    if invocations.names_files(manager, way, verb, rest):
        from cachemount.facts.index_presence import index_is_there

        if not index_is_there(dockerfile, step, command, manager):
            return True
    if way.project_programs and dockerfile.source.context:
        from cachemount.facts.project_programs import has_program

        name = next((one.known for one in invocations.operands(manager, rest)), "")
        given = {one.known for one in invocations.own(manager, rest, verb)}
        others = given.isdisjoint(way.project_programs.unless)
        if others and has_program(dockerfile, step, command, way.project_programs, name):
            return True
    if way.gathered and any("/" in one.known for one in rest):
        from cachemount.facts.gathered import are_gathered

        files = [one.known for one in invocations.operands(manager, rest)][len(verb) :]
        options = [one.known for one in rest]
        if are_gathered(dockerfile, step, way.gathered, files, options=options, workdir=variables["WORKDIR"]):
            return True
    if way.requirements and rest and re.fullmatch(way.requirements.bare, rest[-1].known):
        from cachemount.facts.bare_sources import builds_bare_sources

        sources = [*invocations.operands(manager, rest)][len(verb) :]
        if builds_bare_sources(step, command, way.requirements, sources):
            return True
    if way.requirements and dockerfile.source.context:
        from cachemount.facts.required import needs_nothing

        if needs_nothing(dockerfile, step, command, (manager, way.requirements, verb, rest), variables):
            return True
    if not way.vendored:
        return False
    from cachemount.facts.vendored import has_packages

    return has_packages(dockerfile, step, way.vendored, rest, variables)


def _is_written_out(command: Command) -> bool:
    """Return whether a command gets no more words than are written: none of a variable, nor of `xargs`."""
    return {*command.wrappers} <= {"sudo"} and not any("$" in one.raw or "`" in one.raw for one in command.words)


def _handed_on(step: Step, command: Command) -> Iterator[tuple[str, str | None]]:
    """Yield the shell's variables that a program gets: those that are exported, or were in its environment before."""
    exported = step.memo(_exported)
    known = _ALWAYS | command.given | step.environment.variables.keys()
    for name, value in command.exports.items():
        if not value or exported is None or name in exported or name in known:
            yield name, value


def _exported(step: Step) -> frozenset[str] | None:
    """Return the names that a step exports; None where it exports all (`set -a`)."""
    names: set[str] = set()
    for command in step.commands:
        texts = [word.known for word in command.words[1:]]
        if command.program == "set" and ("allexport" in texts or any(_ALL.fullmatch(text) for text in texts)):
            return None
        if command.program == "export" or (
            command.program in ("declare", "typeset", "local") and any(map(_EXPORTS.match, texts))
        ):
            names.update(text for text in texts if not text.startswith("-"))
            names.update(one.name for one in command.assignments)
    return frozenset(names)


def _directories(
    dockerfile: Dockerfile, install: Install, manager: PackageManager, workdir: str | None
) -> Iterator[Directory]:
    hidden = install.other_root or programs.is_optional(arguments(install.step, install.command)[0])
    for wanted in manager.caches:
        if install.download.caches and wanted.name not in install.download.caches:
            continue
        if not is_used(dockerfile, install.step, manager, wanted):
            continue
        if wanted.environments and wanted.environments != _environments(dockerfile, install):
            continue
        directory = used_directory(dockerfile, install, wanted, workdir)
        if hidden:
            directory = Directory(cache=wanted, path=None)
        if directory.accepted and wanted.substitutes_unless and says(_texts(dockerfile), wanted.substitutes_unless):
            directory = replace(directory, accepted=())
        for one in variants(dockerfile, install, directory) if wanted.variants and not hidden else (directory,):
            cover = _cover(dockerfile, install.step, one, manager) if install.step.mounts else None
            if cover is not None and wanted.unused_parts and _is_on_unused_part(dockerfile, cover, one):
                cover = None
            yield one if cover is None else replace(one, cover=cover)


def _environments(dockerfile: Dockerfile, install: Install) -> str:
    """Return where the environments of an install are: "within" the manager's cache, or known to be "apart"."""
    from cachemount.facts.environment_places import are_elsewhere

    return "apart" if are_elsewhere(dockerfile, install) else "within"


def is_used(dockerfile: Dockerfile, step: Step, manager: PackageManager, cache: Cache) -> bool:
    """Return whether the manager of a step's image has a cache, as far as the file and the project's settings say."""
    if cache.when and not says(_telling(dockerfile, step, manager, cache), cache.when):
        return False
    return not (cache.unused_by[0] and _is_unused(dockerfile, cache.unused_by))


def _is_unused(dockerfile: Dockerfile, unused_by: tuple[str, str, str]) -> bool:
    """Return whether a settings file of the project says that a cache is not used."""
    name, said, otherwise = unused_by
    return re.search(said, settings_of(dockerfile, name)) is not None and not says(dockerfile.code, otherwise)


def _telling(dockerfile: Dockerfile, step: Step, manager: PackageManager, wanted: Cache) -> str:
    """Return the text in which it is looked for whether a cache is used."""
    if not wanted.when_before:
        return _with_settings(dockerfile, step, manager, _of_version(dockerfile, step, manager))
    seen = (*chain.before(step.stage, step.instruction), step.instruction)
    return "\n".join(dockerfile.source.slice(one.span) for one in seen)


def _of_version(dockerfile: Dockerfile, step: Step, manager: PackageManager) -> str:
    """Return the Dockerfile; what the step's image is built by alone where other stages may have another version."""
    some, own = manager.version_of_stage
    if not some or len(dockerfile.stages) < 2 or not says(dockerfile.code, some):
        return dockerfile.code
    built_by = step.memo(_built_by, dockerfile)
    return built_by if says(built_by, own) else dockerfile.code


def _built_by(step: Step, dockerfile: Dockerfile) -> str:
    """Return the instructions that a step's image is built by, with those that all stages have, and the step."""
    built = (one for stage in step.stage.lineage() for one in (stage.instruction, *stage.instructions))
    before = takewhile(lambda one: one is not step.instruction, built)
    return dockerfile.code_of((*dockerfile.globals, *before, step.instruction))


def _with_settings(dockerfile: Dockerfile, step: Step, manager: PackageManager, code: str) -> str:
    """Return a text of the Dockerfile, with the project's files before the step that say which caches it has."""
    if not manager.said_in:
        return code
    said = [name for name, pattern in manager.said_in.items() if says(code, pattern)]
    if said and any(one in dockerfile.code for one in ("mv", "cp")):
        from cachemount.facts.replaced_files import replaced, without_files

        if replaced(dockerfile, step, manager, said):
            return without_files(code, manager)
    if not dockerfile.source.context:
        return code
    before = [dockerfile.source.slice(one.span) for one in chain.before(step.stage, step.instruction)]
    # An image that is not known may have what makes the file count.
    texts = [
        settings_of(dockerfile, name)
        for name, pattern in manager.said_in.items()
        if (step.environment.base is None or says(code, pattern)) and is_copied("\n".join(before), name)
    ]
    return "\n".join((code, *texts))


def _texts(dockerfile: Dockerfile) -> str:
    """Return the Dockerfile and the files of its context, in one text."""
    return "\n".join((dockerfile.code, *(one.text for one in dockerfile.source.context)))


def _is_on_unused_part(dockerfile: Dockerfile, mount: Mount, directory: Directory) -> bool:
    """Return whether a mount is on a folder in a directory that the manager's release does not use."""
    if mount.target is None or directory.path is None or not locations.below(mount.target, directory.path):
        return False
    part = mount.target[len(directory.path) :].strip("/").partition("/")[0]
    unused = directory.cache.unused_parts.get(part)
    if unused is None or not says(dockerfile.code, unused):
        return False
    name, says_release = directory.cache.release_in
    known = nearest(dockerfile.source.context, name).get(name)
    return known is not None and re.search(says_release, known) is None


def _cover(dockerfile: Dockerfile, step: Step, directory: Directory, manager: PackageManager) -> Mount | None:
    """Return the mount that serves a directory."""
    mounts = step.mounts
    if any(mount.target is None for mount in mounts):
        others = [one for one in manager.caches if one is not directory.cache]
        from cachemount.facts.open_targets import is_elsewhere

        mounts = tuple(
            mount
            for mount in mounts
            if not locations.names_another(mount, directory.cache, others)
            and not is_elsewhere(dockerfile, mount, directory)
        )
    cover = locations.cover(mounts, directory)
    if cover is None and step.environment.base is None and not locations.surely(directory):
        if directory.moved and manager.brought_by and says(dockerfile.code, manager.brought_by):
            return None
        # The author of an unknown image knows best what it has in its environment.
        cover = next((mount for mount in step.caches if locations.plausible(mount, directory.cache)), None) or next(
            (mount for mount in step.caches if locations.is_of_images(mount, directory)), None
        )
        if cover is None and directory.moved:
            from cachemount.facts.earlier_mounts import mounted_before

            cover = mounted_before(step, directory, manager)
    return cover
