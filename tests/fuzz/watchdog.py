"""A limit on the processor time of a piece of work, which other programs on the machine do not shorten."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooSlowError(Exception):
    """The work took longer than it may."""


def _interrupt(_: int, frame: FrameType | None) -> None:
    place = f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "?"
    raise TooSlowError(place)


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise `TooSlowError` in the work after so many seconds.

    Nothing is raised inside a call of a library written in C: the runner ends a process that hangs there.
    """
    before = signal.signal(signal.SIGPROF, _interrupt)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
