"""Progress for someone who waits: one line that is written over, or the builder's own words."""

from __future__ import annotations

import shutil
import time

from cachemount.measure.measuring import Job
from cachemount.measure.progress import Progress
from cachemount.reporters.cells import Cells
from cachemount.results import printable
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

_PAUSE = 0.1


class Terminal:
    """Writes every line of the builder with `verbose`, else on a terminal one line on how far it is, else nothing."""

    def __init__(self, out: TextIO, *, verbose: bool) -> None:
        self._out = out
        self._verbose = verbose
        self._live = not verbose and out.isatty()
        self._begun = 0.0
        self._last = 0.0
        self._build: tuple[str, str] | None = None

    def watch(self, job: Job, phase: str, line: str, progress: Progress) -> None:
        """Take a line of the builder."""
        if self._verbose:
            self._out.write(printable(line) + "\n")
            return
        now = time.monotonic()
        if self._build != (job.path, phase):
            self._build, self._begun, self._last = (job.path, phase), now, 0.0
        if self._live and now - self._last >= _PAUSE:
            self._last = now
            text = f"{job.path}: {phase}, {now - self._begun:.0f} s: {progress.current}"
            room = shutil.get_terminal_size().columns - 1
            self._out.write(f"\r\x1b[K{Cells(text).window(0, 0, room)[0]}")
            self._out.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._live and self._build is not None:
            self._out.write("\r\x1b[K")
            self._out.flush()
            self._build = None
