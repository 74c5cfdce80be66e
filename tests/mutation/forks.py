"""A warm interpreter that has imported all but what may be mutated, and forks for each mutant."""

from __future__ import annotations

import gc
import importlib
import importlib.abc
import importlib.util
import os
import pickle
import resource
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any

import memory
import pytest

import case_files
from case_files import Case

if TYPE_CHECKING:
    from mutants import Mutant

TESTS = Path(__file__).parent.parent
# Tests of a module, beside the case files.
UNITS = {
    "fixer": ("test_fixer.py",),
    "text_edits": ("repairs/test_text_edits.py",),
    "programs": ("facts/test_words.py",),
    "invocations": ("facts/test_words.py", "facts/test_invocations.py"),
    "hidden_content": ("facts/test_words.py", "repairs/safety/test_withheld.py"),
    "parent_directories": ("repairs/safety/test_withheld.py",),
    "path_use": ("facts/test_path_use.py",),
    "reads": ("facts/test_words.py", "facts/test_reads.py"),
    "step_conflicts": ("facts/test_words.py", "repairs/safety/test_withheld.py"),
    "cleanups": ("facts/test_words.py",),
    "scripts": ("facts/test_words.py",),
    "locations": ("facts/test_locations.py",),
    "patterns": ("facts/test_patterns.py",),
    "builder": ("repairs/safety/test_withheld.py",),
    "cleanup_edits": ("repairs/safety/test_withheld.py",),
    "download_edits": ("repairs/safety/test_withheld.py",),
    "mount_edits": ("repairs/safety/test_withheld.py",),
    "model": ("rules/test_rules.py",),
    "message": ("rules/test_rules.py",),
    "expired_suppression": ("rules/test_rules.py",),
    "unreadable_dockerfile": ("rules/test_rules.py",),
    "unused_suppression": ("rules/test_rules.py",),
}
MEMORY = 4 * 1024**3
# What imports nothing that may be mutated.
_KEPT = ("dockerfile", "shell", "managers", "source", "records", "findings", "files")


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What a case runs, as lines by path, and how many seconds of processor time it takes."""

    lines: dict[str, frozenset[int]]
    seconds: float


class Warm:
    """Runs mutants of the modules at the paths."""

    def __init__(self, paths: Collection[Path]) -> None:
        self.cases = case_files.load_all()
        _forget()
        memory.remember_reading()
        fresh = importlib.import_module("case_files")
        for case in self.cases:
            fresh.verify(case)
        _forget()
        gc.freeze()
        gc.disable()
        self.traces = _traces(self.cases, {str(path) for path in paths})
        self.kills: Counter[int] = Counter()

    def survivors(self, path: Path, mutants: Sequence[Mutant], processes: int) -> Iterator[Mutant]:
        """Yield the mutants of the module that no test notices."""
        running: dict[int, tuple[Mutant, int]] = {}
        for mutant in mutants:
            if len(running) == processes:
                yield from self._wait(running)
            reading, writing = os.pipe()
            cases = self._order(path, mutant)
            child = os.fork()
            if child == 0:
                os.close(reading)
                self._try(path, mutant, cases, writing)
            os.close(writing)
            running[child] = (mutant, reading)
        while running:
            yield from self._wait(running)

    def _order(self, path: Path, mutant: Mutant) -> list[int]:
        """Return the cases that run the mutated lines, those that have killed the most first."""
        numbers = [
            number
            for number, trace in enumerate(self.traces)
            if not mutant.lines or mutant.lines & trace.lines.get(str(path), frozenset())
        ]
        return sorted(numbers, key=lambda number: (-self.kills[number], self.traces[number].seconds))

    def _try(self, path: Path, mutant: Mutant, cases: Sequence[int], writing: int) -> None:
        """In the fork: ends it with 0 where all tests pass; else the number of the case that fails is written."""
        status = 1
        try:
            seconds = 5 + int(10 * sum(self.traces[number].seconds for number in cases))
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            for stream in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
            sys.meta_path.insert(0, _Mutated(path, mutant.text))
            fresh = importlib.import_module("case_files")
            killer = _killer(fresh, self.cases, cases)
            if killer is not None:
                os.write(writing, pickle.dumps(killer))
                return
            units = [str(TESTS / "unit" / name) for name in UNITS.get(path.stem, ())]
            status = int(bool(units) and pytest.main(["-x", "-q", "-p", "no:cacheprovider", *units]) != 0)
        finally:
            os._exit(status)

    def _wait(self, running: dict[int, tuple[Mutant, int]]) -> Iterator[Mutant]:
        child, status = os.wait()
        mutant, reading = running.pop(child)
        with os.fdopen(reading, "rb") as pipe:
            killer = pipe.read()
        if status == 0:
            yield mutant
        elif killer:
            self.kills[pickle.loads(killer)] += 1


def _killer(fresh: ModuleType, cases: Sequence[Case], numbers: Sequence[int]) -> int | None:
    """Return the number of the first case that fails."""
    forget = memory.check_once(fresh.engine)
    for number in numbers:
        forget()
        try:
            fresh.verify(cases[number])
        except BaseException:
            return number
    return None


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the module at the path from another text."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        parts = path.with_suffix("").parts
        self.name = ".".join(parts[parts.index("cachemount") :]).removesuffix(".__init__")

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname != self.name:
            return None
        folders = [str(self.path.parent)] if self.path.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            fullname, self.path, loader=self, submodule_search_locations=folders
        )

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.text, str(self.path), "exec"), module.__dict__)


def _forget() -> None:
    """Let the next import of what may be mutated, and of what uses that, be a fresh one."""
    for name in list(sys.modules):
        first, _, rest = name.partition(".")
        if name == "case_files" or (first == "cachemount" and rest and rest.split(".")[0] not in _KEPT):
            del sys.modules[name]
            if hasattr(sys.modules["cachemount"], rest):
                delattr(sys.modules["cachemount"], rest)


def _traces(cases: Sequence[Case], paths: Collection[str]) -> list[Trace]:
    """Run all cases in a fork; they have to pass."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            fresh = importlib.import_module("case_files")
            with os.fdopen(writing, "wb") as pipe:
                pickle.dump([_trace(fresh, case, paths) for case in cases], pipe)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    if os.waitpid(child, 0)[1]:
        raise SystemExit("a case fails without any mutant")
    found: list[Trace] = pickle.loads(said)
    return found


def _trace(fresh: ModuleType, case: Case, paths: Collection[str]) -> Trace:
    lines: dict[str, set[int]] = {path: set() for path in paths}

    def of_line(frame: FrameType, _event: str, _value: Any) -> Any:
        lines[frame.f_code.co_filename].add(frame.f_lineno)
        return of_line

    def of_call(frame: FrameType, _event: str, _value: Any) -> Any:
        return of_line if frame.f_code.co_filename in lines else None

    began = time.process_time()
    fresh.verify(case)
    seconds = time.process_time() - began
    sys.settrace(of_call)
    fresh.verify(case)
    sys.settrace(None)
    return Trace(lines={path: frozenset(found) for path, found in lines.items()}, seconds=seconds)
