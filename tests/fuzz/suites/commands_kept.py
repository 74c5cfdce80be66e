"""The commands of a RUN before and after a repair: only what empties or switches off a cache may be gone."""

from __future__ import annotations

import posixpath
import re
from functools import cache

from cachemount.dockerfile.model import Dockerfile, Instruction
from cachemount.facts.scripts import script
from cachemount.managers import MANAGERS
from cachemount.managers.tools import TOOLS
from cachemount.shell.model import Command
from fuzz.suite import expect
from fuzz.suites.shell import BASH_EVERY, accepts

# They go with what they guard or ask for, and set what is taken away.
_WITH_OTHERS = frozenset(
    (
        "true",
        ":",
        "echo",
        "printf",
        "exit",
        "return",
        "false",
        "[",
        "[[",
        "test",
        "rm",
        "rmdir",
        "unlink",
        "find",
        "export",
        "declare",
        "typeset",
        "",
    )
)
_count = 0


@cache
def _programs() -> re.Pattern[str]:
    return re.compile("|".join(pattern for manager in MANAGERS for pattern in manager.programs))


@cache
def _added() -> tuple[tuple[str, ...], ...]:
    added = [
        (one.refresh, one.fetch_command, *one.revalidate.values(), *(keep.command for keep in one.retentions))
        for one in MANAGERS
    ]
    added += [tuple(cleaner.alone.values()) for one in MANAGERS for cleaner in one.cleaners]
    # A step that says apt gets apt. The other stands for a clean-up whose status is the step's.
    texts = [
        "apt update",
        "true",
        *(text for texts in added for text in texts if text and not re.match(r"-|\S+=", text)),
    ]
    return tuple(tuple(part.split()) for text in texts for part in text.split(" && "))


@cache
def _flags() -> frozenset[str]:
    """Words that a repair may put into a command."""
    found = {flag for one in MANAGERS for keep in one.retentions for flag in (keep.flag, keep.alone)} | {
        flag for one in MANAGERS for flag in one.off_flags.values()
    }
    found |= {text for one in MANAGERS for text in (one.refresh, *one.revalidate.values()) if text.startswith("-")}
    return frozenset(word for text in found for word in text.split())


@cache
def _places() -> tuple[str, ...]:
    """Return how words begin that say where a cache is, which a repair may put into a command."""
    return tuple(one.place_flag for one in MANAGERS if one.place_flag)


def commands_kept(before: Dockerfile, one: Instruction, after: Dockerfile, other: Instruction) -> None:
    assert one.run is not None
    assert other.run is not None
    mine = script(before.source, one, one.run, readable=True)
    theirs = script(after.source, other, other.run, readable=True)
    if theirs.errors and not mine.errors:
        # The grammar refuses some of what the shell takes.
        written = repr(after.source.slice(other.span))
        known = accepts(_given(after, other)) or not accepts(_given(before, one))
        expect(known, "a repair leaves a script that cannot be read", written)
        return
    rest = list(mine.commands)
    for command in theirs.commands:
        if _is_added(command):
            continue
        while rest and not _less(rest[0], command):
            _gone(rest.pop(0), after, other)
        expect(rest, "a repair makes a command", (_words(command), repr(after.source.slice(other.span))))
        rest.pop(0)
    for command in rest:
        _gone(command, after, other)
    _bash(before, one, after, other)


def _words(command: Command) -> list[str]:
    words = [word.raw for word in command.words]
    if command.program != "rm":
        return words
    # A fix may give it `-f`.
    return [re.sub(r"^-([dRrv]*)f$", r"-\1", word) for word in words if word != "-f"]


def _less(command: Command, after: Command) -> bool:
    """Return whether it is the same command, perhaps without words that it had."""
    had = _words(command)
    has = [word for word in _words(after) if word not in _flags() and (word in had or not word.startswith(_places()))]
    if command.wrappers != after.wrappers and "env" not in after.wrappers:
        return False
    had = [word for word in had if word not in _flags()]
    rest = iter(had)
    if "-c" in had or any("-c" in wrapper for wrapper in after.wrappers):
        return had[:1] == has[:1]
    if had[:1] == has[:1] and command.program == "rm":
        has = [word for word in has if word in had or not _is_below(word, had)]
    return had[:1] == has[:1] and all(word in rest for word in has)


def _is_below(word: str, operands: list[str]) -> bool:
    """Return whether a word is a folder in one that was removed as a whole: others than the mount's stay removed."""
    folder = posixpath.basename(posixpath.dirname(word))
    return word.startswith("/") and any(posixpath.basename(one.rstrip("/*.!?[]\"'")) == folder for one in operands)


def _is_added(command: Command) -> bool:
    words = tuple(word.text or "" for word in command.words)
    sets = words in ((), ("export",)) and bool(command.assignments)
    return sets or any(_begins(words, added) for added in _added()) or bool(_of_root().fullmatch(" ".join(words)))


@cache
def _of_root() -> re.Pattern[str]:
    """Return what removes from a root folder what a clean-up of the host left in it."""
    commands = {cleaner.of_root[1] for one in MANAGERS for cleaner in one.cleaners} - {""}
    return re.compile("|".join(re.escape(one).replace(r"\{\}", r"\S*") for one in commands))


def _begins(words: tuple[str, ...], added: tuple[str, ...]) -> bool:
    """Return whether a command begins like one that a repair adds, perhaps with options of the install."""
    if "{options}" in added:
        return words[:1] == added[:1] and added[-1] in words
    return words[: len(added)] == added


def _gone(command: Command, after: Dockerfile, other: Instruction) -> None:
    name = command.program
    # A team's own wrapper stands in front of the program that it runs.
    run = [name, *((word.text or "").rsplit("/", 1)[-1] for word in command.words[1:2])]
    known = (
        name in _WITH_OTHERS
        or name in {tool.program for tool in TOOLS}
        or any(_programs().fullmatch(one) for one in run)
        or name.startswith("python")
        or _is_added(command)
    )
    expect(known, "a repair takes a command away", (_words(command), repr(after.source.slice(other.span))))


def _bash(before: Dockerfile, one: Instruction, after: Dockerfile, other: Instruction) -> None:
    """Now and then, whether bash reads what it read before."""
    global _count  # noqa: PLW0603
    _count += 1
    if _count % BASH_EVERY or one.run is None or other.run is None or one.run.form == "exec":
        return
    if accepts(_given(before, one)):
        expect(accepts(_given(after, other)), "bash refuses a repaired script", repr(after.source.slice(other.span)))


def _given(dockerfile: Dockerfile, one: Instruction) -> str:
    assert one.run is not None
    if one.run.form == "heredoc":
        return one.run.script.text
    bodies = [dockerfile.source.text[heredoc.body.start : heredoc.terminator.end] for heredoc in one.heredocs]
    return "\n".join([one.run.script.text, *bodies])
