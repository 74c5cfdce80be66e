"""Which programs are POSIX-like shells, and where the script is that they are given."""

from __future__ import annotations

from collections.abc import Sequence

from cachemount.shell.model import Word

SHELLS = frozenset(("sh", "bash", "ash", "dash", "zsh", "ksh", "mksh"))
_VALUED = frozenset(("-o", "+o", "-O", "+O", "--rcfile", "--init-file"))


def basename(program: str) -> str:
    """Last path component, `.exe` left out."""
    return program.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".exe")


def command_string(arguments: Sequence[Word]) -> tuple[int | None, bool]:
    """For the arguments of a shell: the index of the `-c` string, and whether its script comes from standard input."""
    wanted, index = False, 0
    while index < len(arguments):
        text = arguments[index].text
        if text is None:
            return (index if wanted else None), False
        if text in ("--", "-"):
            index += 1
            break
        if text in _VALUED:
            index += 2
            continue
        if text.startswith("--"):
            index += 1
            continue
        if not text.startswith(("-", "+")):
            break
        if text.startswith("-") and "c" in text[1:]:
            wanted = True
        if text.startswith("-") and "s" in text[1:] and not wanted:
            return None, True
        # `-euo pipefail`, `-eou pipefail`: the value of a bundled -o is the next word.
        index += 1 + text.count("o") + text.count("O")
    if wanted:
        return (index if index < len(arguments) else None), False
    return None, index >= len(arguments)
