"""What a suite is: how its inputs are made, and what has to hold for each."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from fuzz.mutation import mutate

PACKAGE = "cachemount"


class BrokenError(AssertionError):
    """Something that has to hold does not; `kind` is the same for all inputs that break the same thing."""

    def __init__(self, kind: str, details: object = "") -> None:
        super().__init__(f"{kind}: {details}")
        self.kind = kind


def expect(condition: object, kind: str, details: object = "") -> None:
    if not condition:
        raise BrokenError(kind, details)


@dataclass(frozen=True, kw_only=True)
class Suite:
    """`check` is a function of the text alone and raises where something does not hold.

    `weight` is the suite's share of a run over all suites, in per cent. `seeds` are texts that are worth changing.
    """

    name: str
    weight: int
    generate: Callable[[Random], str]
    check: Callable[[str], None]
    seeds: Callable[[], list[str]]

    def input(self, rng: Random, more: list[str] | None = None) -> str:
        """Return an input: made by the grammar, by changing what the grammar made, or by changing a seed."""
        way = rng.random()
        if way < 0.5:
            text = self.generate(rng)
        elif way < 0.65:
            text = mutate(rng, self.generate(rng), self.seeds())
        else:
            seeds = more if more and rng.random() < 0.5 else self.seeds()
            text = mutate(rng, rng.choice(seeds), seeds)
        return canonical(text)


def canonical(text: str) -> str:
    """Return the text as it comes out of a file: lone surrogates are bytes that are not UTF-8, and nothing else is one."""
    return to_bytes(text).decode("utf-8", "surrogateescape")


def to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def kind_of(error: BaseException) -> str:
    """Return what tells one failure from another: the broken rule, or where in the product an exception was raised."""
    if isinstance(error, BrokenError):
        return error.kind
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if f"/{PACKAGE}/" in frame.filename]
    place = f" in {Path(frames[-1].filename).stem}.{frames[-1].name}" if frames else ""
    return f"{type(error).__name__}{place}"


def named(suites: Iterable[Suite]) -> dict[str, Suite]:
    return {suite.name: suite for suite in suites}
