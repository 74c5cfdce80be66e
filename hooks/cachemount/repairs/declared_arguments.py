"""The declaration of a platform's argument that an id names: the stage of the mount gets it, and those built on that.

BuildKit knows the values, and gives them to stages that declare them alone; a stage has what the one below it declares:
https://docs.docker.com/build/building/variables/#scoping
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cachemount import reasons
from cachemount.dockerfile.model import Instruction, Stage
from cachemount.facts import chain, programs
from cachemount.facts.cache_names import cache_name
from cachemount.facts.expansion import expanded
from cachemount.facts.model import Facts, Step
from cachemount.facts.queries import all_steps_of
from cachemount.findings import Edit
from cachemount.reasons import Withheld
from cachemount.repairs.builder import FixBuilder
from cachemount.repairs.safety.known_programs import COREUTILS, PACKAGE_TOOLS, SHELL_BUILTINS, SYSTEM_TOOLS
from cachemount.repairs.text_edits import newline
from cachemount.source import Span, end_of_line

# They run what is in another file, or show or fill in all variables.
_MAY_READ = frozenset({
    ".", "busybox", "chroot", "docker-php-ext-configure", "docker-php-ext-install", "env", "envsubst", "exec", "export",
    "declare", "install-php-extensions", "nice", "nohup", "pear", "pecl", "phpize", "printenv", "service", "set",
    "source", "ssh", "stdbuf", "su", "sudo", "timeout", "typeset", "xargs",
})  # fmt: skip
_READS_NONE = (SHELL_BUILTINS | COREUTILS | SYSTEM_TOOLS | PACKAGE_TOOLS | {"git"}) - _MAY_READ
_SETS_OPTIONS = re.compile(r"[-+][a-zA-Z]+|pipefail|errexit|nounset|xtrace")
# Go takes the platform from GOARCH; its other commands run programs.
_OF_GO = frozenset({"build", "get", "install", "list", "mod", "vet"})


def declared(facts: Facts, step: Step, names: Collection[str]) -> FixBuilder:
    """Return the fix that declares arguments in the first stage of the chain that a step's stage is built on."""
    builder = FixBuilder(facts)
    if step.instruction.onbuild:
        # It runs in another image, which has none of the stage's arguments.
        builder.give_up(reasons.ONBUILD.about())
        return builder
    builder.editable(step)
    first = next(one for one in step.stage.lineage() if one.file is step.stage.file)
    source = facts.dockerfile.source
    at = end_of_line(source.text, first.instruction.span.end)
    end = newline(source, first.instruction.span.start)
    at -= source.text[at - 1 : at] == "\r"
    keyword = "arg" if source.text[first.instruction.span.start].islower() else "ARG"
    builder.edits.append(Edit(span=Span(at, at), text="".join(f"{end}{keyword} {name}" for name in names)))
    builder.mark_unsafe(one for name in names for one in _readers(facts, first, name))
    builder.mark_unsafe(_left_behind(facts, first, names))
    return builder


def _left_behind(facts: Facts, first: Stage, names: Collection[str]) -> Iterator[Withheld]:
    """Yield why the stages had better keep their ids: a step of another stage may need what they fill."""
    filled: set[str | None] = set()
    others: list[tuple[Step, str, str | None]] = []
    for step in facts.mounted:
        family = chain.descends(step.stage, first)
        for mount in step.caches:
            text = mount.flag.options.get("id", "")
            # An argument that is empty now gives the cache the name of one without it.
            now = cache_name(mount, step.environment)
            said = text or mount.flag.target
            if family and any(name in said and name not in step.environment.settings for name in names):
                filled |= {text, now}
            else:
                others.append((step, text, now))
    filled -= {"", None}
    for step, text, now in others:
        if not filled.isdisjoint({text, now}) and (not step.installs or any(one.reader for one in step.installs)):
            line = facts.dockerfile.source.position(step.instruction.span.start).line
            yield reasons.KEEPS_ID.about(line=line, id=text or now)
            return


def _readers(facts: Facts, first: Stage, name: str) -> Iterator[Withheld]:
    """Yield why a build may do something else once the stages have a value for an argument: who may read it."""
    source = facts.dockerfile.source
    stages = [one for one in chain.family(first) if one.file is first.file]
    for instruction in (one for stage in stages for one in stage.instructions):
        if re.search(rf"\b{name}\b", _text(facts, instruction)):
            line = source.position(instruction.span.start).line
            yield reasons.READS_ARGUMENT.about(what="what is written", line=line, name=name)
            return
    for step in all_steps_of(facts, first):
        reader = _reader(step) if step.stage.file is first.file else ""
        if reader:
            line = source.position(step.instruction.span.start).line
            yield reasons.READS_ARGUMENT.about(what=reader, line=line, name=name)
            return


def _text(facts: Facts, instruction: Instruction) -> str:
    """Return an instruction without the ids of its mounts."""
    if instruction.keyword in ("CMD", "ENTRYPOINT", "LABEL", "HEALTHCHECK") and instruction.run is None:
        # What the container runs has no build arguments; a label is filled in.
        return instruction.arguments.text if instruction.keyword == "LABEL" else ""
    if instruction.run is None:
        return facts.dockerfile.source.slice(instruction.span)
    mounts = instruction.run.mounts
    others = (value for mount in mounts for key, value in mount.options.items() if key != "id")
    return "\n".join((*others, *(mount.target for mount in mounts), instruction.run.script.text))


def _reader(step: Step) -> str:
    """Return what a step runs that may read any variable: a script, or a program that is not known; else ""."""
    if step.script.errors or step.script.defined or not step.commands:
        return "what it runs"
    for command, words in expanded(step):
        name = words[0].name
        options = [word.known for word in words[1:]]
        harmless = (
            (name in _READS_NONE and "/" not in words[0].raw.removeprefix("/usr/bin/").removeprefix("/bin/"))
            or (name == "set" and bool(options) and all(map(_SETS_OPTIONS.fullmatch, options)))
            or (name == "export" and bool(options or command.assignments) and "-p" not in options)
            or (name == "go" and bool(options) and options[0] in _OF_GO)
            or any(manager.system for manager in programs.managers(name))
        )
        if not harmless:
            return f"`{name}`" if name else "what it runs"
    return ""
