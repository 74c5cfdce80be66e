"""Whether a builder, as make, reads the file of the repository, or that of a project which the step fetched."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator

from cachemount.dockerfile.model import Instruction
from cachemount.facts import chain, locations
from cachemount.facts.cleanups import resolved
from cachemount.facts.locations import flag_value
from cachemount.facts.model import Facts, Step
from cachemount.facts.queries import all_steps
from cachemount.late_pattern import late
from cachemount.repairs.safety.hidden_content import copy_words
from cachemount.repairs.safety.later_commands import Called, commands_of

_ELSEWHERE = late(r"-f.*|--(?:file|makefile|prefix|cwd)(?:=.*)?")
_FOLDER = ("-C", "--directory")
_CLONE_TEXT = r"\bgit\s(?:[^;&|\n]*\s)?clone\b"
_CLONE = late(_CLONE_TEXT)
_ADDRESS = late(r"\w+://\S+|[\w.-]+@[\w.-]+:\S+")
_ARCHIVE = late(r"\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|zip)\Z")


def may_be_read(facts: Facts, step: Step, called: Called, names: Collection[str], text: str) -> bool:
    """Return whether a builder may read the file of the repository with these names and this text."""
    chosen = flag_value(called.arguments, _FOLDER)
    folder = resolved(chosen[1] or "", called.command, step) if chosen else _directory(step, called)
    if not folder or any(map(_ELSEWHERE.fullmatch, called.texts)):
        return True
    fetched = {*_fetched(step, called)} if chosen or called.command.directory != "" else set()
    name = next((part for part in reversed(folder.split("/")) if part in fetched), "")
    if name:
        # A Makefile that names it may be its own.
        return name in text
    if step.environment.base is None or any(mount.type == "bind" for mount in step.run.mounts):
        return True
    if facts.says(_CLONE_TEXT) and _may_be_cloned(facts, step, folder, text):
        # What is cloned may be the repository itself.
        return True
    copies = (one for one in chain.before(step.stage, step.instruction) if one.keyword in ("COPY", "ADD"))
    return any(_may_bring(facts, copy, names, folder) for copy in copies)


def _directory(step: Step, called: Called) -> str | None:
    """Return the folder that a command runs in; None for one that is not known.

    A variable in the last `cd` in front of it may be of the environment.
    """
    if called.command.directory is not None:
        return resolved(".", called.command, step)
    moves = [one for one in commands_of(step) if one.name == "cd" and one.command.span < called.command.span]
    place = moves[-1].texts[0] if moves and moves[-1].texts else ""
    return (
        posixpath.normpath(place) if place.startswith("/") and moves[-1].command.depth == called.command.depth else None
    )


def _fetched(step: Step, called: Called) -> Iterator[str]:
    """Yield the names of the folders that a step clones or unpacks before a command."""
    for one in commands_of(step):
        if one.command.span >= called.command.span:
            return
        operands = [text for text in one.texts if not text.startswith("-")]
        if one.name == "git" and operands[:1] == ["clone"] and len(operands) > 1 and "" not in operands:
            yield posixpath.basename(operands[-1].rstrip("/")).removesuffix(".git")
        elif one.name in ("tar", "bsdtar", "unzip"):
            yield from (_ARCHIVE.sub("", posixpath.basename(text)) for text in operands if _ARCHIVE.search(text))


def _may_be_cloned(facts: Facts, step: Step, folder: str, text: str) -> bool:
    """Return whether a clone in the chain of stages, up to a step, may have brought a folder, with a file's text."""
    steps = [one for one in all_steps(facts, step.stage).values() if one.instruction.span <= step.instruction.span]
    for one in steps:
        found = [*_clones(one)]
        if len(found) < len(_CLONE.findall(one.run.script.text or one.instruction.arguments.text)):
            return True
        for project, place in found:
            if place is None:
                return True
            if locations.below(folder, place) and (project in text or posixpath.basename(place) in text):
                # A Makefile that names it may be its own.
                return True
    return False


def _clones(step: Step) -> Iterator[tuple[str, str | None]]:
    """Yield the projects that a step clones, and their folders; None for one that is not known."""
    for one in commands_of(step):
        operands = [(word.known or word.raw).strip("\"'") for word in one.arguments if not word.raw.startswith("-")]
        if one.name != "git" or operands[:1] != ["clone"] or len(operands) < 2:
            continue
        address = next((operand for operand in operands if _ADDRESS.fullmatch(operand)), "")
        project = posixpath.basename(address.rstrip("/")).removesuffix(".git")
        place = project if operands[-1] == address else operands[-1]
        yield project, None if "$" in place or not project else resolved(place, one.command, step)


def _may_bring(facts: Facts, copy: Instruction, names: Collection[str], folder: str) -> bool:
    """Return whether a COPY may bring one of the files to a folder."""
    sources, place = copy_words(facts, copy)
    if place is not None and not locations.below(place, folder) and not locations.below(folder, place):
        return False
    return not sources or any(_may_be(source, names) for source in sources)


def _may_be(source: str, names: Collection[str]) -> bool:
    """Return whether a source of a COPY is one of the files, or a folder."""
    name = posixpath.basename(source.rstrip("/"))
    return name in names or name in ("", ".", "..") or "." not in name or any(char in name for char in "*?[$")
