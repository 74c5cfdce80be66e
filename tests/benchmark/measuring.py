"""What a command costs: wall and CPU seconds and peak memory of it and all its children."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from math import log
from pathlib import Path
from statistics import median
from threading import Timer
from typing import NamedTuple


class Cost(NamedTuple):
    """`wall` and `cpu` in seconds."""

    wall: float
    cpu: float


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def run(command: Sequence[str], limit: float = 3600) -> Cost:
    """Run a command once, its output thrown away. Raises `subprocess.TimeoutExpired` after `limit` seconds."""
    began, before = time.perf_counter(), os.times()
    process = _start(command)
    # Waiting with a limit would ask every 50 ms; some programs take less.
    alarm = Timer(limit, process.kill)
    alarm.start()
    process.wait()
    wall, after = time.perf_counter() - began, os.times()
    alarm.cancel()
    if wall >= limit:
        raise subprocess.TimeoutExpired(command, limit)
    return Cost(wall, after.children_user + after.children_system - before.children_user - before.children_system)


def in_turn(commands: Sequence[Sequence[str]], times: int, small: Sequence[Sequence[str]]) -> list[Cost]:
    """Return the median cost of each command, all of them run in turn, so that a busy moment of the machine meets each.

    Just before each, `small` has the program do something small: so it is in memory, however long the one before it
    took.
    """

    def warm(index: int) -> Cost:
        run(small[index])
        return run(commands[index])

    rounds = [[warm(index) for index in range(len(commands))] for _ in range(times)]
    return [
        Cost(median(one[index].wall for one in rounds), median(one[index].cpu for one in rounds))
        for index in range(len(commands))
    ]


def peak_memory(command: Sequence[str]) -> int:
    """Run a command once more: the most bytes that it and its children had in memory at one time, shared ones once.

    0 where the system has no /proc.
    """
    process = _start(command)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(_memory(folder, process.pid) for folder in Path("/proc").glob("[0-9]*")))
        time.sleep(0.005)
    return peak


def _memory(folder: Path, leader: int) -> int:
    try:
        if os.getsid(int(folder.name)) != leader:
            return 0
        lines = (folder / "smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def exponent(costs: Mapping[int, float]) -> float:
    """Return the slope of cost over size on logarithmic scales: 1 is linear, 2 is quadratic."""
    points = [(log(size), log(cost)) for size, cost in costs.items()]
    x = sum(point[0] for point in points) / len(points)
    y = sum(point[1] for point in points) / len(points)
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)
