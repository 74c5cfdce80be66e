"""The results of measuring a Dockerfile."""

from __future__ import annotations

from typing import Literal

from cachemount.records import Record

State = Literal["filled", "empty", "unused", "unknown"]

# A mount saves plainly where it is at least this much, and this part of the step. A loss is chance, or worth a second
# look.
_PLAIN_SECONDS = 1.0
_PLAIN_PART = 0.2


class MountResult(Record):
    """A cache mount of the file; lines and columns from 1.

    `state` is "filled", "empty" (its step ran and left no packages in it), "unused" (its step is not part of the build)
    or "unknown" (the builder did not tell). `size` is in bytes, after the second build; None without a record.
    `content` names a few files in it, None where the builder could not be made to look; then `state` comes from the
    size. `rules` are those of check-cache-mounts that find something wrong with this mount, `reason` says why it is
    empty.
    """

    line: int
    column: int
    instruction_line: int
    stage: str
    target: str | None
    id: str | None
    state: State
    size: int | None = None
    content: tuple[str, ...] | None = None
    rules: tuple[str, ...] = ()
    reason: str = ""


class Pair(Record):
    """Seconds of a step with its mounts empty, and right after it with them filled."""

    cold: float
    warm: float

    @property
    def saved(self) -> float:
        return self.cold - self.warm

    @property
    def plain(self) -> bool:
        """Whether so much is saved that it hardly comes from chance."""
        return self.saved >= max(_PLAIN_SECONDS, _PLAIN_PART * self.cold)

    @property
    def short(self) -> bool:
        """Whether no difference of the step would matter."""
        return max(self.cold, self.warm) < _PLAIN_SECONDS


class StepResult(Record):
    """A RUN with cache mounts that was part of all builds, with its time in each pair of them.

    `downloaded` are the bytes that its package managers say they fetched, in the first pair with empty and with filled
    mounts; None where they do not say.
    """

    line: int
    stage: str
    pairs: tuple[Pair, ...]
    downloaded: tuple[int, int] | None = None

    @property
    def cold(self) -> float:
        return sum(pair.cold for pair in self.pairs) / len(self.pairs)

    @property
    def warm(self) -> float:
        return sum(pair.warm for pair in self.pairs) / len(self.pairs)

    @property
    def saved(self) -> float:
        return self.cold - self.warm

    @property
    def sure(self) -> bool:
        """Whether the mounts make the difference: it is plain in one pair, or larger than what pairs differ by."""
        if len(self.pairs) == 1:
            return self.pairs[0].plain
        saved = [pair.saved for pair in self.pairs]
        return abs(self.saved) > max(saved) - min(saved)


class Measurement(Record):
    """A Dockerfile that was measured, or why it was not (`error`, with the last lines of the builder's `output`).

    `size` is what all its mounts hold, each counted once, in bytes. `partial` is True where a target was asked for, so
    that mounts may well be unused. `untimed` are the lines of steps that the builder did not run in each build. `left`
    are the records that could not be taken out of the builder's cache.
    """

    path: str
    context: str
    mounts: tuple[MountResult, ...] = ()
    steps: tuple[StepResult, ...] = ()
    size: int = 0
    partial: bool = False
    error: str = ""
    output: tuple[str, ...] = ()
    untimed: tuple[int, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def failing(self) -> bool:
        """Whether a mount is not worth having."""
        return any(one.state == "empty" or (one.state == "unused" and not self.partial) for one in self.mounts)
