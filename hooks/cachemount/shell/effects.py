"""Changes by a simple command and its wrappers: for the command itself, and for those after it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from cachemount.shell.launchers.unwrap import Unwrapped
from cachemount.shell.model import Command, Word
from cachemount.shell.scope import CD_COMMANDS, Scope, Variables

_SAME_SHELL = frozenset(("builtin", "command", "eval", "time"))


def context_of(unwrapped: Unwrapped | None, words: Sequence[Word], scope: Scope) -> tuple[str | None, Variables]:
    """Directory and variables as the wrappers leave them."""
    directory, variables = scope.directory, scope.variables
    if unwrapped is None or not unwrapped.names:
        return directory, variables
    if unwrapped.directory_unknown:
        directory = None
    elif unwrapped.directory >= 0:
        directory = scope.path(words[unwrapped.directory])
    if unwrapped.cleared:
        variables = Variables()
    for name in unwrapped.unset:
        variables = Variables(variables, name, "")
    return directory, variables


def apply_side_effects(
    command: Command, wrappers: Collection[str], scope: Scope, defined: Mapping[str, tuple[bool, frozenset[str]]]
) -> None:
    """Put into the scope what a command does to it; `defined` says of functions whether they move and what they set."""
    if wrappers and not set(wrappers) <= _SAME_SHELL:
        return
    program = command.program
    if program in CD_COMMANDS:
        scope.change_directory(program, command.words[1:])
    elif program in defined:
        moved, names = defined[program]
        if moved:
            scope.directory = None
        for name in names:
            scope.assign(name, None)
