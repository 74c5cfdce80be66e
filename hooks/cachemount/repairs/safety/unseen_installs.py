"""What installs by the index in the image, without a command of the manager in the Dockerfile."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from cachemount import reasons
from cachemount.dockerfile.model import Instruction, Stage
from cachemount.facts.context import modules_in, other_scripts_in, python_scripts_in, scripts_in, with_scripts
from cachemount.facts.model import Facts, Step
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import images_commands, shortened
from cachemount.repairs.safety.unnamed_scripts import installs_packages, texts_run_by

# Of a list of words, and the ends of lines that go on.
_MARKS = late(r"[\[\]\",\\]+")


def needed_by_files(facts: Facts, step: Step, manager: PackageManager) -> Withheld | None:
    """Return why a step may need the index: a program, a script of a project, or a module installs by it."""
    text = facts.dockerfile.source.slice(step.instruction.span)
    modules = python_scripts_in(facts.dockerfile.source.context, modules_in(text)) if "python" in text else []
    by_program = bool(manager.index_read_by) and re.search(manager.index_read_by, text) is not None
    if not by_program and not _count_on_index([*texts_run_by(facts, step), *modules], manager):
        return None
    line = facts.dockerfile.source.position(step.instruction.span.start).line
    return reasons.MAY_NEED_LISTS.about(where=f"line {line}", title=shortened(step.run.script.text.strip()))


def needed_at_start(facts: Facts, stage: Stage, manager: PackageManager) -> Iterator[tuple[int, Withheld]]:
    """Yield where what an image runs, of a stage or of one built on it, installs by the index: rank and reason."""
    for rank, instruction, words in images_commands(stage):
        if _count_on_index(texts_at_start(facts, instruction, words), manager):
            line = facts.dockerfile.source.position(instruction.span.start).line
            title = shortened(" ".join(words))
            yield rank, reasons.MAY_NEED_LISTS.about(where=f"line {line}", title=title)


def texts_at_start(facts: Facts, instruction: Instruction, words: Sequence[str]) -> list[str]:
    """Return what an image runs by an instruction with these words: itself, and scripts.

    They are the repository's, but for those that heredocs of the file write.
    """
    context, written = facts.dockerfile.source.context, facts.memo(_written)
    plain = [word.strip("\"'") for word in words]
    bodies = [written[name] for name in map(posixpath.basename, plain) if name in written]
    plain = [word for word in plain if posixpath.basename(word) not in written]
    said = " ".join(_MARKS.sub(" ", instruction.arguments.text).split())
    scripts = with_scripts(context, scripts_in(context, plain))
    return [said, *bodies, *scripts, *python_scripts_in(context, plain), *other_scripts_in(context, plain)]


def _written(facts: Facts) -> dict[str, str]:
    """Return the texts that heredocs of COPY and ADD write, by the names of the files."""
    found = {}
    for one in (one for stage in facts.dockerfile.stages for one in stage.instructions if one.heredocs):
        if one.keyword not in ("COPY", "ADD"):
            continue
        place = one.operands[-1]
        for heredoc in one.heredocs:
            name = heredoc.name if place.endswith("/") else posixpath.basename(place)
            found[name] = facts.dockerfile.source.slice(heredoc.body)
    return found


def _count_on_index(texts: Sequence[str], manager: PackageManager) -> bool:
    """Return whether texts install packages, and fetch no index."""
    if not (manager.installs_in_script and manager.index_fetched):
        return False
    return installs_packages(texts, manager, has_rights=True, leaves_them=False) and not any(
        re.search(manager.index_fetched, text) for text in texts
    )
