"""The RUN scripts of a Dockerfile before and after its safe fixes, and whether both do the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from cachemount import engine
from cachemount.dockerfile.model import Dockerfile, Instruction, UnreadableDockerfileError
from cachemount.dockerfile.reader import read
from cachemount.dockerfile.state.environment import Environment, environments
from cachemount.facts.asked_places import COMMANDS
from cachemount.managers import MANAGERS
from cachemount.shell.launchers.shells import basename
from cachemount.source import Source
from execution.shells import NO_INDEX, SHELLS, Outcome, Room, cleaners, is_long
from fuzz.suites.fixer import matched
from fuzz.suites.reader import instructions

# What the programs of a script are told to do: all succeed, and a few ways to fail.
SEEDS = 5
_REMOVERS = frozenset({"rm", "rmdir", "unlink", "find"})
# What dash takes for programs.
_TAKEN_AWAY = _REMOVERS | {"declare", "typeset"}
_WORD = re.compile(r"[\w./@=+-]+")
# How often a script is run again where it is not known who is first.
_TRIES = 20
_AT_ONCE = re.compile(r"(?<![&>])&(?![&>\d])|\||[<>]\(")


@dataclass(frozen=True)
class Pair:
    """A script before and after the fixes, the options of its shell, and the variables that it is given."""

    options: tuple[str, ...]
    before: str
    after: str
    variables: tuple[tuple[str, str], ...] = ()


def pairs(text: str) -> Iterator[Pair]:
    """Return the scripts of a Dockerfile that its safe fixes change."""
    source = Source(path="Dockerfile", text=text)
    fixed, report = engine.fix(source)
    if not report.fixes_made:
        return
    try:
        before, after = read(source), read(fixed)
    except UnreadableDockerfileError:
        return
    known = environments(before)
    for one, other in matched(before, after, instructions(before), instructions(after)):
        if one.run is None or other.run is None or one.run.form == "exec" or one.run.interpreter:
            continue
        mine, theirs = _script(before, one), _script(after, other)
        shell = known[id(one)].shell
        if mine != theirs and basename(shell[0]) in ("sh", "bash"):
            yield Pair(tuple(shell[1:]), mine, theirs, _variables(known[id(one)]))


def _variables(environment: Environment) -> tuple[tuple[str, str], ...]:
    """Return the variables of a step that are known, but for those that would lead the shells out of their folder."""
    return tuple(
        (name, value)
        for name, value in sorted(environment.variables.items())
        if value is not None and "\0" not in value and name not in ("PATH", "HOME") and not name.startswith("LD_")
    )


def _script(dockerfile: Dockerfile, one: Instruction) -> str:
    """Return the script as the shell gets it."""
    assert one.run is not None
    if one.run.form == "heredoc":
        return one.run.script.text
    bodies = [dockerfile.source.text[heredoc.body.start : heredoc.terminator.end] for heredoc in one.heredocs]
    return "\n".join([one.run.script.text, *bodies])


def difference(room: Room, pair: Pair, *, in_turn: bool = False) -> str:
    """Return what the fix changes that it must not; "" for nothing.

    With `in_turn` the shells share the ways to fail.
    """
    if "\0" in pair.before:
        return ""
    room.prepare((pair.before, pair.after))
    words = sorted({word for word in _WORD.findall(pair.before) if not word.startswith("-")} - _verbs())
    for number, shell in enumerate(SHELLS):
        if not room.accepts(shell, pair.before):
            continue
        if not room.accepts(shell, pair.after):
            return f"{shell} -n refuses what is left"
        for seed in range(SEEDS):
            if in_turn and seed and seed % len(SHELLS) != number:
                continue
            rng = Random(f"{seed} {pair.before}")
            # What a fix writes in another way fails no more.
            failing = _failing(rng, words, seed).intersection(_WORD.findall(pair.after))
            first = room.run((shell, *pair.options), pair.before, failing, pair.variables)
            second = room.run((shell, *pair.options), pair.after, failing, pair.variables)
            if first is None and second is None:
                # A loop that waits for a program to fail.
                break
            ordered = not _AT_ONCE.search(pair.before)
            found = _compared(first, second, ordered=ordered)
            for _ in range(_TRIES):
                if ordered or not found:
                    break
                # What runs at once may see files of each other, or not: what was there before may do as well.
                first = room.run((shell, *pair.options), pair.before, failing, pair.variables)
                found = _compared(first, second, ordered=False) and found
            if found:
                return f"{shell}, failing {sorted(failing)}: {found}"
        if _refreshes(pair.after) and not _refreshes(pair.before):
            # Without an index nothing can be installed: the refresh fails in place of the install, with its own status.
            first = room.run((shell, *pair.options), pair.before, _installs(), pair.variables)
            second = room.run((shell, *pair.options), pair.after, {*_installs(), NO_INDEX}, pair.variables)
            if first is not None and second is not None and bool(first.status) != bool(second.status):
                return f"{shell}, without an index: status {first.status} becomes {second.status}"
    return ""


def _refreshes(text: str) -> bool:
    return "apt-get update" in text or "apt update" in text


@cache
def _installs() -> frozenset[str]:
    """Return the words of installs with apt: their verbs, and programs that install without one."""
    ways = [way for one in MANAGERS if one.name == "apt" for way in one.downloads]
    verbs = {verb[0] for way in ways for verb in way.verbs if verb}
    return frozenset(verbs | {program for way in ways if () in way.verbs for program in way.programs}) - {"update"}


def _failing(rng: Random, words: list[str], seed: int) -> set[str]:
    """Return the words of which each lets the programs fail that have it: none, one, or some."""
    if seed < SEEDS - 2:
        return {rng.choice(words)} if seed and words else set()
    return {word for word in words if rng.random() < (0.2, 0.4)[seed % 2]}


def _compared(first: Outcome | None, second: Outcome | None, *, ordered: bool) -> str:
    if first is None and second is None:
        # As it was: `until` with a program that fails.
        return ""
    if first is None or second is None:
        return "one of them does not end"
    if first.status != second.status:
        return f"status {first.status} becomes {second.status}"
    before, after = _calls(first), _calls(second)
    if not ordered:
        before, after = sorted(before), sorted(after)
    return "" if before == after else f"{before} become {after}"


def _calls(outcome: Outcome) -> list[tuple[str, ...]]:
    """Return the calls without what a fix removes or adds: clean-ups, refreshes, settings, and flags about caches."""
    named = _flags() | _given()
    return [
        tuple(_without_flags(word) for word in call if word and word.partition("=")[0] not in named)
        for call in outcome.calls
        if call[0] not in _TAKEN_AWAY and not _empties(call[1:]) and not _asks(call)
    ]


def _without_flags(word: str) -> str:
    """Return a word that is a script for a shell, without its flags about caches; others as they are."""
    if " " not in word:
        return word
    return " ".join(piece for piece in word.split() if piece.partition("=")[0] not in _flags())


def _asks(call: tuple[str, ...]) -> bool:
    """Return whether a call asks where a cache is, which goes with the clean-up that it is for."""
    return any(pattern.fullmatch(" ".join(call)) for pattern, _, _ in COMMANDS)


def _empties(arguments: tuple[str, ...]) -> bool:
    first = next((word for word in arguments if not word.startswith("-")), "")
    text = " ".join(arguments)
    return any(f" {verb} " in f" {text} " if is_long(verb) else first == verb for verb in cleaners()) or any(
        re.search(pattern, text) for pattern in _patterns()
    )


@cache
def _patterns() -> tuple[str, ...]:
    return tuple(one.pattern for manager in MANAGERS for one in manager.cleaners if one.pattern and not one.verbs[0])


@cache
def _flags() -> frozenset[str]:
    texts = {flag for one in MANAGERS for pair in one.off_flags.items() for flag in pair}
    texts |= {flag for one in MANAGERS for keep in one.retentions for flag in (keep.flag, keep.alone)}
    texts |= {text for one in MANAGERS for text in (one.refresh, *one.revalidate.values()) if text.startswith("-")}
    # What keeps a command from fetching: it goes where the mount may have nothing.
    texts |= {one.unfetched_flag for one in MANAGERS if one.unfetched_flag}
    # A directory that is no cache.
    texts |= {"/dev/null"} | {flag for one in MANAGERS for cache in one.caches for flag in cache.flags}
    return frozenset(word.partition("=")[0] for text in texts for word in text.split())


@cache
def _given() -> frozenset[str]:
    """Return the variables that a fix gives a program, and the `env` that it does so with, as arguments of another."""
    texts = [text for one in MANAGERS for text in one.revalidate.values() if re.match(r"\w+=", text)]
    return frozenset({"env", *(text.partition("=")[0] for text in texts)})


@cache
def _verbs() -> frozenset[str]:
    """Words that decide nothing: flags and refreshes are not in both scripts."""
    return frozenset(word for verb in cleaners() for word in verb.split()) | _flags() | _REMOVERS
