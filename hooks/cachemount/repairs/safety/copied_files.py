"""The files that a build's context brings to the stages of a chain: under which names, and to which folders."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from cachemount.dockerfile.model import Stage
from cachemount.facts import locations
from cachemount.facts.model import Facts
from cachemount.late_pattern import late
from cachemount.records import Record
from cachemount.repairs.safety.hidden_content import copy_words
from cachemount.repairs.safety.installer_scripts import is_known_installer
from cachemount.repairs.safety.known_programs import READS_NO_STORE
from cachemount.repairs.safety.later_commands import HOMES, INSTALL_ROOTS

# Folders of programs: a tree that is copied there may bring any.
_PROGRAMS = late(rf"(?:/(?:(?:usr(?:/local)?/)?s?bin|usr(?:/local)?)?|{INSTALL_ROOTS}(?:/bin)?)/?\Z")
_OF_HOMES = late(rf"(?:{HOMES}|/home)/?\Z")
SHELL_SCRIPTS = ("", ".ash", ".bash", ".sh")


class Brought(Record):
    """What COPY instructions bring from the context.

    `names` are those that the files get, with those that the context has for them; `folders` is where they lie, "/"
    where that is not known. With `programs` any program may be among them, with `homes` one below somebody's home.
    `scripts` are the names in the context, as far as the repository has it. `installers` are the names of scripts that
    ADD fetches and that are known to leave the distribution's packages alone.
    """

    names: Mapping[str, str]
    folders: tuple[str, ...]
    programs: bool
    homes: bool
    scripts: frozenset[str]
    installers: frozenset[str]

    def name_of(self, file: str, workdir: str | None) -> str:
        """Return the name that the context has for a file as a command says it; "" where no COPY brings it."""
        name = posixpath.basename(file)
        if name in self.names:
            return self.names[name]
        if "/" not in file:
            # Into the root folder much is copied that brings no programs.
            brings = any(_PROGRAMS.match(one) and (one != "/" or name in self.scripts) for one in self.folders)
            return name if brings and name not in READS_NO_STORE else ""
        path = locations.absolute(file, workdir)
        inside = path is not None and any(one != "/" and locations.below(path, one) for one in self.folders)
        return name if inside else ""


def brought(facts: Facts, stage: Stage) -> Brought:
    """Return what COPY instructions of a stage, and of those that it is built on, bring from the context."""
    return facts.memo(_brought, stage)


def _brought(facts: Facts, stage: Stage) -> Brought:
    names: dict[str, str] = {}
    folders: dict[str, None] = {}
    programs = homes = False
    installers: set[str] = set()
    for instruction in (one for each in stage.lineage() for one in each.instructions):
        if instruction.keyword not in ("COPY", "ADD") or any(flag.name == "from" for flag in instruction.flags):
            continue
        sources, place = copy_words(facts, instruction)
        if len(sources) == 1 and is_known_installer(sources[0]):
            installers |= {posixpath.basename(place or instruction.operands[-1]), posixpath.basename(sources[0])}
            continue
        files = [posixpath.basename(source) for source in sources]
        names |= {file: file for file in files if file not in ("", ".", "*")}
        if len(files) == 1 and files[0] in names:
            # Some are given another name.
            names.setdefault(posixpath.basename(place or instruction.operands[-1]), files[0])
        folders[place or "/"] = None
        written = instruction.operands[-1]
        # Into the root folder a whole context is copied that brings no programs.
        tails = {posixpath.basename(source.rstrip("/")) for source in sources} - ({"."} if written == "/" else set())
        trees = any(one == "." or "." not in one for one in tails)
        # `COPY scripts .` brings them where WORKDIR is such a folder; a project often lies in /go itself.
        works_there = place is not None and place.endswith("bin") and _PROGRAMS.match(place) is not None
        programs = programs or (trees and (works_there or _PROGRAMS.match(written) is not None))
        homes = homes or (trees and any(map(_OF_HOMES.match, (written, place or written))))
    context = facts.dockerfile.source.context
    scripts = (posixpath.basename(one.path) for one in context if posixpath.splitext(one.path)[1] in SHELL_SCRIPTS)
    return Brought(
        names=names,
        folders=tuple(folders),
        programs=programs,
        homes=homes,
        scripts=frozenset(scripts),
        installers=frozenset(installers) - names.keys(),
    )
