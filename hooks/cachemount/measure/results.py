"""What came of measuring a Dockerfile."""

from __future__ import annotations

from typing import Literal

from cachemount.records import Record

State = Literal["filled", "empty", "unused", "unknown"]


class MountResult(Record):
    """A cache mount of the file; lines and columns from 1.

    `state` is "filled", "empty" (its step ran and left nothing in it), "unused" (its step is not part of the build) or
    "unknown" (the builder did not tell). `size` is in bytes, after the second build; None without a record. `rules` are
    those of check-cache-mounts that find something in the step.
    """

    line: int
    column: int
    instruction_line: int
    stage: str
    target: str | None
    id: str | None
    state: State
    size: int | None = None
    rules: tuple[str, ...] = ()


class StepResult(Record):
    """A RUN with cache mounts that was part of both builds: seconds with its mounts empty, and with them filled."""

    line: int
    stage: str
    cold: float
    warm: float


class Measurement(Record):
    """A Dockerfile that was measured, or why it was not (`error`, with the last lines of the builder's `output`).

    `size` is what all its mounts hold, each counted once, in bytes. `partial` is True where a target was asked for, so
    that mounts may well be unused. `left` are the records that could not be taken out of the builder's cache.
    """

    path: str
    context: str
    mounts: tuple[MountResult, ...] = ()
    steps: tuple[StepResult, ...] = ()
    size: int = 0
    partial: bool = False
    error: str = ""
    output: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def failing(self) -> bool:
        """Whether a mount is not worth having."""
        return any(one.state == "empty" or (one.state == "unused" and not self.partial) for one in self.mounts)
