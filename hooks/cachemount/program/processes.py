"""Work on many things in several processes, any of which may die."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, islice
from typing import Generic, TypeVar

from cachemount.program.workers import Worker, answering, end, start, start_team

T = TypeVar("T")
R = TypeVar("R")

# A process gets up to so many tasks at once; of fewer, each process gets about so many chunks.
_LONGEST = 64
_CHUNKS = 4
# For each process, so many chunks are handed out or wait to be shown, behind one that takes long.
_UNDER_WAY = 8


def spread(
    tasks: Iterator[T],
    jobs: int,
    work: Callable[[T], R],
    given_up: Callable[[T], R],
    prepare: Callable[[], object] = int,
) -> Iterator[R]:
    """The results of `work`, in order, from up to `jobs` processes. Tasks are taken as they are needed.

    `given_up` says what comes of a task at which its process died. The processes are started as copies of one that has
    called `prepare`, where they can be.
    """
    crew = _Crew(jobs, work, given_up)
    try:
        first = list(islice(tasks, jobs))
        # While they prepare themselves, tasks are made.
        crew.start(len(first), prepare)
        first += islice(tasks, _CHUNKS * _LONGEST * jobs - len(first))
        yield from crew.results(chain(first, tasks), max(1, min(_LONGEST, len(first) // (_CHUNKS * jobs))))
    finally:
        crew.end()


class _Chunk(Generic[T]):
    """Some tasks, and what comes of them once it is known, both as messages."""

    def __init__(self, tasks: list[T]) -> None:
        self.tasks = tasks
        self.message = pickle.dumps(tasks, pickle.HIGHEST_PROTOCOL)
        self.answer: bytes | None = None


class _Crew(Generic[T, R]):
    """The processes and what they have to do.

    `coming` has the chunks whose results are to be shown, in order, and `ready` those of them that no process has yet.
    At one of `suspects` a process died.
    """

    def __init__(self, jobs: int, work: Callable[[T], R], given_up: Callable[[T], R]) -> None:
        self.jobs = jobs
        self.answer = partial(_answer, work)
        self.given_up = given_up
        self.idle: list[Worker] = []
        self.busy: dict[Worker, _Chunk[T]] = {}
        self.coming: deque[_Chunk[T]] = deque()
        self.ready: deque[_Chunk[T]] = deque()
        self.suspects: list[_Chunk[T]] = []

    def start(self, number: int, prepare: Callable[[], object]) -> None:
        self.idle += start_team(self.answer, number, prepare)

    def results(self, tasks: Iterator[T], size: int) -> Iterator[R]:
        """The results of the tasks, which go to the processes so many at a time."""
        while (more := self._make_ready(tasks, size)) or self.coming:
            self._hand_out()
            for worker in answering(self.busy, wait=not more) if self.busy else ():
                self._take(worker)
            if self.suspects and not self.busy:
                self._do_one_by_one()
            while self.coming and (answer := self.coming[0].answer) is not None:
                self.coming.popleft()
                yield from pickle.loads(answer)

    def end(self) -> None:
        end([*self.idle, *self.busy])

    def _make_ready(self, tasks: Iterator[T], size: int) -> bool:
        """Make one more chunk ahead of the processes, unless there are enough or no task is left."""
        if len(self.coming) >= _UNDER_WAY * self.jobs:
            return False
        some = list(islice(tasks, size))
        if some:
            chunk = _Chunk(some)
            self.coming.append(chunk)
            self.ready.append(chunk)
        return bool(some)

    def _hand_out(self) -> None:
        while self.ready and not self.suspects and len(self.busy) < self.jobs:
            self._give(self.ready.popleft())

    def _give(self, chunk: _Chunk[T]) -> Worker:
        worker = self.idle.pop() if self.idle else start(self.answer, self.busy)
        self.busy[worker] = chunk
        worker.send(chunk.message)
        return worker

    def _take(self, worker: Worker) -> None:
        """Take a worker's answer, and give it the next chunk at once."""
        chunk = self.busy[worker]
        chunk.answer = self._answer_of(worker)
        if chunk.answer is None:
            self.suspects.append(chunk)
        self._hand_out()

    def _answer_of(self, worker: Worker) -> bytes | None:
        """What a worker answers; None where it has died."""
        try:
            answer = worker.receive()
        except EOFError:
            del self.busy[worker]
            end([worker])
            return None
        del self.busy[worker]
        self.idle.append(worker)
        return answer

    def _do_one_by_one(self) -> None:
        """Find out at which task a process died. That one is given up; memory is what it may have died for."""
        end(self.idle)
        self.idle.clear()
        for chunk in self.suspects:
            results: list[R] = []
            for task in chunk.tasks:
                answer = self._answer_of(self._give(_Chunk([task])))
                results += [self.given_up(task)] if answer is None else pickle.loads(answer)
            chunk.answer = pickle.dumps(results)
        self.suspects.clear()


def _answer(work: Callable[[T], R], message: bytes) -> bytes:
    return pickle.dumps([work(task) for task in pickle.loads(message)], pickle.HIGHEST_PROTOCOL)
