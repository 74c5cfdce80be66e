"""What installs by the index in the image, without a command of the manager in the Dockerfile."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cachemount import reasons
from cachemount.dockerfile.model import Stage
from cachemount.facts.context import modules_in, python_scripts_in
from cachemount.facts.model import Facts, Step
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import images_commands, shortened
from cachemount.repairs.safety.texts_at_start import texts_at_start
from cachemount.repairs.safety.unnamed_scripts import installs_packages, texts_run_by


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
        texts = texts_at_start(facts, instruction, words)
        if _count_on_index(texts, manager) or _asks_index(texts[0], manager):
            line = facts.dockerfile.source.position(instruction.span.start).line
            title = shortened(" ".join(words))
            yield rank, reasons.MAY_NEED_LISTS.about(where=f"line {line}", title=title)


def _asks_index(text: str, manager: PackageManager) -> bool:
    """Return whether what an image runs asks the index by a command of the manager, and fetches none."""
    if not manager.index_fetched or not manager.index_verbs or re.search(manager.index_fetched, text):
        return False
    programs, verbs = "|".join(manager.programs), "|".join(sorted(manager.index_verbs))
    return re.search(rf"(?<![\w./-])(?:{programs})(?:-cache)?\s+(?:-\S+\s+)*(?:{verbs})(?![\w-])", text) is not None


def _count_on_index(texts: Sequence[str], manager: PackageManager) -> bool:
    """Return whether texts install packages, and fetch no index."""
    if not (manager.installs_in_script and manager.index_fetched):
        return False
    return installs_packages(texts, manager, has_rights=True, leaves_them=False) and not any(
        re.search(manager.index_fetched, text) for text in texts
    )
