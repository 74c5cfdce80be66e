"""For people: with the step and its repair on a terminal, a line a finding elsewhere."""

from __future__ import annotations

from cachemount.reporters import load
from cachemount.results import Run
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


def write(run: Run, out: TextIO) -> None:
    load("full" if out.isatty() else "concise")(run, out)
