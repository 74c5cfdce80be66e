"""For people: with the step and its repair on a terminal, a line a finding elsewhere."""

from __future__ import annotations

from typing import TextIO

from cachemount.reporters import load
from cachemount.results import Run


def write(run: Run, out: TextIO) -> None:
    load("full" if out.isatty() else "concise")(run, out)
