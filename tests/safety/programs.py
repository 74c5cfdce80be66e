"""The console programs, as they are installed beside this Python, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

SCRIPTS = Path(sys.executable).parent
BAD = "FROM python:3.13\nRUN pip install flask==3.0\n"
GOOD = "FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install flask==3.0\n"
SETPRIV = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")

_CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON"))}


def program(name: str) -> str:
    path = SCRIPTS / name
    assert path.is_file(), f"{path} is missing: pip install -e '.[test]'"
    return str(path)


def run(
    *command: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    unprivileged: bool = False,
    timeout: float = 60,
) -> subprocess.CompletedProcess[str]:
    """Run `command`, the first word of which is a console program or an absolute path.

    `unprivileged`: file modes hold, also for root.
    """
    first = command[0] if Path(command[0]).is_absolute() else program(command[0])
    # Root without capabilities obeys modes as everybody does.
    setpriv = SETPRIV if unprivileged and os.geteuid() == 0 else ()
    done = subprocess.run(
        [*setpriv, first, *command[1:]],
        cwd=folder,
        env={**_CLEAN, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    # As text, Python would take carriage returns for line ends.
    out, said = (stream.decode("utf-8", "surrogateescape") for stream in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, out, said)


def left_in(folder: Path) -> list[str]:
    """Everything below a folder that is not a Dockerfile of the test."""
    return sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and "ockerfile" not in path.name
    )
