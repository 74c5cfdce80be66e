"""What installs by the index in the image, without a command of the manager in the Dockerfile."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from cachemount import reasons
from cachemount.dockerfile.model import Instruction, Stage
from cachemount.facts import chain, locations
from cachemount.facts.context import modules_in, other_scripts_in, python_scripts_in, scripts_in, with_scripts
from cachemount.facts.model import Facts, Step
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.known_programs import COREUTILS, SHELL_BUILTINS
from cachemount.repairs.safety.later_commands import images_commands, shortened
from cachemount.repairs.safety.started_scripts import is_of_shell, scripts_named
from cachemount.repairs.safety.unnamed_scripts import installs_packages, texts_run_by

# Of a list of words, and the ends of lines that go on.
_MARKS = late(r"[\[\]\",\\]+")

# What a script starts: the first word of a command.
_STARTED = late(r"(?m)(?:^|[;&|(]|\bthen(?=[ \t]))[ \t]*(?:exec[ \t]+)?([A-Za-z./][\w./-]*)")
_KNOWN = SHELL_BUILTINS | COREUTILS


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


def texts_at_start(facts: Facts, instruction: Instruction, words: Sequence[str]) -> list[str]:
    """Return what an image runs by an instruction with these words: itself, and scripts.

    They are the repository's, but for those that heredocs of the file write.
    """
    context = facts.dockerfile.source.context
    plain = [word.strip("\"'") for word in words]
    written = dict(_written(facts, instruction, plain))
    plain = [word for word in plain if word not in written]
    said = " ".join(_MARKS.sub(" ", instruction.arguments.text).split())
    scripts = with_scripts(context, [*written.values(), *scripts_in(context, plain)])
    started = {word for text in scripts for word in _STARTED.findall(text)}.union(plain) if context else set()
    by_name = [one for word in sorted(started - _KNOWN) for one in scripts_named(facts, word) if is_of_shell(one)]
    scripts += [one.text for one in by_name if one.text not in scripts]
    return [said, *scripts, *python_scripts_in(context, plain), *other_scripts_in(context, plain)]


def _written(facts: Facts, instruction: Instruction, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the words that are files which heredocs of COPY and ADD wrote before an instruction, with the texts."""
    stages = [one for one in facts.dockerfile.stages if any(each is instruction for each in one.instructions)]
    found: dict[str, str] = {}
    for one in chain.before(stages[0], instruction) if stages else ():
        if one.keyword not in ("COPY", "ADD") or not (found or one.heredocs):
            continue
        environment = facts.environments.get(id(one))
        place = locations.absolute(one.operands[-1], None if environment is None else environment.workdir)
        # What is copied there later, or to where only the build knows, may take its place.
        found = {path: text for path, text in found.items() if place and not locations.below(path, place)}
        for heredoc in one.heredocs if place else ():
            path = posixpath.join(place or "", heredoc.name) if one.operands[-1].endswith("/") else place or ""
            found[path] = facts.dockerfile.source.slice(heredoc.body)
    for word in words if found else ():
        ways = [text for path, text in found.items() if path == word or ("/" not in word and path.endswith(f"/{word}"))]
        yield from ((word, text) for text in ways[-1:])


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
