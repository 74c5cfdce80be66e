"""The status of a command: whether it can be a failure, and whether anything depends on it."""

from __future__ import annotations

from cachemount.shell.model import Command, Script

_NEVER_FAIL = frozenset({"true", ":", "echo", "printf"})


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
