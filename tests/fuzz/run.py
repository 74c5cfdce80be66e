"""Fuzz: `python tests/fuzz/run.py --inputs 1000000 --seed 1`. The exit status is 1 where an input breaks something.

The inputs depend on the seed and their number alone, not on the number of processes.
"""

from __future__ import annotations

import argparse
import multiprocessing
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzz import seeds
from fuzz.minimise import failure, minimise
from fuzz.suite import kind_of, to_bytes
from fuzz.suites import SUITES

_CHUNK = 100
# A library may hang where nothing interrupts it; wall time, on a machine that is busy with other work.
_HUNG = 180.0
# Of what breaks in the same way, one is enough.
_KEPT = 1


@dataclass(frozen=True, kw_only=True)
class Plan:
    seed: int
    suites: tuple[str, ...]
    more: list[str]
    save: Path

    @cached_property
    def turns(self) -> list[str]:
        """The suites as often as their weights say, well mixed."""
        turns = [name for name in self.suites for _ in range(SUITES[name].weight)]
        Random(0).shuffle(turns)
        return turns

    def input(self, number: int) -> tuple[str, str]:
        name = self.turns[number % len(self.turns)]
        return name, SUITES[name].input(Random(f"{self.seed} {name} {number}"), self.more)


def work(plan: Plan, given: Any, at: Any, queue: Any) -> None:
    """Take chunks of numbers and try their inputs; `at` tells the parent which one is being tried."""
    kinds: Counter[tuple[str, str]] = Counter()
    while (first := given.get()) is not None:
        counts: Counter[str] = Counter()
        for number in range(*first):
            at.value = number
            name, text = plan.input(number)
            counts[name] += 1
            error = failure(SUITES[name].check, text)
            if error is None:
                continue
            kind = kind_of(error)
            kinds[name, kind] += 1
            if kinds[name, kind] <= _KEPT:
                text = minimise(SUITES[name].check, text, kind)
                error = failure(SUITES[name].check, text) or error
            queue.put(("broken", name, kind, number, text, f"{type(error).__name__}: {error}"[:2000]))
        at.value = -1
        queue.put(("done", counts))
    queue.put(("end",))


class Campaign:
    """The processes of a run, and what came of it."""

    def __init__(self, plan: Plan, inputs: int, first: int, jobs: int) -> None:
        self.plan = plan
        self.inputs = inputs
        self.counts: Counter[str] = Counter()
        self.broken: Counter[tuple[str, str]] = Counter()
        context = multiprocessing.get_context("fork")
        self.queue = context.Queue()
        given = context.Queue()
        # A run that is ended does not wait until all chunks are taken.
        given.cancel_join_thread()
        for start in range(first, first + inputs, _CHUNK):
            given.put((start, min(start + _CHUNK, first + inputs)))
        self.at = [context.Value("q", -1) for _ in range(jobs)]
        self.workers = [
            context.Process(target=work, args=(plan, given, one, self.queue), daemon=True) for one in self.at
        ]
        for _ in self.workers:
            given.put(None)

    def run(self) -> int:
        begun = shown = time.monotonic()
        moved = dict.fromkeys(range(len(self.workers)), (-1, begun))
        for worker in self.workers:
            worker.start()
        left = len(self.workers)
        while left:
            try:
                message = self.queue.get(timeout=5)
            except Exception:
                message = ("nothing",)
            if message[0] == "done":
                self.counts.update(message[1])
            elif message[0] == "broken":
                self._broken(*message[1:])
            elif message[0] == "end":
                left -= 1
            left -= self._end_hung(moved)
            if time.monotonic() - shown > 30:
                shown = time.monotonic()
                print(self._line(begun), flush=True)
        print(self._line(begun))
        for name, count in sorted(self.counts.items()):
            print(f"  {name}: {count}")
        return 1 if self.broken or sum(self.counts.values()) < self.inputs else 0

    def _line(self, begun: float) -> str:
        total, seconds = sum(self.counts.values()), time.monotonic() - begun
        return f"{total} of {self.inputs} inputs, {total / max(seconds, 0.01):.0f} a second, {sum(self.broken.values())} broken"

    def _broken(self, name: str, kind: str, number: int, text: str, said: str) -> None:
        self.broken[name, kind] += 1
        if self.broken[name, kind] > _KEPT:
            return
        folder = self.plan.save / name
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{''.join(char if char.isalnum() else '-' for char in kind.lower())[:60]}.{number}"
        file.write_bytes(to_bytes(text))
        print(f"BROKEN {name} {number}: {kind}\n  {said!r:.1500}\n  saved as {file}", flush=True)

    def _end_hung(self, moved: dict[int, tuple[int, float]]) -> int:
        """End processes that do not come on; how many."""
        ended = 0
        for index, worker in enumerate(self.workers):
            number = self.at[index].value
            if number != moved[index][0]:
                moved[index] = (number, time.monotonic())
            elif number >= 0 and time.monotonic() - moved[index][1] > _HUNG and worker.is_alive():
                worker.kill()
                moved[index] = (-2, time.monotonic())
                name, text = self.plan.input(number)
                self._broken(name, "hung", number, text, f"over {_HUNG} s")
                ended += 1
        return ended


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first input")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--suite", action="append", choices=sorted(SUITES), help="(default: all, by their weights)")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seeds", type=Path, help="a folder of Dockerfiles that are changed as well")
    parser.add_argument("--save", type=Path, default=Path("fuzz-failures"), help="where inputs that break something go")
    parser.add_argument("--atheris", action="store_true", help="guided by coverage, one suite, until interrupted")
    options = parser.parse_args()
    more = seeds.files(options.seeds) if options.seeds else []
    plan = Plan(seed=options.seed, suites=tuple(options.suite or SUITES), more=more, save=options.save)
    if options.atheris:
        try:
            from fuzz.guided import guide
        except ModuleNotFoundError as error:
            parser.error(f"--atheris needs {error.name}, which is not installed: pip install atheris")
        return guide(SUITES[plan.suites[0]], options.inputs, options.seed, options.save)
    # So that the processes end with this one.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    return Campaign(plan, options.inputs, options.first, options.jobs).run()


if __name__ == "__main__":
    sys.exit(main())
