"""Whether a manager was told to keep what it downloads."""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Collection, Iterator

from cachemount.copied_names import copies
from cachemount.dockerfile.model import Instruction, Stage
from cachemount.facts import chain, locations
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.queries import steps_related
from cachemount.facts.settings import program_and_image
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager, Retention
from cachemount.script_names import KEEP_NAMES, SHELL_SCRIPT

# What only handles files, and what fetches one without handing it on: it runs no script. An installer that is told
# where to copy its program does no more than that: `bash /src/tool/install.sh /usr/local`. Nor is a script run that is
# put where programs are, unless its new name is there once more.
_HANDLED = late(
    r"(?:(?<=[;&|({\n])|\A)[ \t]*(?:sudo[ \t]+)?"
    rf"(?:(?:{'|'.join((*KEEP_NAMES, 'sed', 'touch'))})[ \t](?:\\\n|'[^'\n]*'|\"[^\"\n]*\"|[^;&|\n'\"])*"
    r"|(?:curl|wget)[ \t](?:\\\n|[^;&|\n])*(?=;|&&|\n|\Z)"
    r"|(?:(?:ba)?sh[ \t]+)?[\w./-]*/install\.sh[ \t]+/(?:usr|opt)(?:/[\w.-]+)*[ \t]*(?=\\|[;&|\n]|\Z)"
    r"|install[ \t](?:\\\n|[^;&|\n])*?/s?bin/([\w.-]+)[ \t]*(?=[;&|\n]|\Z)(?!(?s:.*)(?<![\w.-])\1(?![\w.-])))"
)
_COMMENT = late(r"(?m)^[ \t]*#.*$")
_COMMAND_END = late(r"[;&|\n]")
_WORD = late(r"[\w./-]+")


def missing_settings(facts: Facts, install: Install) -> Iterator[Retention]:
    """Yield the settings that the install needs and that no earlier command made."""
    for keep in install.manager.retentions:
        if not _is_of(keep, install):
            continue
        if keep.where and not re.search(keep.where, program_and_image(install)):
            continue
        if keep.unknown_to and install.step.environment.base is None and _is_unknown(facts, install, keep):
            continue
        if install.only_index and (
            install.download.elsewhere
            or keep.flag
            or keep.where
            or keep.command
            or (keep.programs and not _is_used_by(install, keep.programs))
            or _serves_those_that_say_it(install, keep)
            or (keep.command and _serves_those_that_are_told(facts, install, keep))
            or not facts.memo(_fetches_packages, install.step.stage, install.manager, keep.own_evidence)
        ):
            continue
        if not _made(facts, install, keep):
            yield keep


def _is_used_by(install: Install, programs: Collection[str]) -> bool:
    """Return whether one of these programs fetches packages in the step of an install."""
    mine = (one for one in install.step.installs if one.manager is install.manager)
    return any(one.program in programs and not one.only_index for one in mine)


def lasts(facts: Facts, install: Install) -> bool:
    """Return whether an install needs a setting that holds for later steps as well."""
    return any(one.step or one.command for one in missing_settings(facts, install))


def _is_unknown(facts: Facts, install: Install, keep: Retention) -> bool:
    """Return whether the image has nothing that makes the setting necessary, because its makers put nothing there."""
    from cachemount.facts.root_filesystems import is_made_by

    return is_made_by(facts, install.step.stage, keep.unknown_to, keep.removes)


def _is_used(facts: Facts, install: Install) -> bool:
    """Return whether a step fetches packages by the index that this command fetches."""
    return facts.memo(_fetches_packages, install.step.stage, install.manager, ())


def _fetches_packages(facts: Facts, stage: Stage, manager: PackageManager, own_evidence: tuple[str, ...]) -> bool:
    """Return whether a step of the stage, or of one that shares a chain with it, fetches more than the index.

    Scripts and other programs may. What was told by itself to keep its packages does not count.
    """
    others = re.compile(rf"\.sh\b|{manager.run_by}" if manager.run_by else r"\.sh\b")
    return any(
        others.search(step.run.script.text)
        or any(
            install.manager is manager
            and not install.reader
            and not install.only_index
            and not _says_itself(install, own_evidence)
            for install in step.installs
        )
        for step in facts.steps
        if chain.related(stage, step.stage)
    )


def _made(facts: Facts, install: Install, keep: Retention) -> bool:
    step = install.step
    if _says_itself(install, keep.own_evidence):
        return True
    # Nobody binds a file over the one that the image has to bring along the same.
    if keep.removes and any(
        mount.flag.type in ("tmpfs", "cache", "bind")
        and mount.target not in (None, "/")
        and locations.below(keep.removes, mount.target or "")
        for mount in step.mounts
    ):
        return True
    return is_said(facts, install, keep)


def _serves_those_that_say_it(install: Install, keep: Retention) -> bool:
    """Return whether all that the step of this install of an index fetches by it was told to keep its packages."""
    manager = install.manager
    others = [one for one in install.step.installs if one.manager is manager and not one.only_index]
    return bool(others) and all(
        one.reader or not _is_of(keep, one) or _says_itself(one, keep.own_evidence) for one in others
    )


def _serves_those_that_are_told(facts: Facts, install: Install, keep: Retention) -> bool:
    """Return whether all that the step of this install of an index fetches by it, if anything, is told to keep it."""
    others = [one for one in install.step.installs if one.manager is install.manager and not one.only_index]
    told = [one for one in others if not one.reader and _is_of(keep, one)]
    return all(_made(facts, one, keep) for one in told)


def _is_of(keep: Retention, install: Install) -> bool:
    return not keep.programs or any(re.fullmatch(pattern, install.program) for pattern in keep.programs)


def _says_itself(install: Install, own_evidence: tuple[str, ...]) -> bool:
    arguments = " ".join(argument.known for argument in install.arguments) if own_evidence else ""
    return any(re.search(one, arguments) for one in own_evidence)


def is_said(facts: Facts, install: Install, keep: Retention) -> bool:
    """Return whether the setting is made in an earlier step of the chain of stages, or earlier in the step."""
    step = install.step
    pattern = re.compile("|".join(keep.evidence))
    from cachemount.facts.bound_files import is_brought

    if is_brought(facts, step, pattern, keep.in_file):
        return True
    if keep.undone_by:
        return _lasts(facts, install, pattern, keep.undone_by)
    if facts.memo(_first, step.stage, pattern, keep.in_file) < step.instruction.span.start:
        return True
    if step.before(pattern, facts.dockerfile.source, install.command.span.end) is not None:
        return True
    from cachemount.facts.context import scripts_in

    return any(pattern.search(text) for text in scripts_in(facts.dockerfile.source.context, _words_before(install)))


def _words_before(install: Install) -> list[str]:
    """Return the words of the commands that a step runs before an install, which may name scripts."""
    start = install.command.span.start
    earlier = (command for command in install.step.commands if command.span.start < start)
    return [word.known for command in earlier for word in command.words if word.known]


def _lasts(facts: Facts, install: Install, pattern: re.Pattern[str], undone_by: str) -> bool:
    """Return whether nothing undoes the setting from where it was last made to the install."""
    source, step = facts.dockerfile.source, install.step
    earlier = [
        facts.memo(_text, one)
        for one in chain.before(step.stage, step.instruction)
        if one.keyword in ("RUN", "COPY", "ADD")
    ]
    text = "\n".join((*earlier, source.text[step.instruction.span.start : install.command.span.end]))
    made = max((match.end() for match in pattern.finditer(text)), default=-1)
    rest = _COMMAND_END.search(text, made) if made >= 0 else None
    return made >= 0 and (rest is None or re.search(undone_by, text[rest.start() :]) is None)


def _first(facts: Facts, stage: Stage, pattern: re.Pattern[str], in_file: str) -> float:
    """Return the offset of the first instruction of the stage chain that makes the setting; infinity if none does."""
    earlier = math.inf if stage.parent is None else facts.memo(_first, stage.parent, pattern, in_file)
    if earlier < math.inf:
        return earlier
    for instruction in stage.instructions:
        if (
            instruction.keyword in ("RUN", "COPY", "ADD")
            and pattern.search(facts.memo(_text, instruction))
            and not (in_file and _says_otherwise(facts, instruction, in_file))
        ):
            return instruction.span.start
    return math.inf


def _says_otherwise(facts: Facts, instruction: Instruction, in_file: str) -> bool:
    """Return whether an instruction copies files whose text is known, and none of them makes the setting."""
    words = next(copies(facts.dockerfile.source.slice(instruction.span)), None)
    if words is None:
        return False
    texts: list[str | None] = [facts.dockerfile.source.slice(one.body) for one in instruction.heredocs]
    from cachemount.facts.context import nearest

    for word in words[:-1] if not texts else ():
        path = posixpath.normpath(word.lstrip("/"))
        texts.append(nearest(facts.dockerfile.source.context, path).get(path))
    return bool(texts) and all(one is not None and not re.search(in_file, one) for one in texts)


def _text(facts: Facts, instruction: Instruction) -> str:
    """Return the text of an instruction, and those of the scripts of the build's context that a RUN names.

    What a RUN mounts is there for that step alone.
    """
    source = facts.dockerfile.source
    text = source.slice(instruction.span)
    for mount in reversed(instruction.run.mounts) if instruction.run else ():
        start, end = (at - instruction.span.start for at in mount.span)
        text = text[:start] + text[end:]
    if instruction.run is None or not source.context:
        return text
    from cachemount.facts.context import scripts_in

    return "\n".join((text, *scripts_in(source.context, _WORD.findall(text))))


def may_be_said(facts: Facts, install: Install) -> bool:
    """Return whether the step, or an earlier one with the same mount, runs a script whose text is not at hand."""
    if _runs_unknown(facts, " ".join(_words_before(install))):
        return True
    places = [directory.path for directory in install.directories if directory.path is not None]
    for one in chain.before(install.step.stage, install.step.instruction):
        if one.run is None or not any(
            mount.type == "cache" and locations.below(place, mount.target.rstrip("/"))
            for mount in one.run.mounts
            for place in places
        ):
            continue
        if _runs_unknown(facts, one.run.script.text):
            return True
    return False


def _runs_unknown(facts: Facts, text: str) -> bool:
    """Return whether a step names scripts to run, none of which is at hand."""
    found = SHELL_SCRIPT.search(text) is not None
    scripts = SHELL_SCRIPT.findall(_HANDLED.sub(" ", _COMMENT.sub("", text))) if found else []
    from cachemount.facts.context import scripts_in

    return bool(scripts) and not scripts_in(facts.dockerfile.source.context, scripts)


def first_step(facts: Facts, step: Step, manager: PackageManager) -> Step:
    """Return the first step of the chain of stages that runs the manager, which may be the given step."""
    return next(iter(steps_of_manager(facts, step.stage, manager)), step)


def steps_of_manager(facts: Facts, stage: Stage, manager: PackageManager) -> list[Step]:
    """Return the steps of the chain of stages that run the manager, without those of other files.

    Only this file can be edited.
    """
    return facts.memo(_steps, stage, manager)


def _steps(facts: Facts, stage: Stage, manager: PackageManager) -> list[Step]:
    return [
        step
        for step in facts.steps
        if step.stage.file is stage.file
        and chain.descends(stage, step.stage)
        and any(install.manager is manager for install in step.installs)
    ]


def may_be_missing(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether an image that is not known may be without the manager: the step asks before it runs it.

    An argument in FROM may stand for another image than its default. The manager is there where another step of the
    chain runs it in any case, and the condition may be about something else.
    """
    named = step.stage.lineage()[0].instruction.operands[:1]
    chosen = bool(named) and "$" in named[0]
    if (step.environment.base is not None and not chosen) or not _is_conditional(step, manager):
        return False
    if not all(_is_conditional(other, manager) for other in steps_related(facts, step.stage)):
        return False
    from cachemount.facts.asked_systems import asks_for_system

    return asks_for_system(step, manager)


def _is_conditional(step: Step, manager: PackageManager) -> bool:
    return all(one.command.conditional for one in step.installs if one.manager is manager and not one.reader)
