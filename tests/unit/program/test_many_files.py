"""A run over many files keeps little of each: its memory is bounded by the largest file and the paths."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

import case_files
from cachemount import engine
from cachemount.policy import ancestors
from cachemount.policy.ancestors import BASELINE as NAME
from cachemount.policy.config_search import ConfigSearch
from cachemount.policy.model import Config
from cachemount.program import runner
from cachemount.program.main import main
from cachemount.program.runner import Task, run
from cachemount.results import FileResult

pytestmark = pytest.mark.slow

FEW, MANY = 500, 3_000

# What a path takes up in the list, and its name and real path while folders are walked, beside the text of the folder;
# and the name of its folder in the list of the one above, which is kept to know where a repository begins.
MOST = 440

CONFIG = '[[allow]]\nreason = "ours"\nmanagers = ["pip"]\npaths = ["none/**"]\n'


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the test in a repository of its own: what is said of a file does not matter here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(runner, "process", lambda task: FileResult(path=task.path, config=task.config.path))


def peak(number: int) -> int:
    """Return the most bytes that Python had at one time in a run over so many files, each in a folder of its own."""
    folder = Path(str(number))
    for name in range(number):
        path = folder / f"{name:05}" / "Dockerfile"
        path.parent.mkdir(parents=True)
        path.touch()
    gc.collect()
    tracemalloc.start()
    try:
        main("check-cache-mounts", ["--jobs", "1", str(folder)])
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "text"),
    [("", ""), (".cachemount.toml", CONFIG), (NAME, '{"cachemount-baseline": 1}\n')],
    ids=["alone", "with a configuration", "with a baseline"],
)
def test_a_file_costs_little_more_than_its_path(name: str, text: str, tmp_path: Path) -> None:
    if name:
        Path(name).write_text(text, encoding="utf-8")
    peak(20)  # What is imported, and cached once.
    growth = (peak(MANY) - peak(FEW)) / (MANY - FEW)
    assert growth < MOST + len(str(tmp_path))


@pytest.mark.parametrize("jobs", [1, 2])
def test_tasks_are_made_as_they_are_needed(jobs: int) -> None:
    made = 0

    def tasks() -> Iterator[Task]:
        nonlocal made
        for number in range(100_000):
            made += 1
            yield Task(path=f"none/{number}", config=Config(), mode="check")

    results = run(tasks(), jobs)
    seen = [result.path for result in islice(results, 2_000)]
    assert seen == [f"none/{number}" for number in range(2_000)]
    assert made < 4_000


def test_what_was_forgotten_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ancestors, "_MOST", 2)
    for folder in ("a/b/c/d", "a/e", "f/g/h/i"):
        Path(folder).mkdir(parents=True)
    Path("a/.cachemount.toml").write_text(CONFIG, encoding="utf-8")
    search = ConfigSearch()
    first = search.shared("a/b/c/d/Dockerfile")
    for _ in range(2):
        assert search.shared("f/g/h/i/Dockerfile").path == ""
        assert search.shared("a/e/Dockerfile") is first
        assert search.shared("a/b/c/d/Dockerfile") is first
    assert first.path == "a/.cachemount.toml"


def test_a_check_leaves_no_garbage() -> None:
    sources = [case.source for case in case_files.load_all()]

    def check_all() -> int:
        gc.collect()
        gc.disable()
        try:
            for source in sources:
                engine.check(source, with_fixes=False)
                engine.check(source)
            return gc.collect()
        finally:
            gc.enable()

    check_all()  # What is imported, and cached once.
    assert check_all() == 0
