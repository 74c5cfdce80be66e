"""Whether something runs a project whose packages stay in yarn's cache, after the step that installs them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount.copied_names import copied_as
from cachemount.facts import chain, locations
from cachemount.facts.context import copies_all, may_leave_out, nearest, settings_of
from cachemount.facts.expansion import expanded
from cachemount.facts.model import Facts, Install
from cachemount.facts.queries import all_steps, all_steps_of, copied_from
from cachemount.late_pattern import late
from cachemount.repairs.safety.later_commands import images_commands

_SETTINGS = ".yarnrc.yml"
# The second has links in node_modules/.store to a folder beside the cache. Run with 4.9: it works with a mount on the
# cache, and the image without that.
_LINKER = late(r"(?m)^nodeLinker:\s*[\"']?(?:node-modules|pnpm)\b")
# What a command writes for it, and what Plug'n'Play itself has.
_SET = late(r"(?i)(?<!yarn_)node_?linker[\"'\\]*[\s:=]+[\"'\\]*([\w-]+)")
_SET_FOR_COMMAND = late(r"\bYARN_NODE_LINKER=[\"']?([\w-]+)")
_LINKED = re.compile("node-modules|pnpm")
_IS_PLAYED = r"(?<![\w-])\.pnp\.\w"
# Tools have a cache there without any package.
_PACKAGES = late(r"(?:\A|/)node_modules(?=/|\Z)(?!/+\.cache(?:/|\Z))")
# They say nothing of what is there.
_SILENT = frozenset({"[", "[[", "echo", "find", "mkdir", "printf", "rm", "rimraf", "test"})
_STORED_ELSEWHERE = late(r"(?m)^pnpmStoreFolder:")
# The files that say where the packages are, the folder of the packages, and patterns that may take these along.
_PROJECT = late(r"(?:^|/)(?:\.pnp\b|\.yarn\b|node_modules)|[*?\[$]")


def may_play(facts: Facts, install: Install) -> bool:
    """Return whether the packages of a project may stay in the cache, as they do without node_modules."""
    if linker := install.variables.get("YARN_NODE_LINKER"):
        return not _LINKED.fullmatch(linker)
    stage = install.step.stage
    steps = [*all_steps(facts, stage).values(), *all_steps_of(facts, stage)]
    written = [found for step in steps for found in _SET_FOR_COMMAND.findall(step.run.script.text)]
    if written := [*written, *_SET.findall(facts.dockerfile.code)]:
        return not all(map(_LINKED.fullmatch, written))
    texts = _settings(facts)
    if any(texts) or facts.says(_IS_PLAYED):
        has_linker = bool(texts) and all(map(_LINKER.search, texts))
        # It may be set in another way as well.
        return not has_linker or any(map(_STORED_ELSEWHERE.search, texts)) or facts.says(r"(?i)node_?linker")
    workdir = install.variables["WORKDIR"]
    return workdir is None or not any(_names_packages(one, workdir) for one in _used(facts, install))


def _names_packages(path: str, workdir: str) -> bool:
    """Return whether a path is that of node_modules, or in it, of the project in a folder or of a part of it."""
    found = _PACKAGES.search(path)
    if found is None:
        return False
    folder = locations.absolute(path[: found.start()] or ("/" if path.startswith("/") else "."), workdir)
    return folder is not None and (folder == workdir or locations.below(folder, workdir))


def _used(facts: Facts, install: Install) -> Iterator[str]:
    """Yield the paths that are copied from the stage of an install, and the words of commands from there on."""
    stage, here = install.step.stage, install.step.instruction.span.start
    yield from (f"/{one.lstrip('/')}" for one in copied_from(facts, stage))
    for step in all_steps_of(facts, stage):
        if step.instruction.span.start >= here:
            for command, words in expanded(step):
                if command.program not in _SILENT and command.directory is not None:
                    folder = locations.absolute(command.directory, step.environment.workdir)
                    yield from filter(None, (locations.absolute(word.known, folder) for word in words))
    yield from (word.strip("'") for rank, _, texts in images_commands(stage) if rank > here for word in texts)


def _settings(facts: Facts) -> list[str]:
    """Return the texts of the settings that the build copies; "" for one that is not known."""
    named = list(dict.fromkeys(copied_as(facts.dockerfile.code, _SETTINGS)))
    if not named or named == [_SETTINGS]:
        return [settings_of(facts.dockerfile, _SETTINGS)]
    found = []
    for name in named:
        files = nearest(facts.dockerfile.source.context, name)
        found.append("" if may_leave_out(files, name) else files.get(name, ""))
    whole = settings_of(facts.dockerfile, _SETTINGS) if copies_all(facts.dockerfile.code) else ""
    return [*found, whole] if whole else found


def runs_later(facts: Facts, install: Install) -> bool:
    """Return whether the project may run after the step: in a later one, in the image, or where it is copied to."""
    stage, here = install.step.stage, install.step.instruction.span.start
    if any(step.instruction.span.start > here for step in all_steps_of(facts, stage)):
        return True
    if chain.descends(facts.dockerfile.stages[-1], stage) or next(images_commands(stage), None):
        return True
    if any(
        "from" in mount.flag.options and "source" not in mount.flag.options
        for step in facts.steps
        for mount in step.mounts
    ):
        return True
    workdir = install.variables["WORKDIR"]
    return workdir is None or not all(_is_made_in(source, workdir) for source in copied_from(facts, stage))


def _is_made_in(source: str, workdir: str) -> bool:
    """Return whether a path that is copied is in a folder, and not the project itself."""
    path = locations.absolute(source, "/")
    return path is not None and path != workdir and locations.below(path, workdir) and not _PROJECT.search(path)
