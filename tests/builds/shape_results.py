"""What was recorded of the shapes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

RESULTS = Path(__file__).parent / "results.json"
# Of fixes that were wrong, as they were before.
FORMER_RESULTS = Path(__file__).parent / "former_results.json"
# Of a build with no layers and empty mounts; with full mounts; with layers, empty mounts and a later change; with
# layers, mounts and one more package.
STATES = ("cold", "warm", "emptied", "more")


@dataclass(frozen=True, kw_only=True)
class Result:
    """One state of a shape. `original` and `built` say whether the two files build, `equal` whether the images are.

    `fix` is "safe", "unsafe" where no safe fix is made, or "none"; `text` is the SHA-256 of the file and of its repair,
    `commit` that of the repository when it was built.
    `mounts` are the targets of the cache mounts, below which nothing is compared; `chance` says which kinds of files
    differ between two builds of the original, and `aside` which of them were left aside.
    """

    name: str
    builder: str
    state: str
    fix: str
    original: bool
    built: bool
    equal: bool
    differs: list[str]
    meant: list[str]
    mounts: list[str]
    chance: list[str]
    aside: list[str]
    bytes_original: int
    bytes_fixed: int
    date: str
    commit: str
    text: str

    @property
    def red(self) -> bool:
        """Whether a safe repair breaks or changes what the file does as it is written."""
        return self.fix == "safe" and self.original and not (self.built and self.equal)


def results(path: Path = RESULTS) -> list[Result]:
    """Return what is recorded."""
    return list(_read(path, path.stat().st_mtime_ns)) if path.exists() else []


@lru_cache
def _read(path: Path, _changed: int) -> tuple[Result, ...]:
    """Return what a file has that was changed at a time: each shape asks for it."""
    return tuple(Result(**one) for one in json.loads(path.read_text(encoding="utf-8")))
