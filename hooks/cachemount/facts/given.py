"""Files that the Dockerfile puts into a directory before a step mounts something over it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from cachemount.dockerfile.model import Instruction
from cachemount.facts import chain, locations
from cachemount.facts.cleanups import resolved
from cachemount.facts.expansion import expanded, runner
from cachemount.facts.model import Facts, Install, Mount, Step
from cachemount.facts.queries import all_steps
from cachemount.facts.uses import mounts_it
from cachemount.late_pattern import late
from cachemount.records import Record

_COPIERS = frozenset({"cp", "mv", "install", "ln"})
# Commands that write settings, and the file in the user's home that they write them to.
_SETTERS = (
    (r"git config (?:.* )?--global ", ".gitconfig"),
    (r"npm (?:config |c )?(?:set|login|adduser)(?!.*(?:-g\b|-location[ =]|-global\b)) ?", ".npmrc"),
    (r"pnpm config set (?!.*(?:-location[ =]project))", ".config/pnpm/rc"),
    (r"yarn config set (?!.*-H\b)", ".yarnrc"),
    (r"yarn config set .*-(?:H|-home)\b", ".yarnrc.yml"),
    (r"pip3? config (?!.*--(?:global|site)\b)(?:.* )?set ", ".config/pip/pip.conf"),
    (r"poetry config (?!.*--local\b)(?:.*\bpypi-token|.*\bhttp-basic)", ".config/pypoetry/auth.toml"),
    (r"poetry config (?!.*--local\b)", ".config/pypoetry/config.toml"),
    (r"go env (?:.* )?-w ", ".config/go/env"),
    (r"bundle config (?!.*--local\b)(?:.* )?(?:set|--global) ", ".bundle/config"),
    (r"gem sources .*-", ".gemrc"),
    (r"(?:conda|mamba) config ", ".condarc"),
)
_SETS = late(r"\b(?:config|login|adduser|env|sources|set)\b")


class Given(Record):
    """A file that a command of a step needs, by its path, and the instruction that put it there."""

    path: str
    instruction: Instruction
    install: Install


def hidden_file(facts: Facts, step: Step, mount: Mount) -> Given | None:
    """Return the file below a mount's target that an install of the step needs and an earlier instruction made."""
    target = mount.target
    if target is None or target == "/":
        return None
    for install in step.installs:
        for path in _wanted(step, install, target):
            instruction = _maker(facts, step, path, target)
            if instruction is not None:
                return Given(path=path, instruction=instruction, install=install)
    return None


def _wanted(step: Step, install: Install, target: str) -> Iterator[str]:
    """Yield the files below a directory that an install reads: its settings, and what its arguments name."""
    chosen = any(argument.known.split("=")[0] in install.manager.config_flags for argument in install.arguments)
    for template in () if chosen else install.manager.config_files:
        path, applies = locations.expand(template, install.variables)
        if path is not None and applies and path != target and locations.below(path, target):
            yield path
    places = [directory.path for directory in install.directories if directory.path]
    for argument in install.arguments:
        text = argument.known.rpartition("=")[2]
        path = resolved(text, install.command, step) if "/" in text else None
        if path is None or path == target or not locations.below(path, target):
            continue
        if not any(locations.below(path, place) for place in places):
            yield path


def _maker(facts: Facts, step: Step, path: str, target: str) -> Instruction | None:
    """Return the last instruction before the step that puts a file at this path."""
    name = posixpath.basename(path)
    found = None
    steps = None
    for instruction in chain.before(step.stage, step.instruction):
        text = facts.dockerfile.source.slice(instruction.span)
        if instruction.onbuild or (name not in text and _SETS.search(text) is None):
            continue
        if instruction.keyword in ("COPY", "ADD"):
            if path in _copied(facts, instruction):
                found = instruction
        elif instruction.run is not None:
            steps = steps or all_steps(facts, step.stage)
            one = steps.get(id(instruction))
            if one is not None and not mounts_it(one, target) and path in _written(one):
                found = instruction
    return found


def _copied(facts: Facts, instruction: Instruction) -> set[str]:
    """Return the paths that a COPY gives its sources, as if all of them were files."""
    words = re.findall(r'[^\s\[\]",]+', re.sub(r"<<-?", " ", instruction.arguments.text))
    if len(words) < 2:
        return set()
    environment = facts.environments[id(instruction)]
    variables = environment.variables
    written = re.sub(r"\$\{?(\w+)\}?", lambda match: variables.get(match[1]) or "$", words[-1])
    place = locations.absolute(written, environment.workdir)
    if place is None or "$" in place:
        return set()
    below = {posixpath.join(place, posixpath.basename(word)) for word in words[:-1]}
    return below if words[-1].endswith("/") or len(words) > 2 else {place, *below}


def _written(step: Step) -> set[str]:
    """Return the paths that the commands of a step write to: redirections, and what they copy to."""
    found: set[str] = set()
    for command, words in expanded(step):
        texts = [output.known for output in (*command.outputs, *command.appends)]
        operands = [word.known for word in words[1:] if word.known and not word.known.startswith("-")]
        name = words[0].name
        if name == "tee":
            texts += operands
        elif name in _COPIERS and len(operands) > 1:
            texts.append(operands[-1])
            texts += [posixpath.join(operands[-1], posixpath.basename(one)) for one in operands[:-1]]
        elif name in ("curl", "wget"):
            chosen = locations.flag_value(words[1:], ("-o", "--output", "-O", "--output-document"))
            texts.append((chosen and chosen[1]) or "")
        line = " ".join((name, *(word.known for word in words[1:]), ""))
        home = runner(step, command).home
        texts += [f"{home}/{file}" for pattern, file in _SETTERS if home and re.match(pattern, line)]
        found.update(path for text in texts if text and (path := resolved(text, command, step)))
    return found
