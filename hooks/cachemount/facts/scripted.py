"""Steps that run the system's package manager in a script of the repository alone, beside a mount for its packages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from cachemount.dockerfile.model import Stage
from cachemount.facts import chain
from cachemount.facts.context import scripts_in
from cachemount.facts.installs import installs
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.programs import may_download
from cachemount.managers.model import PackageManager
from cachemount.records import Record, replace
from cachemount.shell.model import Command
from cachemount.shell.reader import read_file

_SHELLS = frozenset({"sh", "bash", "ash", "dash"})


class Scripted(Record):
    """A command that runs a script of the repository, the file as it names it, and an install of the script.

    The install says what is cached and where; its own words stand in the script, and cannot be edited.
    """

    command: Command
    file: str
    install: Install


def scripted(facts: Facts, step: Step) -> tuple[Scripted, ...]:
    """Return the first install of each manager in the scripts that a step runs, beside a mount for its packages.

    Left out is a manager that the step runs itself, and a script that empties the cache or lets it keep its packages.
    """
    return facts.memo_all(_scripted, step) if step.caches and facts.dockerfile.source.context else ()


def scripted_steps(facts: Facts, stage: Stage, manager: PackageManager) -> list[Step]:
    """Return the steps of the chain of stages that run a manager in a script alone, as steps with those installs."""
    return [
        one.install.step
        for step in facts.mounted
        if step.stage.file is stage.file and chain.descends(stage, step.stage)
        for one in scripted(facts, step)
        if one.install.manager is manager
    ]


def _scripted(facts: Facts, step: Step) -> Iterator[Scripted]:
    seen = {install.manager.name for install in step.installs}
    for command in step.commands:
        file = _file(command)
        texts = scripts_in(facts.dockerfile.source.context, [file]) if file else []
        if len(texts) != 1:
            continue
        for install in _installs(facts, step, texts[0]):
            manager = install.manager
            if manager.name in seen or install.reader or install.only_index:
                continue
            seen.add(manager.name)
            evidence = (one for keep in manager.retentions for one in keep.evidence)
            if any(one and re.search(one, texts[0]) for one in (manager.empties_in_script, *evidence)):
                continue
            if manager.installs_in_script and any(one.cover and not one.cache.index for one in install.directories):
                yield Scripted(command=command, file=file, install=install)


def _file(command: Command) -> str:
    """Return the script that a command runs, as it names it; "" for none."""
    words = command.words
    if words and words[0].name in _SHELLS:
        words = tuple(word for word in words[1:] if not word.known.startswith("-"))
    first = words[0].known if words else ""
    return first if "/" in first or posixpath.splitext(first)[1] in (".sh", ".bash") else ""


def _installs(facts: Facts, step: Step, text: str) -> list[Install]:
    """Return the installs of a script, as if its commands stood in the step."""
    script = read_file(text)
    if script is None:
        return []
    alike = replace(step, script=script, installs=[])
    found = [
        install
        for command in script.commands
        if may_download(command) and not command.other_root
        for install in installs(facts.dockerfile, alike, command)
    ]
    alike.installs.extend(found)
    facts.scripted.append(alike)
    return found
