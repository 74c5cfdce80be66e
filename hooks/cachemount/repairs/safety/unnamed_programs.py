"""Programs in folders of their own, or behind a variable that only the shell knows: what is run, by the other words."""

from __future__ import annotations

import posixpath
import re

from cachemount.copied_names import copies, sources_of
from cachemount.facts import programs
from cachemount.facts.model import Facts
from cachemount.late_pattern import late
from cachemount.repairs.safety.interpreters import BUILDERS, INTERPRETERS, SHELLS
from cachemount.repairs.safety.known_programs import RUNS_PACKAGE_MANAGERS
from cachemount.repairs.safety.later_commands import Called, called_by, is_script
from cachemount.script_names import SHELL_NAME
from cachemount.shell.launchers.table import TABLE

# "$PREFIX/bin/qt-cmake", /build/qt/bin/qt-cmake
_IN_FOLDER = late(r"[\"']?(?:\$\w+|\$\{\w+\})?(?:/[\w.-]+)*/bin/([\w.-]+)[\"']?")
# A file that gets the name of a program.
_AS_PROGRAM = late(r"/bin/[^/]+\Z")
# "${WRAPPER[@]}" cmake ..
_ARRAY = late(r"\"?\$\{(\w+)\[@\]\}\"?")
_PROGRAM = late(r"[\"']?([a-z][\w-]*)?[\"']?")


def named(facts: Facts, called: Called) -> Called | None:
    """Return a command with the name of the program that it runs; None where that is not known, or known anyway."""
    words = called.command.words
    if not words or len(called.arguments) != len(words) - 1 or (called.name and called.is_installed):
        return None
    program = _IN_FOLDER.fullmatch(words[0].raw)
    if program is not None:
        name = program[1]
        is_plain = not _runs_others(name) and not is_script(name) and _brings_files_alone(facts)
        return Called(command=called.command, name=name, path=name, arguments=called.arguments) if is_plain else None
    array = None if called.name else _ARRAY.fullmatch(words[0].raw)
    if array is None or len(words) < 2 or not _wraps(facts, array[1]):
        return None
    return called_by(called.command, words[1:])


def _runs_others(name: str) -> bool:
    """Return whether a program runs what it is told to, or may be a manager of packages."""
    plain = name.rstrip("0123456789.")
    return (
        plain in SHELLS
        or plain in INTERPRETERS
        or plain in BUILDERS
        or name in TABLE
        or name in RUNS_PACKAGE_MANAGERS
        or bool(programs.managers(name))
    )


def _brings_files_alone(facts: Facts) -> bool:
    """Return whether what the build copies from its context are files by their names, and no folder of programs."""
    code = facts.dockerfile.code
    renamed = {words[0] for words in copies(code) if len(words) == 2 and _AS_PROGRAM.search(words[1])}
    named_files = (one for one in sources_of(code) if one not in renamed)
    return all("." in posixpath.basename(one) and "*" not in one for one in named_files)


def _wraps(facts: Facts, array: str) -> bool:
    """Return whether an array of the scripts is empty, or holds one program that is no manager of packages."""
    texts = [one.text for one in facts.dockerfile.source.context if SHELL_NAME.search(one.path)]
    uses = rf"(?<![\w$]){array}\b"
    values = [one for text in texts for one in re.findall(rf"{uses}=\(([^()$`]*)\)", text)]
    others = rf"{uses}(?:\[\w*\])?\+?=(?!\()|{uses}\+=|\b(?:read|mapfile|readarray)\b[^\n;&|]*{uses}"
    programs_in = [_PROGRAM.fullmatch(one.strip()) for one in values]
    return (
        bool(values)
        and not any(re.search(others, text) for text in texts)
        and all(one is not None and not (one[1] and _runs_others(one[1])) for one in programs_in)
    )
