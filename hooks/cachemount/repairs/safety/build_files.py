"""Whether a builder, as make, reads the file of the repository, or that of a project which the step fetched."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator

from cachemount.dockerfile.model import Instruction
from cachemount.facts import chain, locations
from cachemount.facts.cleanups import resolved
from cachemount.facts.model import Facts, Step
from cachemount.late_pattern import late
from cachemount.repairs.safety.hidden_content import copy_words
from cachemount.repairs.safety.later_commands import Called, commands_of

_ELSEWHERE = late(r"-[Cf].*|--(?:directory|file|makefile|prefix|cwd)(?:=.*)?")
_ARCHIVE = late(r"\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|zip)\Z")


def may_be_read(facts: Facts, step: Step, called: Called, names: Collection[str], text: str) -> bool:
    """Return whether a builder may read the file of the repository with these names and this text."""
    folder = resolved(".", called.command, step)
    if folder is None or any(map(_ELSEWHERE.fullmatch, called.texts)):
        return True
    name = posixpath.basename(folder)
    if name and called.command.directory != "" and name in _fetched(step, called):
        # A Makefile that names it may be its own.
        return name in text
    if step.environment.base is None or any(mount.type == "bind" for mount in step.run.mounts):
        return True
    if facts.says(r"\bgit\s(?:[^;&|\n]*\s)?clone\b"):
        # What is cloned may be the repository itself.
        return True
    copies = (one for one in chain.before(step.stage, step.instruction) if one.keyword in ("COPY", "ADD"))
    return any(_may_bring(facts, copy, names, folder) for copy in copies)


def _fetched(step: Step, called: Called) -> Iterator[str]:
    """Yield the names of the folders that a step clones or unpacks before a command."""
    for one in commands_of(step):
        if one.command.span >= called.command.span:
            return
        operands = [text for text in one.texts if not text.startswith("-")]
        if one.name == "git" and operands[:1] == ["clone"] and len(operands) > 1:
            yield posixpath.basename(operands[-1].rstrip("/")).removesuffix(".git")
        elif one.name in ("tar", "bsdtar", "unzip"):
            yield from (_ARCHIVE.sub("", posixpath.basename(text)) for text in operands if _ARCHIVE.search(text))


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
