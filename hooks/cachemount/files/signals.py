"""Holding signals back for a moment."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# What ends a process that has no answer to it: Ctrl-C, a parent, a closed terminal.
ENDING = (signal.SIGINT, signal.SIGTERM) if sys.platform == "win32" else (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def held(*signals: signal.Signals) -> Iterator[None]:
    """Let signals reach this thread, and the processes that it starts meanwhile, only afterwards.

    Windows cannot hold them back.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
