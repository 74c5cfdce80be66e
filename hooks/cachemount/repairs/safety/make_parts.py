"""What `make` surely runs for the targets that a step asks for, by a Makefile of the repository."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from cachemount.facts.brought_files import file_at
from cachemount.facts.cleanups import resolved
from cachemount.facts.mentions import mentions
from cachemount.facts.model import Facts, Step
from cachemount.facts.script_flow import Unit, sure_commands
from cachemount.facts.scripted import Part, as_caller, as_step
from cachemount.late_pattern import late
from cachemount.records import Record, replace
from cachemount.repairs.safety.make_targets import run_targets, values_of
from cachemount.script_names import MAKEFILES
from cachemount.shell.model import Command
from cachemount.shell.reader import read_file
from cachemount.source import ContextFile

_LONGEST = 100_000
_RULE = late(r"([\w. -]*[\w-])[ \t]*::?(?![:=])([^=\n]*)\Z")
_OTHER_RULE = late(r"[^\s#=][^=\n]*:(?!=)")
_CONDITION = late(r"[ ]*(?:ifn?eq|ifn?def)\b")
_END_OF_CONDITION = late(r"[ ]*endif\b")
_OWN_SHELL = late(
    r"(?m)^[ ]*(?:define\b|SHELL[ \t]*[:?+]?=(?![ \t]*(?:/usr/bin/env[ \t]+|(?:/usr)?/bin/)?(?:ba)?sh[ \t]*$))"
)
_VARIABLE = late(r"\$[({]([\w.-]+)[)}]")
_PREFIX = late(r"[ \t]*[@+-]*[ \t]*")
# Folders that may be there already, and then are up to date.
_FOLDERS = frozenset({"bin", "build", "dist", "docs", "env", "lib", "node_modules", "out", "target", "vendor", "venv"})


class _Recipe(Record):
    """A line of a recipe, with those that it goes on in, and the number of lines before it."""

    text: str
    before: int


class _Target(Record, frozen=False):
    prerequisites: list[str]
    recipe: list[_Recipe]
    sure: bool = True


def make_parts(facts: Facts, step: Step) -> tuple[Part, ...]:
    """Return what runs where a step calls `make`, the lines of recipes that surely run and name a manager."""
    return facts.memo_all(_make_parts, step) if facts.dockerfile.source.context else ()


def _make_parts(facts: Facts, step: Step) -> Iterator[Part]:
    surely = sure_commands(step.script)
    for command in step.commands:
        if command.program not in ("make", "gmake") or id(command) not in surely or command.other_root:
            continue
        asked = run_targets([word.known or word.raw for word in command.words[1:]])
        makefile = _makefile(facts, step, command, asked[0]) if asked else None
        if asked is None or makefile is None:
            continue
        alike = as_caller(step, command)
        alike = replace(alike, environment=replace(alike.environment, workdir=_folder(step, command, asked[0])))
        for recipe in _recipes(makefile.text, asked[1]):
            unit = _unit(makefile, recipe)
            if unit is not None:
                part = as_step(facts, alike, unit)
                yield Part(command=command, unit=unit, step=part, sure=unit.sure, brought=True)


def _folder(step: Step, command: Command, below: str) -> str | None:
    return resolved(below or ".", command, step)


def _makefile(facts: Facts, step: Step, command: Command, below: str) -> ContextFile | None:
    """Return the Makefile in the folder in which make works, where it is known."""
    folder = _folder(step, command, below)
    found = (file_at(facts, step, posixpath.join(folder, name)) for name in MAKEFILES) if folder else ()
    makefile = next((one for one in found if one), None)
    if makefile is None or len(makefile.text) > _LONGEST or _OWN_SHELL.search(makefile.text):
        return None
    return makefile


def _unit(makefile: ContextFile, recipe: _Recipe) -> Unit | None:
    """Return a line of a recipe as a script, in a file in which it stands on its own line."""
    text = "\n" * recipe.before + recipe.text
    script = read_file(text) if mentions(recipe.text) else None
    if script is None:
        return None
    return Unit(file=replace(makefile, text=text), script=script, sure=sure_commands(script))


def _recipes(text: str, asked: Sequence[str]) -> Iterator[_Recipe]:
    """Yield the lines of recipes that surely run for targets, or for the first one."""
    targets = _targets(text)
    phony = {*targets[".PHONY"].prerequisites} if ".PHONY" in targets else set()
    values = values_of(text)
    waiting = [*asked] or [name for name in targets if not name.startswith(".")][:1]
    done: set[str] = set()
    while waiting:
        name = waiting.pop(0)
        target = targets.get(name)
        if name in done or target is None or not target.sure or (name in _FOLDERS and name not in phony):
            continue
        done.add(name)
        waiting += [one for one in target.prerequisites if one in phony or ("/" not in one and "." not in one)]
        for line in _together(target.recipe) if ".ONESHELL" in targets else target.recipe:
            filled = _VARIABLE.sub(lambda one: values.get(one[1], one[0]), line.text)
            yield replace(line, text=_PREFIX.sub("", filled, count=1).replace("$$", "$"))


def _together(recipe: Sequence[_Recipe]) -> Iterator[_Recipe]:
    """Yield the lines of a recipe as the one script that they are for a single shell."""
    text, before = "", recipe[0].before if recipe else 0
    for line in recipe:
        text += "\n" * (line.before - before - text.count("\n")) + _PREFIX.sub("", line.text, count=1)
    if text:
        yield _Recipe(text=text, before=before)


def _targets(text: str) -> dict[str, _Target]:
    """Return the targets of a Makefile; one that a condition is around, or that has two recipes, is not sure."""
    found: dict[str, _Target] = {}
    current: list[_Target] = []
    depth = 0
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        before, line = at, lines[at]
        at += 1
        while line.endswith("\\") and at < len(lines):
            line += "\n" + lines[at]
            at += 1
        if line.startswith("\t"):
            for one in current:
                one.recipe.append(_Recipe(text=line[1:].replace("\n\t", "\n"), before=before))
                one.sure = one.sure and not depth
            continue
        depth += bool(_CONDITION.match(line)) - bool(_END_OF_CONDITION.match(line))
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _RULE.match(line.partition("#")[0].replace("\\\n", " ").rstrip())
        if match is None:
            current = [] if _OTHER_RULE.match(line) else current
            continue
        wanted = match[2].partition(";")[0].replace("|", " ").split()
        current = []
        for name in match[1].split():
            one = found.setdefault(name, _Target(prerequisites=[], recipe=[]))
            one.sure = one.sure and not depth and not one.recipe
            one.prerequisites += wanted
            current.append(one)
    return found
