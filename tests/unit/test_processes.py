"""Work in several processes, copies of this one or new ones: in order, whatever is sent, and whoever dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator

import pytest

from cachemount.program import workers
from cachemount.program.processes import spread

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="counts on forks")


@pytest.fixture(params=[True, False], ids=["forked", "spawned"], autouse=True)
def _kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "forks", lambda: request.param)


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


def given_up(task: object) -> object:
    return f"given up: {task}"


@pytest.mark.parametrize("number", [0, 1, 3, 200])
def test_the_order_stays(number: int) -> None:
    assert list(spread(iter(range(number)), 3, doubled, given_up)) == [2 * one for one in range(number)]


def test_who_dies_takes_one_task_along() -> None:
    wanted = [f"given up: {one}" if one % 40 == 3 else one for one in range(100)]
    assert list(spread(iter(range(100)), 2, fatal, given_up)) == wanted


def test_more_than_a_pipe_holds() -> None:
    texts = [str(one) * 300_000 for one in range(6)]
    assert list(spread(iter(texts), 2, repeated, given_up)) == [text * 2 for text in texts]


def test_tasks_are_not_taken_all_at_once() -> None:
    taken = 0

    def tasks() -> Iterator[int]:
        nonlocal taken
        for number in range(100_000):
            taken += 1
            yield number

    results = spread(tasks(), 2, doubled, given_up)
    assert next(results) == 0
    assert taken < 10_000
    results.close()  # type: ignore[attr-defined]


def test_no_process_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    start, start_team = workers.start, workers.start_team

    def one(answer: workers.Answer, others: Iterable[workers.Worker]) -> workers.Worker:
        started.append(start(answer, others))
        return started[-1]

    def several(answer: workers.Answer, number: int, prepare: Callable[[], object]) -> list[workers.Worker]:
        started.extend(team := start_team(answer, number, prepare))
        return team

    monkeypatch.setattr("cachemount.program.processes.start", one)
    monkeypatch.setattr("cachemount.program.processes.start_team", several)
    results = spread(iter(range(1000)), 2, doubled, given_up)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert len(started) == 2
    for each in started:
        with pytest.raises((EOFError, OSError)):
            each.receive()


def ready() -> None:
    os.environ["READY"] = str(os.getpid())


def who_is_ready(_task: int) -> str | None:
    return os.environ.get("READY")


def test_what_is_prepared_is_prepared_once() -> None:
    before = os.environ.get("READY")
    found = set(spread(iter(range(100)), 2, who_is_ready, given_up, ready))
    assert len(found) == 1
    assert (before not in found) == workers.forks()


def unable() -> None:
    raise NotImplementedError


def test_who_cannot_prepare_is_replaced() -> None:
    assert list(spread(iter(range(100)), 2, doubled, given_up, unable)) == [2 * one for one in range(100)]
