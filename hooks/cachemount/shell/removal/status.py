"""The status of a command: whether anything depends on it."""

from __future__ import annotations

from cachemount.shell.model import Command, Script

_NEVER_FAIL = frozenset({"true", ":", "echo", "printf"})


def is_ignored(script: Script, command: Command) -> bool:
    """Return whether `|| true` or the like follows a command, so that its failure changes nothing."""
    for chain in script.chains:
        for index, operator in enumerate(chain.operators):
            if chain.members[index] is command:
                fallback = chain.members[index + 1]
                return operator == "||" and fallback is not None and fallback.program in _NEVER_FAIL
    return False
