"""Commands that fail on the directories of a mount, which BuildKit makes before the step begins."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise

from cachemount import reasons
from cachemount.dockerfile.images.model import written
from cachemount.facts import locations
from cachemount.facts.cleanups import resolved
from cachemount.facts.expansion import expanded
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.queries import line_of
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import shortened
from cachemount.repairs.text_edits import CacheMount
from cachemount.shell.model import Command
from cachemount.shell.words import braces

_MAKES_USERS = ("useradd", "adduser")
_MAKERS = frozenset({"git", "ln", "mkdir", "mv", *_MAKES_USERS})
_VALUED = frozenset({"-b", "--branch", "--depth", "-o", "--origin", "-c", "--config", "-j", "--jobs"})
# Folders of every system.
_THERE = frozenset({
    "", "/home", "/opt", "/root", "/srv", "/tmp", "/usr", "/usr/local", "/usr/src", "/var", "/var/lib", "/var/tmp",
})  # fmt: skip
# What a manager keeps of one version is the same in all builds.
OF_VERSION = late(r"\d\.\d|@v?\d|/\d+(?:/|$)")
# They make a repository of what lies in a folder, for the image or for others.
_INDEXES = (
    r"(?<![\w./-])(?:apk(?:\s+-\S+)*\s+index|apt-ftparchive|conda[ -]index|createrepo(?:_c)?"
    r"|dpkg-scanpackages|gem\s+generate_index|repo-add|reprepro)"
)
_HOMES = frozenset({"-d", "--home", "--home-dir", "-h"})


def clashes(step: Step, place: str) -> Iterator[Withheld]:
    """Yield the reasons why a mount on the place may break the step."""
    for path, moved in step.memo_all(_touched):
        if not moved and path != place and locations.below(path, place):
            yield reasons.MADE_IN_MOUNT.about(path=path)
        elif locations.below(place, path):
            if moved:
                yield reasons.MOVED_BY_STEP.about(path=place)
            else:
                yield reasons.MADE_BY_STEP.about(path=path)


def takes_all(step: Step, manager: PackageManager, place: str) -> Withheld | None:
    """Return the reason not to mount a folder of packages out of which the step takes what lies there."""
    if place not in step.run.script.text:
        return None
    path = rf"(?<![\w.-]){re.escape(place)}"
    entered = rf"\b(?:cd|pushd)\s+{path}(?:/archives)?/?(?=[\s;&|]|\Z)|" if manager.system else ""
    taken = re.compile(
        rf"{entered}\bfor\s+\w+[\s\\]+in\s[^;\n]*{path}/[^\s;&|]*\*"
        rf"|\b(?:cp|mv|tar|rsync|dpkg|rpm)\s[^;&|\n]*{path}/(?:archives/)?[^\s;&|]*(?:\*|archives/?(?=\s))"
        rf"|{_INDEXES}\s[^;&|\n]*{path}(?![\w.-])"
    )
    match = taken.search(step.run.script.text)
    if match is None or (not manager.system and OF_VERSION.search(match[0].rpartition(place)[2])):
        return None
    return reasons.TAKES_ALL.about(words=shortened(match[0]), place=place)


def uses_packages(facts: Facts, install: Install) -> bool:
    """Return whether a step reads packages where the manager puts them, or this one fetches them for a later use.

    A clean-up reads none.
    """
    if install.download.only_prefetches:
        return True
    places = [one.path for one in install.directories if one.path is not None and not one.cache.index]
    return any(facts.memo(_is_read, install.manager, place) for place in places)


def _is_read(facts: Facts, manager: PackageManager, place: str) -> bool:
    """Return whether a step names the folder of packages in more than a removal, or the manager's own options."""
    for step in facts.steps:
        named = step.run.script.text.count(place)
        for command in step.commands if named else ():
            if command.program == "rm" or command.program in manager.programs:
                named -= sum(word.raw.count(place) for word in command.words)
        if named > 0:
            return True
    return False


def other_owners(facts: Facts, step: Step, wanted: CacheMount) -> Iterator[Withheld]:
    """Yield the reason not to add a mount whose cache another step has, or an earlier one gets, for another owner."""
    mine = (_number(wanted.uid), _number(wanted.gid), wanted.mode.lstrip("0") or "755")
    identity = wanted.id or wanted.target
    if not facts.memo(_owners).get(identity, set()) <= {mine}:
        yield reasons.OTHER_OWNER.about(identity=identity)
        return
    here = step.instruction.span.start
    for start, owner in facts.memo(_users).get(wanted.target, ()):
        if start < here and owner != mine[:2] and not wanted.mode:
            line = facts.dockerfile.source.position(start).line
            yield reasons.OTHER_USER_BEFORE.about(where=line, path=wanted.target, step=line_of(facts, step))
            return


def _users(facts: Facts) -> dict[str | None, list[tuple[int, tuple[str, str]]]]:
    """Return where directories without a mount are filled, and by whom."""
    found: dict[str | None, list[tuple[int, tuple[str, str]]]] = {}
    for step in facts.steps:
        for install in step.installs:
            if install.uid is None or install.reader or install.manager.system:
                continue
            # What is built on an image finds the number that it was built with, and so it is written there.
            numbers = install.uid, 0 if install.gid is None else install.gid
            uid, gid = (_number(one if step.stage.file is None else int(one)) for one in numbers)
            for directory in install.directories:
                if directory.cover is None:
                    found.setdefault(directory.path, []).append((step.instruction.span.start, (uid, gid)))
    return found


def _number(number: int | None) -> str:
    """Return a number as a mount has it; an argument's that is 0 by default is more than 0."""
    return _plain(written(0 if number is None else number))


def _plain(number: str) -> str:
    """Return a number without the braces of a variable: `$UID` is `${UID}`."""
    return number.replace("{", "").replace("}", "")


def _owners(facts: Facts) -> dict[str, set[tuple[str, str, str]]]:
    """Uid, gid and mode of the file's cache mounts, by id."""
    found: dict[str, set[tuple[str, str, str]]] = {}
    for step in facts.steps:
        for mount in step.caches:
            options = mount.flag.options
            uid, gid = (_plain(options.get(one, "0")) for one in ("uid", "gid"))
            owner = (uid, gid, options.get("mode", "0755").lstrip("0"))
            found.setdefault(options.get("id") or mount.flag.target.rstrip("/"), set()).add(owner)
    return found


def _touched(step: Step) -> Iterator[tuple[str, bool]]:
    """Yield the directories that the step makes itself, or moves (True)."""
    for command, words in expanded(step):
        if command.program not in _MAKERS:
            continue
        texts = [word.known for word in words]
        for path in _made(command, step, texts):
            if path != "/":
                yield path, False
        if command.program == "mv":
            for text in _operands(texts)[:-1]:
                path = resolved(text, command, step) or "/"
                if path != "/":
                    yield path, True


def _made(command: Command, step: Step, texts: list[str]) -> Iterator[str]:
    """Yield the directories that the command makes and that must not be there before."""
    operands = _operands(texts)
    if command.program == "git" and operands[:1] == ["clone"] and len(operands) > 1:
        name = re.split("[/:]", re.sub(r"(?:/|\.git)+$", "", operands[1]))[-1]
        found = [operands[2] if len(operands) > 2 else name]
    elif command.program == "mkdir" and not any(re.match(r"-\w*p|--parents", text) for text in texts[1:]):
        found = operands
    elif command.program == "ln" and not any(re.match(r"-\w*f|--force", text) for text in texts[1:]):
        found = operands[1:][-1:]
    elif command.program in _MAKES_USERS and operands:
        homes = [after for text, after in pairwise(texts) if text in _HOMES]
        found = [one for one in homes or [posixpath.join("/home", operands[-1])] if one.rstrip("/") not in _THERE]
    else:
        return
    for text in found:
        path = resolved(text, command, step) if text else None
        if path is not None:
            yield path


def _operands(texts: list[str]) -> list[str]:
    result = []
    skip = False
    for text in texts[1:]:
        if skip:
            skip = False
        elif text.startswith("-"):
            skip = text in _VALUED
        else:
            result += braces(text)
    return result
