"""What was recorded of the long comparisons, and how they are done on all processors."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import TypeVar

from execution import scripts
from execution.comparing import difference, pairs
from execution.shells import Room

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
# How many scripts there have to be in which a fix changes something.
MADE, OF_A_CORPUS = 10_000, 2_000
_CHUNK = 50
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Result:
    """`scripts` were changed by the safe fixes of `dockerfiles` and run before and after; `different` are faults."""

    name: str
    scripts: int
    dockerfiles: int
    different: int
    date: str
    commit: str


def results() -> dict[str, Result]:
    """Return what is recorded, by name."""
    return {one["name"]: Result(**one) for one in json.loads(RESULTS.read_text(encoding="utf-8"))}


def record(name: str, scripts: int, dockerfiles: int, different: int) -> None:
    """Write a result in place of the last one of its name."""
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=FOLDER, capture_output=True, text=True, check=False
    )
    kept = results() if RESULTS.exists() else {}
    kept[name] = Result(
        name=name,
        scripts=scripts,
        dockerfiles=dockerfiles,
        different=different,
        date=datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        commit=done.stdout.strip(),
    )
    lines = ",\n".join(json.dumps(asdict(kept[one])) for one in sorted(kept))
    RESULTS.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


@dataclass(frozen=True)
class Compared:
    """How many Dockerfiles were tried and how many of their scripts a fix changed, and the text of each difference."""

    dockerfiles: int
    scripts: int
    wrong: tuple[str, ...]


def made(number: int) -> str:
    """Return a Dockerfile of the grammar."""
    return scripts.dockerfile(Random(f"execution {number}"))


def compare_made(wanted: int) -> Compared:
    """Compare Dockerfiles of the grammar until there are as many scripts as are wanted."""
    return _together(_compare_numbers, (range(first, first + _CHUNK) for first in count(0, _CHUNK)), wanted)


def compare_texts(texts: list[str], wanted: int) -> Compared:
    """Compare Dockerfiles until there are as many scripts as are wanted, or no more texts."""
    return _together(compare, (texts[first : first + _CHUNK] for first in range(0, len(texts), _CHUNK)), wanted)


def _compare_numbers(numbers: range) -> Compared:
    return compare([made(number) for number in numbers])


def compare(texts: list[str]) -> Compared:
    """Compare the scripts of Dockerfiles in a room of their own."""
    wrong = []
    changed = 0
    with tempfile.TemporaryDirectory() as folder:
        room = Room(Path(folder) / "room")
        for text in texts:
            for pair in pairs(text):
                changed += 1
                found = difference(room, pair, in_turn=True)
                if found:
                    wrong.append(f"{found}\n--- before\n{pair.before}\n--- after\n{pair.after}\n")
    return Compared(len(texts), changed, tuple(wrong))


def _together(work: Callable[[_T], Compared], chunks: Iterator[_T], wanted: int) -> Compared:
    processes = os.cpu_count() or 1
    total = Compared(0, 0, ())
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        while total.scripts < wanted:
            turn = [pool.submit(work, chunk) for _, chunk in zip(range(4 * processes), chunks, strict=False)]
            if not turn:
                break
            for one in turn:
                more = one.result()
                total = Compared(
                    total.dockerfiles + more.dockerfiles, total.scripts + more.scripts, total.wrong + more.wrong
                )
    return total
