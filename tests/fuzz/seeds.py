"""Texts that are worth changing: the Dockerfiles of the case files, and what earlier runs found."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import case_files

REGRESSIONS = Path(__file__).parent / "regressions"


@cache
def dockerfiles() -> list[str]:
    return [case.text("dockerfile") for case in case_files.load_all()]


@cache
def configurations() -> list[str]:
    return [text for case in case_files.load_all() if (text := case.text("toml"))]


@cache
def regressions(suite: str) -> list[tuple[str, str]]:
    """Return the inputs of a suite that once broke something, by name."""
    folder = REGRESSIONS / suite
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [(path.name, path.read_bytes().decode("utf-8", "surrogateescape")) for path in found]


def files(folder: Path) -> list[str]:
    """Return the texts below a folder, as far as they are small."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size < 20_000]
    return [path.read_bytes().decode("utf-8", "surrogateescape") for path in paths]
