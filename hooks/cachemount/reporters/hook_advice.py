"""What a person can run whose commit was blocked by a hook."""

from __future__ import annotations

import os
import re
import sys

# pre-commit and prek run hooks in the root of the repository, where these are.
_CONFIGURATIONS = (".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml")
_MOST_BYTES = 1_000_000


def in_hook() -> bool:
    """Return whether pre-commit or prek runs this program."""
    return os.environ.get("PRE_COMMIT") == "1"


def fixing_command(fixer: str) -> str:
    """Return the command that makes the fixes: the hook where it is configured, else the program beside this one."""
    if _is_configured(fixer):
        return f"pre-commit run {fixer} --all-files"
    folder = os.path.dirname(sys.executable)
    program = next((path for name in (fixer, f"{fixer}.exe") if os.path.isfile(path := os.path.join(folder, name))), "")
    if not program:
        return f"{fixer} PATH"
    home = os.path.expanduser("~")
    if os.name != "nt" and program.startswith(home + os.sep):
        program = f"~{program[len(home) :]}"
    return f"{program} ."


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
