"""The command inside of launchers: who runs it, where, and with which variables."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from cachemount.records import Record, field
from cachemount.shell.launchers.command_line import Launched, read_command_line
from cachemount.shell.launchers.shells import SHELLS, basename, command_string
from cachemount.shell.launchers.table import TABLE, Launcher, launcher
from cachemount.shell.model import Word


class Unwrapped(Record, frozen=False):
    """A command without its launchers; all numbers are indexes into its words.

    `first` is the program, `end` where its words end (None: with the command). `script` is a word that is a script,
    from its character `script_from` on; `stdin` means that the script comes from standard input, `shared` that it runs
    in the same shell (eval). `staying` is a launcher that may do work itself beside running the script. `user` "" is
    the step's. `directory` is the index of a word that names one, -1 for none; with `directory_unknown` it runs in a
    directory that cannot be told. `unset` are variables that are taken away, `cleared` means all of them,
    `clears_image_env` those of the image. `other_root` is the launcher that gave it another root folder.
    """

    first: int = 0
    end: int | None = None
    names: list[str] = field(default_factory=list)
    user: str = ""
    assignments: list[int] = field(default_factory=list)
    unset: list[str] = field(default_factory=list)
    cleared: bool = False
    clears_image_env: bool = False
    directory: int = -1
    directory_unknown: bool = False
    other_root: str = ""
    script: int | None = None
    script_from: int = 0
    stdin: bool = False
    shared: bool = False
    staying: Unwrapped | None = None


# Most commands have no launcher; nothing of this is changed.
_NO_LAUNCHER = Unwrapped()


def unwrap(words: Sequence[Word]) -> Unwrapped:
    """Take off launchers until a program is left that does the work itself."""
    if not words or not _may_launch(words[0].text or ""):
        return _NO_LAUNCHER
    result = Unwrapped()
    texts: list[str] = []
    while result.first < len(words):
        name = basename(words[result.first].text or "")
        if name in SHELLS:
            _open(words, result, name)
            return result
        known = launcher(name)
        if known is None:
            return result
        texts = texts or [word.text or word.raw.strip("\"'") for word in words]
        launched = read_command_line(texts, result.first + 1, known)
        if launched is None or not _follow(words, result, name, known, launched):
            return result
    return result


@lru_cache(maxsize=1024)
def _may_launch(program: str) -> bool:
    name = basename(program)
    return name in SHELLS or name in TABLE


def posix(shell: Sequence[str], *, root: bool = True) -> bool:
    """Return whether the command of a SHELL runs its last word as a POSIX-like script, as the user of the step.

    `root` says whether that is root.
    """
    result = unwrap([Word(text, text) for text in (*shell, ":")])
    return result.script == len(shell) and (not result.user or (root and result.user in ("root", "0")))


def _open(words: Sequence[Word], result: Unwrapped, name: str) -> None:
    """Find the script of a shell."""
    script, result.stdin = command_string(words[result.first + 1 :])
    if script is not None:
        result.script = result.first + 1 + script
    if script is not None or result.stdin:
        result.names.append(name)


def _follow(words: Sequence[Word], result: Unwrapped, name: str, known: Launcher, launched: Launched) -> bool:
    """Go on to what a launcher runs; False where nothing more is to be taken off."""
    end = None
    if known.stays and launched.script is None:
        at = launched.command
        if at is None or basename(words[at].text or "") not in SHELLS:
            return False
        string, _ = command_string(words[at + 1 :])
        if string is None:
            return False
        end = at + 1 + string
    if known.stays and result.staying is None:
        result.staying = Unwrapped(first=result.first, end=end, names=[*result.names], user=result.user)
    result.names.append(name)
    result.assignments += launched.assignments
    result.unset += launched.unset
    result.cleared = result.cleared or launched.cleared
    result.clears_image_env = result.clears_image_env or launched.bare
    result.user = launched.user or result.user
    result.directory = launched.directory if launched.directory >= 0 else result.directory
    result.directory_unknown = result.directory_unknown or launched.directory_unknown
    result.other_root = result.other_root or (name if launched.other_root else "")
    result.script, result.script_from, result.stdin = launched.script, launched.script_from, launched.reads_input
    result.shared = known.shared and launched.script is not None
    before, result.first = result.first, len(words) if launched.command is None else launched.command
    if known.shell:
        result.first -= 1
        _open(words, result, "bash")
        if result.script is None and not result.stdin:
            result.first = before
        return False
    return launched.command is not None


def executed(words: Sequence[Word]) -> list[tuple[int, int]]:
    """Return the ranges of words that `find` runs by -exec, -execdir, -ok and -okdir."""
    result = []
    start = -1
    for index, word in enumerate(words):
        if word.text in ("-exec", "-execdir", "-ok", "-okdir"):
            start = index + 1
        elif start >= 0 and word.text in (";", "+"):
            if index > start:
                result.append((start, index))
            start = -1
    return result
