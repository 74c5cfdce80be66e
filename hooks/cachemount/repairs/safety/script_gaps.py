"""What scripts and Makefiles of the repository surely download in a step, without a mount for it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cachemount.facts import chain
from cachemount.facts.invocations import positionals
from cachemount.facts.model import Directory, Facts, Install, Step
from cachemount.facts.queries import is_of_project, steps_related, steps_saying, writes_files
from cachemount.facts.script_flow import is_shell
from cachemount.facts.scripted import Scripted, parts
from cachemount.facts.unmounted import Unmounted, gap_of, has_stray_mount
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.records import Record, replace
from cachemount.repairs.safety.make_parts import make_parts
from cachemount.repairs.safety.package_parts import package_parts
from cachemount.script_names import MAKEFILES
from cachemount.shell.model import Command

# What may be a script of the repository, by its name or its path, or run one of its Makefiles.
_RUNS = late(r"\.(?:ba|a)?sh\b|\bg?make\b|\b(?:npm|pnpm|yarn|bun)\b|\./|/[\w.-]+|\b[a-z]+[-_][a-z]")

_READ = (*MAKEFILES, "package.json")
_VARIABLE = late(r"[\"']?\$\{?(\w+)\}?[\"']?")


class ScriptGap(Record):
    """The step and its command that runs the script, where in that the install is, and what lacks a mount."""

    caller: Step
    command: Command
    place: str
    gap: Unmounted

    @property
    def wanted(self) -> list[Directory]:
        """The directories that want a mount, where their paths are known."""
        return [one for _, one in self.gap.wanted if not one.cache.optional and one.path]


def script_gaps(facts: Facts) -> Collection[ScriptGap]:
    """Return the installs of scripts that run whenever their step does, and download: one for each step and manager."""
    return facts.memo_all(_script_gaps)


def _script_gaps(facts: Facts) -> Iterator[ScriptGap]:
    before: list[ScriptGap] = []
    context = facts.dockerfile.source.context
    if not any(is_shell(one) or one.path.endswith(_READ) for one in context) and not writes_files(facts):
        return
    for stage in facts.dockerfile.stages:
        for step in steps_saying(facts, stage, _RUNS) if stage.file is None else ():
            if step.instruction.onbuild or step.run.network == "none" or has_stray_mount(step):
                continue
            if any(mount.flag.problem for mount in step.mounts):
                continue
            for found in _of_step(facts, step):
                if not _has_most(facts, found.gap, before):
                    yield found
                before.append(found)


def _of_step(facts: Facts, step: Step) -> Iterator[ScriptGap]:
    # What the step runs itself has a finding, or a mount.
    done = {install.manager for install in step.installs}
    ran = (*parts(facts, step), *make_parts(facts, step), *package_parts(facts, step))
    for one in (Scripted(part=part, install=install) for part in ran for install in part.step.installs):
        manager, install = one.install.manager, one.install
        if manager in done or install.reader or install.only_index or not (one.is_sure and one.part.brought):
            continue
        if _is_of_files(one) or (manager.system and not _has_rights(one)):
            continue
        done.add(manager)
        gap = gap_of(facts, _sure(one, manager), manager)
        if gap is not None and gap.kind != "misplaced":
            found = next((each for each, _ in gap.wanted if each is install), gap.install)
            place = one.part.place(found.command)
            yield ScriptGap(caller=step, command=one.command, place=place, gap=replace(gap, install=found))


def _has_most(facts: Facts, gap: Unmounted, before: Collection[ScriptGap]) -> bool:
    """Return whether an earlier step fetched what the project, or a store, needs: little may be left to download."""
    step, manager = gap.step, gap.manager
    if manager.system or gap.install.download.installs_program:
        return False
    earlier = [one for other in steps_related(facts, step.stage) for one in other.installs]
    earlier += [one.gap.install for one in before]
    is_store = any(one.cache.kind == "store" for _, one in gap.wanted)
    if is_store:
        # What lies in a mount is not there for a step without it.
        earlier = [
            one for one in earlier if not any(each.cover and each.cache.kind == "store" for each in one.directories)
        ]
    return any(
        one.manager is manager
        and not one.download.installs_program
        and one.step.instruction.span.start < step.instruction.span.start
        and chain.descends(step.stage, one.step.stage)
        and (is_store or (is_of_project(one) and is_of_project(gap.install)))
        for one in earlier
    )


def _has_rights(one: Scripted) -> bool:
    """Return whether an install of the system's packages is root's, or asks for its rights."""
    command = one.install.command
    raised = not {"sudo", "doas"}.isdisjoint(command.wrappers) or command.words[0].raw.startswith(("$", '"$'))
    return raised or one.part.step.environment.user in ("", "root", "0")


def _is_of_files(one: Scripted) -> bool:
    """Return whether all that is installed is in variables that the script sets to names of files of packages."""
    install = one.install
    operands = positionals(install.manager, install.arguments)[len(install.verb) :]
    names = [_VARIABLE.fullmatch(word.raw) for word in install.command.words[1:] if word.raw.startswith(("$", '"$'))]
    text = one.part.unit.file.text
    return (
        bool(names)
        and len(names) == len(operands)
        and all(
            name is not None and re.search(rf"(?m)\b{name[1]}=[^\n]*\.(?:rpm|deb|apk|whl|t?gz)\b", text)
            for name in names
        )
    )


def _sure(one: Scripted, manager: PackageManager) -> Step:
    """Return a step that has those installs of a part of a script that surely run."""
    part = one.part

    def counts(install: Install) -> bool:
        return install.manager is manager and id(install.command) in part.sure

    return replace(part.step, installs=[each for each in part.step.installs if counts(each)], _known={})
