"""Work in several processes, copies of this one or new ones: in order, whatever is sent, and whoever dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cachemount.program import pool
from cachemount.program.pool import spread

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="counts on forks")]


@pytest.fixture(params=[True, False], ids=["forked", "spawned"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "forks", lambda: request.param)


# New processes take long to start: what does not depend on how they start is tried with copies alone.
both_kinds = pytest.mark.usefixtures("kind")


def doubled(number: int) -> int:
    # The first take longest.
    time.sleep(0.01 if number < 4 else 0)
    return 2 * number


def fatal(number: int) -> int:
    if number % 40 == 3:
        os._exit(9)
    return number


def repeated(text: str) -> str:
    return text * 2


def crashed(task: object) -> object:
    return f"crashed: {task}"


@pytest.mark.parametrize("number", [0, 1, 3, 200])
def test_the_order_stays(number: int) -> None:
    assert list(spread(iter(range(number)), 3, doubled, crashed)) == [2 * one for one in range(number)]


@both_kinds
def test_who_dies_takes_one_task_along() -> None:
    wanted = [f"crashed: {one}" if one % 40 == 3 else one for one in range(100)]
    assert list(spread(iter(range(100)), 2, fatal, crashed)) == wanted


def test_more_than_a_pipe_holds() -> None:
    texts = [str(one) * 300_000 for one in range(6)]
    assert list(spread(iter(texts), 2, repeated, crashed)) == [text * 2 for text in texts]


def test_tasks_are_not_taken_all_at_once() -> None:
    taken = 0

    def tasks() -> Iterator[int]:
        nonlocal taken
        for number in range(100_000):
            taken += 1
            yield number

    results = spread(tasks(), 2, doubled, crashed)
    assert next(results) == 0
    assert taken < 10_000
    results.close()  # type: ignore[attr-defined]


@both_kinds
def test_no_process_is_left() -> None:
    results = spread(iter(range(1000)), 2, doubled, crashed)
    next(results)
    assert len(multiprocessing.active_children()) == 2
    results.close()  # type: ignore[attr-defined]
    assert wait_for(lambda: not multiprocessing.active_children())


def wait_for(condition: Callable[[], bool]) -> bool:
    """Return whether something holds within a minute."""
    for _ in range(600):
        if condition():
            return True
        time.sleep(0.1)
    return False


def refuse(*_: object, **__: object) -> None:
    raise BlockingIOError(11, "Resource temporarily unavailable")


def test_without_processes_this_one_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("multiprocessing.process.BaseProcess.start", refuse)
    assert list(spread(iter(range(300)), 2, doubled, crashed)) == [2 * one for one in range(300)]


def test_without_semaphores_this_one_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "ProcessPoolExecutor", refuse)
    assert list(spread(iter(range(300)), 2, doubled, crashed)) == [2 * one for one in range(300)]


def test_there_are_never_more_processes_than_can_be_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refuse_many(jobs: int, **_: object) -> None:
        asked.append(jobs)
        refuse()

    monkeypatch.setattr(pool, "ProcessPoolExecutor", refuse_many)
    assert list(spread(iter(range(20)), 9_999, doubled, crashed)) == [2 * one for one in range(20)]
    assert list(spread(iter(range(300)), 9_999, doubled, crashed)) == [2 * one for one in range(300)]
    assert asked == [20, pool.MOST_PROCESSES]


def ready() -> None:
    os.environ["READY"] = str(os.getpid())


def who_is_ready(_task: int) -> str | None:
    return os.environ.get("READY")


@both_kinds
def test_what_is_prepared_is_there_before_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("READY", raising=False)
    found = set(spread(iter(range(100)), 2, who_is_ready, crashed, ready))
    assert None not in found
    # A copy has what this process has prepared.
    assert (found == {str(os.getpid())}) == pool.forks()


def unable() -> None:
    raise NotImplementedError


def test_what_cannot_be_prepared_is_left_to_the_work() -> None:
    assert list(spread(iter(range(100)), 2, doubled, crashed, unable)) == [2 * one for one in range(100)]


PROGRAM = """
import os, sys, time
from cachemount.program import pool

def work(task):
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(60)

if __name__ == "__main__":
    pool.forks = lambda: sys.argv[1] == "fork"
    try:
        list(pool.spread(iter(range(100)), 2, work, str))
    except KeyboardInterrupt:
        os._exit(130)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_no_process_outlives_the_run(number: signal.Signals, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "hooks")}
    kind = "fork" if pool.forks() else "spawn"
    with subprocess.Popen(
        [sys.executable, str(program), kind],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        children = [int(run.stdout.readline()) for _ in range(2)]
        # As the terminal sends Ctrl-C: to all of them.
        os.killpg(run.pid, number) if number == signal.SIGINT else run.send_signal(number)
        assert run.wait(60) == (130 if number == signal.SIGINT else -number)
        assert wait_for(lambda: not any(map(is_running, children)))
        # The semaphores of a killed run are cleaned up by a process of Python's, which says so.
        assert number == signal.SIGKILL or b"Traceback" not in run.stderr.read()


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
        status = Path(f"/proc/{process}/stat")
        return not status.exists() or status.read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False


def test_chunks_are_short_at_the_beginning_and_at_the_end() -> None:
    chunks = list(pool._chunks(iter(range(2_000)), 2, 64))
    assert [number for chunk in chunks for number in chunk] == list(range(2_000))
    sizes = [len(chunk) for chunk in chunks]
    assert (sizes[0], max(sizes), sizes[-1]) == (8, 64, 1)
    longest = sizes.index(64)
    assert sizes[:longest] == sorted(sizes[:longest])
    assert sizes[longest:] == sorted(sizes[longest:], reverse=True)
