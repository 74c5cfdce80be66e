"""Steps that install for a project and throw the project away: what stays is in the cache or the store alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from cachemount.facts import chain, locations
from cachemount.facts.cleanups import resolved
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.queries import all_steps_of
from cachemount.late_pattern import late
from cachemount.shell.model import Command

HANDLES = frozenset({"[", "cd", "echo", "mkdir", "rm", "set", "test", "true"})
# What they install for a project lies in its folder.
_MAKE_IN_PROJECT = frozenset({"uv", "npm", "pnpm", "yarn", "bun"})
# The same of these, as long as no command of theirs names another folder.
_BUILD_IN_PROJECT = frozenset({
    "cabal", "cargo", "clojure", "composer", "deno", "go", "gradle", "lein", "maven", "mix", "nuget", "pub", "sbt",
    "shards", "stack", "swift",
})  # fmt: skip
_WRITES = frozenset({"cat", "printf", "touch"})
# With these they make programs, or put something into the store, or elsewhere.
_LASTING = frozenset({"-g", "--global", "--tool-path", "install", "global", "tool", "workload"})
_GLOBALLY = frozenset({"-g", "--global", "--location=global", "--system", "global", "tool"})
_GETS_NO_PROGRAM = late(r"\bgolang:v?1\.(?:1[89]|[2-9]\d)")
_PACKED = late(r"\S+\.(?:tgz|tar\.gz)")


def throws_project_away(step: Step, installs: Sequence[Install]) -> bool:
    """Return whether the step removes the folders in which these installs put all that they made, and does no more."""
    managers = {install.manager for install in installs}
    builds = all(one.name in _BUILD_IN_PROJECT for one in managers)
    if not installs or not (builds or all(one.name in _MAKE_IN_PROJECT for one in managers)):
        return False
    programs = {program for one in managers for program in one.programs}
    own = [one for one in step.script.commands if one.words and _is_one_of(one.words[0].name, programs)]
    known = HANDLES | _WRITES if builds else HANDLES
    others = (one.words[0].name for one in step.script.commands if one.words and one not in own)
    if not all(name in known for name in others) or _installs_result(step.script.commands):
        return False
    removed = [*_removed(step)]
    if builds:
        return _makes_nothing_else(step, own, removed) and all(
            _is_there(one.command, step, removed) for one in installs
        )
    if all(not _GLOBALLY.isdisjoint(word.known for word in one.command.words) for one in installs):
        # What is installed for all projects stays.
        return False
    folders = [resolved(".", install.command, step) for install in installs]
    return all(folder and _is_removed(folder, removed) for folder in folders)


def is_thrown_away_later(facts: Facts, step: Step, installs: Sequence[Install]) -> bool:
    """Return whether later steps remove the folders in which these installs put all that they made.

    Up to there nothing runs but the same managers, which make nothing in another folder either.
    """
    managers = {install.manager for install in installs}
    if not installs or not all(one.name in _BUILD_IN_PROJECT for one in managers):
        return False
    programs = {program for one in managers for program in one.programs}
    commands: list[tuple[Step, Command]] = []
    removed: list[str] = []
    for other in all_steps_of(facts, step.stage):
        on_the_way = other.stage is step.stage or chain.descends(facts.dockerfile.last, other.stage)
        if other.instruction.span.start < step.instruction.span.start or not on_the_way:
            continue
        own = [one for one in other.script.commands if one.words and _is_one_of(one.words[0].name, programs)]
        names = (one.words[0].name for one in other.script.commands if one.words and one not in own)
        if other.script.errors or not all(name in HANDLES | _WRITES for name in names):
            break
        removed += _removed(other)
        commands += [(other, one) for one in own]
    return (
        bool(removed)
        and all(_makes_nothing_else(other, [one], removed) for other, one in commands)
        and all(_is_there(one.command, step, removed) for one in installs)
    )


def _removed(step: Step) -> Iterator[str]:
    """Yield the paths that a step removes, or all files of."""
    for command in step.script.commands:
        if command.words and command.words[0].name == "rm":
            for word in command.words[1:]:
                text = re.sub(r"(?:\A|(?<=.)/)\*\Z", "", word.known) or (word.text and ".")
                path = resolved(text, command, step) if text and not text.startswith("-") else None
                if path is not None:
                    yield path


def _is_one_of(name: str, programs: Collection[str]) -> bool:
    return any(re.fullmatch(one, name) for one in programs)


def _is_removed(path: str, removed: Collection[str]) -> bool:
    return any(locations.below(path, one) for one in removed)


def _makes_nothing_else(step: Step, commands: Sequence[Command], removed: Collection[str]) -> bool:
    """Return whether commands of the managers name no folder that stays, and make nothing for others."""
    for command in commands:
        texts = [word.known for word in command.words[1:]]
        if "config" in texts[:2]:
            continue
        gets = texts[:1] == ["get"] and not _GETS_NO_PROGRAM.search(step.environment.image)
        if gets or not _LASTING.isdisjoint(texts) or any(word.text is None for word in command.words):
            return False
        for path in (text.rpartition("=")[2] for text in texts):
            known = resolved(path, command, step) if path.startswith(("/", "~", "..")) else ""
            if known is None or (known and not _is_removed(known, removed)):
                return False
    return True


def _is_there(command: Command, step: Step, removed: Collection[str]) -> bool:
    """Return whether a command works in a folder that is removed, or is told one."""
    texts = (".", *(word.known.rpartition("=")[2] for word in command.words[1:]))
    paths = (resolved(text, command, step) for text in texts if text and not text.startswith("-"))
    return any(path is not None and _is_removed(path, removed) for path in paths)


def _installs_result(commands: Sequence[Command]) -> bool:
    """Return whether commands pack a project and install it for all; of a folder npm makes but a link to it."""
    lines = [[word.known for word in command.words[1:]] for command in commands]
    at = next((index for index, texts in enumerate(lines) if texts[:1] == ["pack"]), len(lines))
    after = (texts for texts in lines[at + 1 :] if not {"-g", "--global"}.isdisjoint(texts))
    return any(map(_PACKED.fullmatch, (text or "" for texts in after for text in texts)))
