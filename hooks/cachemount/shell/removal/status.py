"""The status of a command: whether it can be a failure, and whether anything depends on it."""

from __future__ import annotations

from collections.abc import Collection

from cachemount.shell.model import Command, Script

_IDLE = frozenset({"true", ":"})
_NEVER_FAIL = _IDLE | {"echo", "printf"}


def never_fails(command: Command) -> bool:
    """Return whether a command is one of those that always succeed."""
    return command.program in _NEVER_FAIL and _is_plain(command)


def removes_by_force(command: Command) -> bool:
    """Return whether a command is `rm -f`, which finds nothing wrong where there is nothing."""
    options = [word.known for word in command.words[1:] if word.known.startswith("-")]
    by_force = any(one == "--force" or ("f" in one and not one.startswith("--")) for one in options)
    return command.program == "rm" and by_force and _is_plain(command)


def _is_plain(command: Command) -> bool:
    """Return whether nothing else decides on the status: no file to write, and no program such as sudo in front."""
    return not (command.wrappers or command.outputs or command.appends or command.negated)


def is_ignored(script: Script, command: Command) -> bool:
    """Return whether `|| true` or the like follows a command, so that its failure changes nothing."""
    return fallback_of(script, command) is not None


def fallback_of(script: Script, command: Command) -> Command | None:
    """Return the `true`, or the like, that follows a command after `||`; None without one."""
    for chain in script.chains:
        for index, operator in enumerate(chain.operators):
            if chain.members[index] is command:
                fallback = chain.members[index + 1]
                ignores = operator == "||" and fallback is not None and fallback.program in _NEVER_FAIL
                return fallback if ignores else None
    return None


def idle_beside(script: Script, doomed: Collection[Command]) -> list[Command]:
    """Return each `true` of the groups and subshells in which nothing else stands beside doomed commands.

    Such a group does nothing without them: `{ npm cache clean || echo failed; true; }`.
    """
    gone = {id(one) for command in doomed for one in (command, fallback_of(script, command)) if one is not None}
    found: list[Command] = []
    for chain in script.chains:
        members = [one for one in chain.members if id(one) not in gone]
        # All in the text of `sh -c` have it for a wrapper.
        wrappers = [one.wrappers for one in chain.members if one is not None and id(one) in gone]
        idle = [one for one in members if one is not None and _does_nothing(one) and one.wrappers in wrappers]
        if chain.owner is not None and idle and len(idle) == len(members) < len(chain.members):
            found += idle
    return found


def _does_nothing(command: Command) -> bool:
    return command.program in _IDLE and not (command.outputs or command.appends or command.negated)
