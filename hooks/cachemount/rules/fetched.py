"""Whether an earlier step has fetched all that a later one needs: what the project names, or the same programs."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import dropwhile

from cachemount.dockerfile.model import Instruction
from cachemount.facts import chain, locations
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.patterns import compiled
from cachemount.managers.model import Fetched, PackageManager
from cachemount.repairs.safety.hidden_content import copy_words


def has_fetched_all(facts: Facts, earlier: Step, step: Step, manager: PackageManager) -> bool:
    """Return whether a step has fetched what a later one takes, by the same files of the project."""
    about = manager.fetched
    mine = [one for one in step.installs if one.manager is manager and not one.reader]
    if about is None or not all(compiled(about.needed_by).fullmatch(_line(one)) for one in mine):
        return False
    folders = {one.variables.get("WORKDIR") for one in mine}
    folder = folders.pop()
    if folders or folder is None or not any(_fetches(one, manager, folder) for one in earlier.installs):
        return False
    if any(posixpath.basename(one.path) in about.others for one in facts.dockerfile.source.context):
        return False
    between = [*dropwhile(lambda one: one is not earlier.instruction, chain.before(step.stage, step.instruction))]
    ran = [one.run.script.text for one in (*between, step.instruction) if one.run is not None]
    if any(compiled(about.changed_by).search(text) for text in ran):
        return False
    return _is_same_project(facts, earlier, between, about, folder)


def has_fetched_program(earlier: Step, step: Step, manager: PackageManager) -> bool:
    """Return whether a step has fetched the programs that a later one takes, each at the same version."""
    if not manager.pinned_program:
        return False
    pattern = compiled(manager.pinned_program)
    wanted = [pattern.search(_line(one)) for one in step.installs if one.manager is manager and not one.reader]
    found = {
        match[1]
        for one in earlier.installs
        if one.manager is manager and _is_sure(one) and (match := pattern.search(_line(one)))
    }
    return bool(wanted) and all(match is not None and match[1] in found for match in wanted)


def _is_sure(install: Install) -> bool:
    return not install.command.conditional and "||" not in install.step.run.script.text


def _line(install: Install) -> str:
    return " ".join(word.known or word.raw for word in install.arguments)


def _fetches(install: Install, manager: PackageManager, folder: str) -> bool:
    return (
        install.manager is manager
        and manager.fetched is not None
        and _is_sure(install)
        and install.variables.get("WORKDIR") == folder
        and compiled(manager.fetched.by).fullmatch(_line(install)) is not None
    )


def _is_same_project(facts: Facts, earlier: Step, between: list[Instruction], about: Fetched, folder: str) -> bool:
    """Return whether the files that say what a project needs are those of one folder, before and after."""
    before = [*_brought(facts, chain.before(earlier.stage, earlier.instruction), about, folder)]
    after = [*_brought(facts, between, about, folder)]
    return bool(before) and before[-1] is not None and all(one == before[-1] for one in after)


def _brought(
    facts: Facts, instructions: Iterator[Instruction] | list[Instruction], about: Fetched, folder: str
) -> Iterator[tuple[str, str] | None]:
    """Yield where each COPY takes the project's files from: the stage and the folder; None where that is not known."""
    for instruction in instructions:
        if instruction.keyword not in ("COPY", "ADD") or instruction.onbuild:
            continue
        sources, destination = copy_words(facts, instruction)
        if destination is None:
            yield None
            continue
        stage = next((flag.value for flag in instruction.flags if flag.name == "from"), None) or ""
        for source in sources:
            if "$" in source:
                yield None
            path = posixpath.normpath(source.lstrip("/"))
            name = posixpath.basename(path)
            if any(fnmatchcase(file, name) for file in about.files):
                if destination == folder or posixpath.dirname(destination) == folder:
                    yield stage, posixpath.dirname(path)
            elif locations.below(folder, destination) and "." not in name.strip("."):
                inside = posixpath.normpath(posixpath.join(path, posixpath.relpath(folder, destination)))
                if _may_have(facts, inside, about, stage):
                    yield stage, "" if inside == "." else inside


def _may_have(facts: Facts, folder: str, about: Fetched, stage: str) -> bool:
    """Return whether a folder may bring the files: it is all of the context or a stage's, or is known to have one."""
    inside = folder.strip("./")
    paths = {f"{inside}/{file}" for file in about.files}
    return bool(stage) or not inside or any(one.path in paths for one in facts.dockerfile.source.context)
