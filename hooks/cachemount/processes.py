"""Work on many things in several processes, any of which may die."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import connection, parent_process
from threading import Thread
from typing import TypeAlias, TypeVar

T = TypeVar("T")
R = TypeVar("R")
Work: TypeAlias = Callable[[list[T]], list[R]]

# A process gets up to so many tasks at once; of fewer, each process gets about so many chunks.
_LONGEST = 32
_CHUNKS = 4
# For each process, so many chunks are handed out or wait to be shown, behind one that takes long.
_UNDER_WAY = 16


def spread(tasks: Iterator[T], jobs: int, work: Work[T, R], given_up: Callable[[T], R]) -> Iterator[R]:
    """The results of `work`, in order, from up to `jobs` processes. Tasks are taken as they are needed.

    `given_up` says what comes of a task at which its process died.
    """
    alone = False
    while first := list(islice(tasks, (1 if alone else _CHUNKS) * _LONGEST * jobs)):
        chunk = 1 if alone else max(1, min(_LONGEST, len(first) // (_CHUNKS * jobs)))
        some = iter(first) if alone else chain(first, tasks)
        under_way: deque[list[T]] = deque()
        try:
            yield from _in_pool(some, 1 if alone else jobs, chunk, work, under_way)
            alone = False
        except BrokenProcessPool:
            # A process died. One at a time shows at which task; that one is given up, the others are not.
            left = chain.from_iterable(under_way)
            if alone:
                yield given_up(next(left))
            tasks = chain(left, some, tasks) if alone else chain(left, some)
            alone = True


def _in_pool(tasks: Iterator[T], jobs: int, chunk: int, work: Work[T, R], under_way: deque[list[T]]) -> Iterator[R]:
    """Deal with tasks in processes, in chunks; those whose results have not come back stand in `under_way`."""

    def submit(some: list[T]) -> Future[list[R]]:
        try:
            return pool.submit(work, some)
        except BrokenProcessPool as error:
            # Results that came before are still to be taken.
            failed: Future[list[R]] = Future()
            failed.set_exception(error)
            return failed

    coming: deque[Future[list[R]]] = deque()
    with ProcessPoolExecutor(max_workers=jobs, initializer=_end_with_parent) as pool:
        try:
            while True:
                while len(under_way) < _UNDER_WAY * jobs and (some := list(islice(tasks, chunk))):
                    under_way.append(some)
                    coming.append(submit(some))
                if not coming:
                    return
                results = coming.popleft().result()
                under_way.popleft()
                yield from results
        finally:
            for future in coming:
                future.cancel()


def _end_with_parent() -> None:
    """Have this process end when the one that started it was killed; it would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        sentinel = parent.sentinel
        Thread(target=lambda: connection.wait([sentinel]) and os._exit(1), daemon=True).start()
