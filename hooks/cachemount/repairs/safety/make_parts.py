"""What `make` surely runs for the targets that a step asks for, by a Makefile of the repository."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from cachemount.facts import chain
from cachemount.facts.brought_files import file_at, is_as_kept
from cachemount.facts.cleanups import resolved
from cachemount.facts.mentions import mentions
from cachemount.facts.model import Facts, Step
from cachemount.facts.script_flow import Unit, sure_commands
from cachemount.facts.scripted import Part, as_caller, as_step
from cachemount.late_pattern import late
from cachemount.records import Record, replace
from cachemount.repairs.safety.make_targets import SET_FOR_TARGET, run_targets
from cachemount.repairs.safety.open_makefiles import GIVEN
from cachemount.script_names import MAKEFILES
from cachemount.shell.model import Command
from cachemount.shell.reader import read_file
from cachemount.source import ContextFile, Span

_LONGEST = 100_000
_RULE = late(r"([\w. -]*[\w-])[ \t]*::?(?![:=])([^=\n]*)\Z")
_OTHER_RULE = late(r"[^\s#=][^=\n]*:(?!=)")
_CONDITION = late(r"[ ]*(?:ifn?eq|ifn?def)\b")
_END_OF_CONDITION = late(r"[ ]*endif\b")
_OWN_SHELL = late(
    r"(?m)^[ ]*(?:define\b|SHELL[ \t]*[:?+]?=(?![ \t]*(?:/usr/bin/env[ \t]+|(?:/usr)?/bin/)?(?:ba)?sh[ \t]*$))"
)
_VARIABLE = late(r"\$[({]([\w.-]+)[)}]")
_GOAL = ".DEFAULT_GOAL"
# Other options and files, from the environment.
_FLAGS = frozenset({"MAKEFILES", "MAKEFLAGS"})
_INCLUDE = late(r"[ ]*[-s]?include\b([^#]*)")
_ASSIGNED = late(r"^[ ]*(?:(?:override|export)[ \t]+)*([\w.-]+)[ \t]*(\?)?[:+!]{0,3}=")
# They make files and folders, of which a target may be one.
_MAKES_FILES = r"(?:>|\b(?:clone|cp|curl|install|ln|mkdir|mv|tar|tee|touch|unzip|wget|WORKDIR|COPY|ADD)\b)"
_SAID_BY_SHELL = late(
    r"[ ]*(?:(?:override|export)[ \t]+)*[\w.-]+[ \t]*(?::{1,3}=[ \t]*\$[({]shell[ \t]+((?:(?!\$[({]shell\b).)*)[)}]"
    r"|!=(.*[^\\]))[ \t]*\Z"
)
_BY_DEFAULT = late(r"(?m)^([ ]*[\w.-]+[ \t]*)\?=")
# What programs of the recipes have in their environment; without a name, all that the Makefile sets.
_EXPORT = late(r"(?m)^[ ]*(?:override[ \t]+)?export\b[ \t]*([^#\n]*)")
_VALUE = late(r"(?m)^[ ]*(?:(?:override|export)[ \t]+)*([\w.-]+)[ \t]*:{0,3}=[ \t]*([^#`\n]*?)[ \t]*(?:#.*)?$")
# Of variables in variables.
_DEEPEST, _LONGEST_VALUE = 5, 1_000
_PREFIX = late(r"[ \t]*[@+-]*[ \t]*")
# Folders that may be there already, and then are up to date.
_FOLDERS = frozenset({"bin", "build", "dist", "docs", "env", "lib", "node_modules", "out", "target", "vendor", "venv"})


class _Makefile(Record):
    """A Makefile with the text of those that it includes in their place, and where each line of that stands."""

    file: ContextFile
    text: str
    places: tuple[tuple[ContextFile, int], ...]


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
        words = [word.known or word.raw for word in command.words[1:]]
        asked = run_targets(words)
        makefile = _makefile(facts, step, command, asked[0]) if asked else None
        if asked is None or makefile is None:
            continue
        variables = {**step.environment.variables, **command.exports}
        given = {word.partition("=")[0] for word in words if "=" in word} | {one.name for one in command.assignments}
        if not GIVEN.isdisjoint(given) or not _FLAGS.isdisjoint(variables):
            continue
        targets = _targets(makefile.text)
        values = _sure_values(makefile.text, given, None if step.environment.base is None else variables)
        made = [name for name in targets if _may_be_there(facts, step, command, makefile.file, name)]
        alike = as_caller(step, command)
        exported = _exported(makefile.text, dict(word.split("=", 1) for word in words if "=" in word), variables)
        folder = _folder(step, command, asked[0])
        inside = replace(alike.environment, workdir=folder, variables={**alike.environment.variables, **exported})
        alike = replace(alike, environment=inside)
        goal = [values.get(_GOAL, "")] if _GOAL in makefile.text else []
        for recipe in (*_asked_when_read(makefile.text, values), *_recipes(targets, values, asked[1] or goal, made)):
            unit = _unit(makefile, recipe)
            if unit is not None:
                part = as_step(facts, alike, unit)
                yield Part(command=command, unit=unit, step=part, sure=unit.sure, brought=True)


def _folder(step: Step, command: Command, below: str) -> str | None:
    return resolved(below or ".", command, step)


def _makefile(facts: Facts, step: Step, command: Command, below: str) -> _Makefile | None:
    """Return the Makefile in the folder in which make works, where it is known, and those that it includes."""
    folder = _folder(step, command, below)
    found = (file_at(facts, step, posixpath.join(folder, name)) for name in MAKEFILES) if folder else ()
    makefile = next((one for one in found if one), None)
    if makefile is None or folder is None or not is_as_kept(facts, step, command, makefile):
        return None
    texts: list[str] = []
    places: list[tuple[ContextFile, int]] = []
    for before, line in enumerate(makefile.text.split("\n")):
        include = _INCLUDE.match(line)
        if include is None:
            texts.append(line)
            places.append((makefile, before))
        for name in include[1].split() if include else ():
            other = file_at(facts, step, posixpath.join(folder, name))
            # What is not known may say anything.
            if other is None or not is_as_kept(facts, step, command, other):
                return None
            lines = other.text.rstrip("\n").split("\n")
            if any(map(_INCLUDE.match, lines)):
                return None
            texts += lines
            places += [(other, number) for number in range(len(lines))]
    text = "\n".join(texts)
    if len(text) > _LONGEST or _OWN_SHELL.search(text):
        return None
    return _Makefile(file=makefile, text=text, places=tuple(places))


def _sure_values(text: str, given: Collection[str], environment: Collection[str] | None) -> dict[str, str]:
    """Return the variables of a Makefile that have one value, whatever make is given and the environment has.

    An environment that is not known (None) may have a value for any that the Makefile sets by default.
    """
    unsure = {*given, *_unsure(text, environment)}
    plain = _BY_DEFAULT.sub(r"\1=", text)
    return {name: value for name, value in _literal(plain).items() if name not in unsure}


def _literal(text: str) -> dict[str, str]:
    """Return the variables of a Makefile that are set once, to a text in which all variables are such."""
    often = Counter(match[1] for match in map(_ASSIGNED.match, text.split("\n")) if match)
    values = {name: value for name, value in _VALUE.findall(text) if often[name] == 1 and not value.endswith("\\")}
    for _ in range(_DEEPEST):
        plain = {name: value for name, value in values.items() if "$" not in value}
        values = {name: _filled(value, plain) for name, value in values.items()}
        values = {name: value for name, value in values.items() if len(value) <= _LONGEST_VALUE}
    return {name: value for name, value in values.items() if "$" not in value}


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda one: values.get(one[1], one[0]), text)


def _unsure(text: str, environment: Collection[str] | None) -> set[str]:
    """Return the variables that a Makefile sets for a target alone, under a condition, or where none is given."""
    unsure = {*SET_FOR_TARGET.findall(text)}
    depth = 0
    for line in text.split("\n"):
        depth += bool(_CONDITION.match(line)) - bool(_END_OF_CONDITION.match(line))
        assigned = _ASSIGNED.match(line)
        if assigned and (depth or (assigned[2] and (environment is None or assigned[1] in environment))):
            unsure.add(assigned[1])
    return unsure


def _exported(text: str, given: Mapping[str, str], environment: Collection[str]) -> dict[str, str | None]:
    """Return the variables that programs of the recipes get from make; None for a value that is not known.

    https://www.gnu.org/software/make/manual/html_node/Variables_002fRecursion.html
    """
    often = Counter(match[1] for match in map(_ASSIGNED.match, text.split("\n")) if match)
    names = {name for name in often if name in environment}
    for said in _EXPORT.findall(text):
        name, equals, _ = said.partition("=")
        names |= {name.strip(" \t:?+!")} if equals else {*said.split()} or {*often}
    if ".EXPORT_ALL_VARIABLES" in text:
        names |= {*often}
    plain = _BY_DEFAULT.sub(r"\1=", text)
    literal = _literal(plain)
    unsure = _unsure(text, environment)
    known = {name: None if name in unsure else literal.get(name) for name in names if name in often}
    return {**known, **{name: None if "$" in value else value for name, value in given.items()}}


def _asked_when_read(text: str, values: Mapping[str, str]) -> Iterator[_Recipe]:
    """Yield what make asks the shell when it reads a Makefile, whatever it makes: `NAME := $(shell ...)`."""
    depth = 0
    for before, line in enumerate(text.split("\n")):
        depth += bool(_CONDITION.match(line)) - bool(_END_OF_CONDITION.match(line))
        said = None if depth else _SAID_BY_SHELL.match(line)
        if said is not None:
            filled = _filled(said[1] or said[2], values)
            yield _Recipe(text=filled.replace("$$", "$"), before=before)


def _may_be_there(facts: Facts, step: Step, command: Command, makefile: ContextFile, name: str) -> bool:
    """Return whether a file with the name of a target may be there already, which then is up to date."""
    below = posixpath.dirname(makefile.path)
    path = posixpath.normpath(posixpath.join(below, name))
    if any(one.path == path or one.path.startswith(f"{path}/") for one in facts.dockerfile.source.context):
        return True
    source = facts.dockerfile.source
    texts = [
        source.slice(one.span) for one in chain.before(step.stage, step.instruction) if name in source.slice(one.span)
    ]
    texts.append(source.slice(Span(step.instruction.span.start, command.span.start)))
    written = rf"{_MAKES_FILES}[^;&|\n]*[\s/>]{re.escape(name)}(?![\w.-])"
    return any(re.search(written, text.replace("\\\n", " ")) for text in texts if name in text)


def _unit(makefile: _Makefile, recipe: _Recipe) -> Unit | None:
    """Return a line of a recipe as a script, in a file in which it stands on its own line."""
    file, before = makefile.places[recipe.before]
    text = "\n" * before + recipe.text
    script = read_file(text) if mentions(recipe.text) else None
    if script is None:
        return None
    return Unit(file=replace(file, text=text), script=script, sure=sure_commands(script))


def _recipes(
    targets: Mapping[str, _Target], values: Mapping[str, str], asked: Sequence[str], there: Collection[str]
) -> Iterator[_Recipe]:
    """Yield the lines of recipes that surely run for targets, or for the first one.

    Those that are `there` may be up to date, where they are files.
    """
    phony = {*targets[".PHONY"].prerequisites} if ".PHONY" in targets else set()
    first = [name for name in targets if not name.startswith(".")][:1]
    waiting = [*asked] or first
    done: set[str] = set()
    while waiting:
        name = waiting.pop(0)
        target = targets.get(name)
        if name in done or target is None or not target.sure:
            continue
        if name not in phony and (name in _FOLDERS or name in there):
            continue
        done.add(name)
        waiting += [one for one in target.prerequisites if one in phony or ("/" not in one and "." not in one)]
        for line in _together(target.recipe) if ".ONESHELL" in targets else target.recipe:
            filled = _filled(line.text, values)
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
