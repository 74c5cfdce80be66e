"""Settings files that switch a manager's cache off, as instructions before an install put them in place."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from cachemount.dockerfile.model import Instruction, Stage
from cachemount.facts import chain, locations
from cachemount.facts.model import Facts, Install

# How many stages a file is copied through.
_MOST_COPIES = 3


def off_in_file(facts: Facts, install: Install) -> str:
    """Return what a settings file says that switches the cache of an install off, and where; "" where none does."""
    manager, text = install.manager, facts.dockerfile.source.text
    for template, pattern in manager.off_files.items():
        name = posixpath.basename(template)
        path = locations.expand(template, install.variables)[0] if name in text or template.startswith("$") else None
        if path is None or posixpath.basename(path) not in text:
            continue
        from cachemount.facts.bound_files import text_at

        mounted = text_at(facts, install.step, path)
        if mounted is None:
            before = chain.before(install.step.stage, install.step.instruction)
            match = _last_said(facts, tuple(before), path, pattern, 0)
        else:
            match = _said(pattern, mounted)
        if match:
            return f"`{match}` in {path}"
    return ""


def _last_said(facts: Facts, instructions: tuple[Instruction, ...], path: str, pattern: str, depth: int) -> str:
    """Return what the last of the instructions that write a file says to a pattern; "" where it says nothing of it."""
    for one in reversed(instructions):
        written = next(_written(facts, one, path, pattern, depth), None)
        if written is not None:
            return written
    return ""


def _written(facts: Facts, instruction: Instruction, path: str, pattern: str, depth: int) -> Iterator[str]:
    """Yield what an instruction that writes a file says to a pattern in it; nothing for one that does not write it."""
    text = facts.dockerfile.source.slice(instruction.span)
    if instruction.keyword == "RUN" and path in text:
        # What it does to the file is known to the shell alone.
        match = re.search(pattern.replace("(?m)^", ""), text)
        yield match[0].strip() if match and not re.search(r"\brm\s", text) else ""
    if instruction.keyword not in ("COPY", "ADD") or len(instruction.operands) < 2:
        return
    *sources, target = instruction.operands
    bodies = {one.name: facts.dockerfile.source.slice(one.body) for one in instruction.heredocs}
    copied = next((flag.value for flag in instruction.flags if flag.name == "from"), None)
    from cachemount.facts.context import nearest

    for source in sources:
        at = _source_of(source, target, path)
        if at is None:
            continue
        if bodies:
            yield _said(pattern, next(iter(bodies.values())))
        elif copied is not None:
            stage = chain.stage_named(facts.dockerfile, copied)
            if stage is not None and depth < _MOST_COPIES:
                yield from filter(None, [_last_said(facts, _all_of(stage), at, pattern, depth + 1)])
        else:
            plain = posixpath.normpath(at.lstrip("/"))
            content = nearest(facts.dockerfile.source.context, plain).get(plain)
            yield from () if content is None else [_said(pattern, content)]


def _said(pattern: str, content: str) -> str:
    match = re.search(pattern, content)
    return match[0].strip() if match else ""


def _all_of(stage: Stage) -> tuple[Instruction, ...]:
    return tuple(one for each in stage.lineage() for one in each.instructions)


def _source_of(source: str, target: str, path: str) -> str | None:
    """Return what is copied to a path by a COPY of a source to a target; None where nothing is."""
    if target.endswith("/") and target != "/" and posixpath.join(target, posixpath.basename(source)) == path:
        return source
    place = posixpath.normpath(target)
    if place == path:
        return source
    if not locations.below(path, place) or posixpath.splitext(source)[1]:
        return None
    return posixpath.join(source, posixpath.relpath(path, place))
