"""Work on many tasks in several processes, any of which may die."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import chain, islice
from typing import Any, Generic, TypeVar

from cachemount.files.signals import held

T = TypeVar("T")
R = TypeVar("R")

# Windows cannot wait for more processes than this at once.
MOST_PROCESSES = 61
# A process gets at most this many tasks at once: starting a new one from nothing is slow, so it gets more.
_LONGEST_FORKED, _LONGEST_SPAWNED = 64, 256
# The first chunk, where there are tasks enough.
_SHORTEST = 8
# Of the tasks that are left, each process gets about this many chunks.
_CHUNKS = 4
# For each process, this many chunks are handed out or wait to be shown after one that takes long.
_UNDER_WAY = 8


def spread(
    tasks: Iterator[T],
    jobs: int,
    work: Callable[[T], R],
    crashed: Callable[[T], R],
    prepare: Callable[[], object] = int,
) -> Iterator[R]:
    """Yield the results of `work` in order, from up to `jobs` processes. Tasks are taken as they are needed.

    `crashed` gives the result of a task that killed its process. `prepare` is called before the work begins: once
    where processes are copies of this one, otherwise in each of them. Where no process can be started, this one does
    the work.
    """
    longest = _LONGEST_FORKED if forks() else _LONGEST_SPAWNED
    first = list(islice(tasks, jobs))
    pool = _Pool(min(jobs, len(first), MOST_PROCESSES), work, crashed, prepare)
    try:
        yield from pool.results(_chunks(chain(first, tasks), jobs, longest))
    except KeyboardInterrupt:
        _end_children()
        raise
    finally:
        pool.close()


def _chunks(tasks: Iterator[T], jobs: int, longest: int) -> Iterator[list[T]]:
    """Cut tasks into chunks, the first and the last ones short.

    No process waits long for the first one, or works on for long when the others are done.
    """
    ahead: deque[T] = deque()
    size = _SHORTEST
    while True:
        ahead.extend(islice(tasks, _CHUNKS * size * jobs - len(ahead)))
        if not ahead:
            return
        yield [ahead.popleft() for _ in range(max(1, len(ahead) // (_CHUNKS * jobs)))]
        size = min(size * 2, longest)


def forks() -> bool:
    """Return whether processes are copies of this one. On macOS, its libraries' own threads forbid it."""
    return hasattr(os, "fork") and sys.platform != "darwin"


class _Chunk(Generic[T, R]):
    """Some tasks, and their results to come. `future` is None where this process works on them itself."""

    def __init__(self, tasks: list[T], future: Future[list[R]] | None) -> None:
        self.tasks = tasks
        self.future = future
        self.results: list[R] = []


class _Pool(Generic[T, R]):
    def __init__(
        self, jobs: int, work: Callable[[T], R], crashed: Callable[[T], R], prepare: Callable[[], object]
    ) -> None:
        self._jobs = jobs
        self._work = work
        self._crashed = crashed
        self._prepare = prepare
        self._alone = jobs < 1
        self._executor: ProcessPoolExecutor | None = None
        self._coming: deque[_Chunk[T, R]] = deque()
        if forks():
            _prepare(prepare)

    def results(self, chunks: Iterator[list[T]]) -> Iterator[R]:
        while True:
            while len(self._coming) < _UNDER_WAY * max(self._jobs, 1) and (some := next(chunks, [])):
                self._coming.append(_Chunk(some, self._submit(some)))
                if self._alone:
                    break
            if not self._coming:
                return
            chunk = self._coming.popleft()
            yield from self._results_of(chunk)

    def close(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None

    def _submit(self, tasks: list[T], jobs: int = 0) -> Future[list[R]] | None:
        if self._alone:
            return None
        try:
            if self._executor is None:
                # A new process says nothing about Ctrl-C: it takes it up only when it is ready to ignore it.
                with held(signal.SIGINT):
                    self._executor = self._start(jobs or self._jobs)
                    return self._executor.submit(_work_on, tasks)
            return self._executor.submit(_work_on, tasks)
        except BrokenProcessPool as error:
            failed: Future[list[R]] = Future()
            failed.set_exception(error)
            return failed
        except (OSError, ImportError, NotImplementedError):
            # Too many processes or open files, or a system without semaphores.
            self._alone = True
            _end_children()
            self.close()
            return None

    def _start(self, jobs: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            jobs,
            mp_context=multiprocessing.get_context("fork" if forks() else "spawn"),
            initializer=_begin,
            initargs=(self._work, int if forks() else self._prepare),
        )

    def _results_of(self, chunk: _Chunk[T, R]) -> list[R]:
        if chunk.results:
            return chunk.results
        if chunk.future is not None:
            try:
                return chunk.future.result()
            except BrokenProcessPool:
                self._recover(chunk)
                return chunk.results
            except CancelledError:
                # A later process could not be started.
                pass
        return [self._work(task) for task in chunk.tasks]

    def _recover(self, first: _Chunk[T, R]) -> None:
        """Do again what was under way when a process died, in one process, so that it shows which task killed it."""
        self.close()
        lost = [one for one in (first, *self._coming) if not _is_done(one)]
        for chunk in lost:
            results = self._try(chunk.tasks)
            if results is None:
                parts = [self._try([task]) for task in chunk.tasks] if len(chunk.tasks) > 1 else [None]
                results = [
                    one
                    for task, part in zip(chunk.tasks, parts, strict=True)
                    for one in (part or [self._crashed(task)])
                ]
            chunk.results = results
        self.close()

    def _try(self, tasks: list[T]) -> list[R] | None:
        """Return the results of some tasks from a process that does nothing else; None where it dies."""
        future = self._submit(tasks, jobs=1)
        if future is None:
            return [self._work(task) for task in tasks]
        try:
            return future.result()
        except BrokenProcessPool:
            self.close()
            return None


def _is_done(chunk: _Chunk[Any, Any]) -> bool:
    future = chunk.future
    return bool(chunk.results) or (
        future is not None and future.done() and not future.cancelled() and future.exception() is None
    )


def _end_children() -> None:
    for child in multiprocessing.active_children():
        child.terminate()
        child.join()


# What the processes of a pool do with a task; set in each of them.
_task_of_process: Callable[[Any], Any]


def _begin(work: Callable[[Any], Any], prepare: Callable[[], object]) -> None:
    """Make a new process of the pool ready: the parent alone answers Ctrl-C, and no process outlives it."""
    global _task_of_process  # noqa: PLW0603 - a process gets its initializer's arguments only here
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _task_of_process = work
    _prepare(prepare)


def _prepare(prepare: Callable[[], object]) -> None:
    # Where it fails, the work does so too, and says of which task.
    with suppress(Exception):
        prepare()


def _end_with_parent() -> None:
    if sys.platform != "win32":
        # The thread that works may hold signals back, and this one would end the process nevertheless.
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work_on(tasks: list[Any]) -> list[Any]:
    return [_task_of_process(task) for task in tasks]
