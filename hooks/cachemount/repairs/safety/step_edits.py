"""Commands of a step that change what a manager keeps: a later step that fetches it anew gets it as it was."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator

from cachemount import reasons
from cachemount.facts import locations
from cachemount.facts.cleanups import resolved
from cachemount.facts.expansion import expanded
from cachemount.facts.model import Facts, Step
from cachemount.facts.path_use import COPIERS
from cachemount.late_pattern import late
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import shortened
from cachemount.repairs.safety.words_in_stores import ASKS, inside_of_asked, place_of
from cachemount.shell.model import Command, Word

# The options with which a program writes into the files that it reads.
_IN_PLACE = {
    "sed": late(r"-[nErsuz]*i.*|--in-place(=.*)?"),
    "perl": late(r"-[a-zA-Z0-9]*i.*"),
    "gawk": late(r"inplace"),
}
_SEARCHERS = frozenset({"find", "fd", "grep", "egrep", "fgrep", "rg", "ag"})
# Files of a package of Go, Cargo or NuGet, which keep it unpacked, and do not look whether all of it is there.
_IN_PACKAGE = late(r"@[v*][^/]*/.|/registry/src/[^/]+/[^/]+/.|/\.nuget/packages/[^/]+/[\d*][^/]*/.")
_LOOP = late(r"\bfor\s+\w+\s+in\s+([^;\n]*)")


def edited(facts: Facts, step: Step, places: Collection[str]) -> Iterator[Withheld]:
    """Yield the reasons not to mount places in which the step changes files, or may change what it found there."""
    unseen: Command | None = None
    for command, words in expanded(step):
        texts = [word.known for word in words]
        if (thinned := _thinned(command, step, words, places)) is not None:
            yield _reason(facts, command, thinned)
            return
        for path in _written(command, step, texts):
            place = next((one for one in places if path != one and locations.below(path, one)), None)
            if place is not None:
                yield _reason(facts, command, place)
                return
        if unseen is None and _writes_unseen(command, texts):
            unseen = command
    searched = _searched(step, places) if unseen is not None else None
    if unseen is not None and searched is not None:
        yield _reason(facts, unseen, searched)


def _reason(facts: Facts, command: Command, place: str) -> Withheld:
    line = facts.dockerfile.source.position(command.span.start).line
    title = shortened(facts.dockerfile.source.slice(command.span))
    return reasons.EDITED_BY_STEP.about(words=title, line=line, path=place)


def _thinned(command: Command, step: Step, words: tuple[Word, ...], places: Collection[str]) -> str | None:
    """Return the place of packages of which a command removes files; None where it removes none, or whole packages."""
    for word in words[1:] if words[0].name in ("rm", "unlink") else ():
        path = resolved(word.text, command, step) if word.text else None
        if _IN_PACKAGE.search(path) if path else inside_of_asked(word):
            place = place_of(step, command, word, places)
            if place is not None:
                return place
    return None


def _writes_unseen(command: Command, texts: list[str]) -> bool:
    """Return whether a command writes to files whose names only the shell, find or xargs knows."""
    name = command.program
    operands = [text for text in texts[1:] if not text.startswith("-")]
    unknown = ["{}" in text or not text for text in operands]
    moved = command.directory is None
    if not all(one.known for one in (*command.outputs, *command.appends)):
        return True
    if name in COPIERS:
        return moved or (len(operands) > 1 and unknown[-1])
    if name in {"patch", "tee"}:
        return moved or any(unknown)
    if name in _IN_PLACE and any(map(_IN_PLACE[name].fullmatch, texts[1:])):
        # xargs gives the files to what has an expression alone.
        return moved or any(unknown) or len(operands) < 2
    return False


def _searched(step: Step, places: Collection[str]) -> str | None:
    """Return the place that a command other than a removal names, or looks through."""
    for command, words in expanded(step):
        if command.program in ("rm", "rmdir", "cd"):
            continue
        for text in (word.known for word in words[1:]):
            path = resolved(text, command, step) if text else None
            if path is None:
                continue
            for place in places:
                if locations.below(path, place) or (command.program in _SEARCHERS and locations.below(place, path)):
                    return place
    script = step.run.script.text
    if ASKS.search(script):
        return next(iter(sorted(places)), None)
    loops = " ".join(match[1] for match in _LOOP.finditer(script))
    return next((one for one in sorted(places) if f"/{posixpath.basename(one)}/" in loops), None)


def _written(command: Command, step: Step, texts: list[str]) -> Iterator[str]:
    """Yield the paths that a command writes to, or into."""
    name = command.program
    operands = [text for text in texts[1:] if text and not text.startswith("-")]
    found: list[str] = [one.known for one in (*command.outputs, *command.appends)]
    if name in COPIERS:
        # What is put into a folder has a name in it.
        found += [f"{operands[-1]}/*"] if len(operands) > 1 else []
    elif name == "tee" or (name in _IN_PLACE and any(map(_IN_PLACE[name].fullmatch, texts[1:]))):
        found += operands
    elif name == "patch":
        found += [*operands, "./*"]
    for text in found:
        path = resolved(text, command, step) if text else None
        if path is not None:
            yield path
