"""Scripts that the grammar and the shell read in different ways."""

from __future__ import annotations

from cachemount.shell.model import Command, Script

# The shell reads them where a command stands; the grammar has taken one for a command.
_RESERVED = frozenset(
    ("if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "{", "}", "!")
)


def is_misread(script: Script) -> bool:
    """Return whether the grammar took a reserved word, or what stands on the line before, for a part of a command.

    No edit knows then what it does.
    """
    return any(
        command.words and (command.words[0].raw in _RESERVED or _takes_line_before(command))
        for command in script.commands
    )


def _takes_line_before(command: Command) -> bool:
    """Return whether a line ends between the assignments of a command and its program."""
    program = command.words[0]
    for assignment in command.assignments:
        value = assignment.value
        if value.excerpt is program.excerpt and value.start < program.start:
            gap = program.excerpt.text[value.start + len(value.raw) : program.start]
            if "\n" in gap.replace("\\\r\n", "").replace("\\\n", ""):
                return True
    return False
