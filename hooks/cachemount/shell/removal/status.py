"""The status of a command: whether it can be a failure, and whether anything depends on it."""

from __future__ import annotations

from cachemount.shell.model import Command, Script

_NEVER_FAIL = frozenset({"true", ":", "echo", "printf"})


def never_fails(command: Command) -> bool:
    """Return whether a command is one of those that always succeed; what runs it, as sudo, may be missing."""
    alone = not (command.wrappers or command.outputs or command.appends or command.negated)
    return alone and command.program in _NEVER_FAIL


def removes_by_force(command: Command) -> bool:
    """Return whether a command is `rm -f`, which finds nothing wrong where there is nothing."""
    options = [word.known for word in command.words[1:] if word.known.startswith("-")]
    alone = not (command.wrappers or command.negated)
    return alone and command.program == "rm" and any("f" in one.partition("--")[0] for one in options)


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
