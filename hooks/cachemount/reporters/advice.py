"""What a person can run about the findings, as it works where they are: on the command line, or in a hook."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence

from cachemount.results import printable

# pre-commit and prek run hooks in the root of the repository, where these are.
_CONFIGURATIONS = (".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml")
_MOST_BYTES = 1_000_000
# Of a command that is to be read and copied.
_LONGEST = 200


def in_hook() -> bool:
    """Return whether pre-commit or prek runs this program."""
    return os.environ.get("PRE_COMMIT") == "1"


def fixing_command(fixer: str, arguments: Sequence[str]) -> str:
    """Return the command that makes the fixes of a check that was called with `arguments`.

    In a hook, which gets the files of a commit, it is the hook that fixes where that is configured, else the program
    beside this one.
    """
    if not in_hook():
        import shlex

        program, *command = fixer.split(" ")
        fixer = " ".join([_runnable(program), *command])
        command_line = printable(" ".join([fixer, *map(shlex.quote, arguments)]))
        return command_line if len(command_line) <= _LONGEST else f"{fixer} PATH"
    hook = "fix-compose-cache-mounts" if "-compose" in fixer else "fix-cache-mounts"
    if _is_configured(hook):
        return f"{_runner()} run {hook} --all-files"
    return f"{_outside_hook(hook)} ."


def explaining_command(name: str) -> str:
    """Return the command that prints the page of a rule."""
    return f"{_outside_hook('cachemount') if in_hook() else _runnable('cachemount')} explain {name}"


def _outside_hook(program: str) -> str:
    """Return what runs a program where a hook's own environment is not on the PATH."""
    own = os.path.dirname(sys.executable)
    return _runnable(program, [one for one in os.get_exec_path() if os.path.abspath(one) != own])


def _runnable(program: str, path: Sequence[str] | None = None) -> str:
    """Return what runs a program: its name where it is on the PATH, else the path of the one beside this one."""
    names = (program, f"{program}.exe")
    path = os.get_exec_path() if path is None else path
    if any(os.path.isfile(os.path.join(folder, name)) for folder in path for name in names):
        return program
    return _beside(program) or program


def width(columns: int) -> int:
    """Return how wide a line may be on a terminal of so many columns: prek indents what a hook writes."""
    return columns - 2 if in_hook() and _runner() == "prek" else columns


def _runner() -> str:
    prek = "PREK_HOOK_STAGE" in os.environ or f"{os.sep}prek{os.sep}" in sys.executable
    return "prek" if prek else "pre-commit"


def _beside(program: str) -> str:
    """Return the path of a program that is installed with this one, as a shell takes it; "" where it is not."""
    folder = os.path.dirname(sys.executable)
    names = (os.path.join(folder, name) for name in (program, f"{program}.exe"))
    path = next((name for name in names if os.path.isfile(name)), "")
    if " " in path:
        return f'"{path}"'
    home = os.path.expanduser("~")
    return f"~{path[len(home) :]}" if os.name != "nt" and path.startswith(home + os.sep) else path


def _is_configured(hook: str) -> bool:
    for name in _CONFIGURATIONS:
        try:
            with open(name, encoding="utf-8", errors="replace") as file:
                text = file.read(_MOST_BYTES)
        except OSError:
            continue
        if re.search(rf"\bid\s*[:=]\s*[\"']?{re.escape(hook)}(?![\w-])", text):
            return True
    return False
