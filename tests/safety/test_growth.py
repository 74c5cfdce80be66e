"""The work grows with the size and no faster: counted in calls, which are the same on every machine and every time."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from cachemount import engine
from cachemount.policy.config_reader import parse
from cachemount.source import Source

pytestmark = pytest.mark.slow

BASE = "FROM debian:12\n"
INSTALLS = (
    "npm ci",
    "pip install a",
    "go build",
    "cargo build",
    "gem install a",
    "mvn package",
    "bun i",
    "shards install",
)
STEP = f"RUN {'; '.join(INSTALLS)}\n"
FAMILIES: dict[str, Callable[[int], str]] = {
    "managers in each step": lambda count: BASE + STEP * (count // 4),
    "managers in a step": lambda count: BASE + f"RUN {'; '.join(INSTALLS * (count // 4))}\n",
    "a store in each step": lambda count: BASE + "RUN gem install a\n" * count,
    "comments above each step": lambda count: BASE + "# a\n# b\nRUN apt-get install a\n" * count,
    "comments, then steps": lambda count: BASE + "# a\n" * (100 * count) + "RUN apt-get install a\n" * count,
    "flags": lambda count: BASE + "RUN pip install" + " --no-cache-dir" * (10 * count) + " a\n",
    "paths of rm": lambda count: BASE + "RUN pip install a && rm -rf" + " /root/.cache/pip" * (10 * count) + "\n",
    "idle mounts": lambda count: (
        BASE + "".join(f"RUN --mount=type=cache,target=/root/.cache/pip{one} pip install a\n" for one in range(count))
    ),
    "settings": lambda count: BASE + "ENV PIP_NO_CACHE_DIR=1\n" * count + "RUN pip install a\n",
}

# Here the fix of each step is about all of them.
OF_ALL: dict[str, Callable[[int], str]] = {
    "updates and installs": lambda count: BASE + "RUN apt-get update\nRUN apt-get install a\n" * count,
    "fetched and built": lambda count: "FROM rust:1\n" + "RUN cargo fetch\nRUN cargo build --offline\n" * count,
    "fetched in folders": lambda count: (
        "FROM maven:3\n"
        + "".join(f"WORKDIR /a{one}\nRUN mvn dependency:go-offline\nRUN mvn -o package\n" for one in range(count))
    ),
}


def calls(work: Callable[[], object]) -> int:
    """Return how many functions are called, those written in C as well."""
    count = 0

    def see(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(see)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def fixed(text: str) -> Callable[[], object]:
    return lambda: engine.fix(Source(path="Dockerfile", text=text))


@pytest.mark.parametrize("family", FAMILIES)
def test_dockerfiles(family: str) -> None:
    fixed(FAMILIES[family](4))()  # What is made once.
    small, large = (calls(fixed(FAMILIES[family](count))) for count in (25, 100))
    assert large < 5 * small


@pytest.mark.parametrize("family", OF_ALL)
def test_fixes_that_are_about_all_steps(family: str) -> None:
    fixed(OF_ALL[family](4))()
    small, large = (calls(fixed(OF_ALL[family](count))) for count in (25, 100))
    assert large < 10 * small


def test_rounds_do_not_grow_with_the_managers_of_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = []
    report = engine._report
    monkeypatch.setattr(engine, "_report", lambda *given, **named: rounds.append(1) or report(*given, **named))
    _, after = engine.fix(Source(path="Dockerfile", text=BASE + STEP))
    assert not after.findings
    assert len(rounds) <= 3


ENTRY = '[[allow]]\nrules = ["missing-cache-mount"]\npaths = ["a/**"]\nreason = "a"\n'


def test_entries_of_a_configuration() -> None:
    def check(count: int) -> Callable[[], object]:
        config = parse(".cachemount.toml", (ENTRY * count).encode())
        assert config is not None
        text = BASE + "RUN pip install a\n" * count
        return lambda: engine.check(Source(path="Dockerfile", text=text), config.for_file("b/Dockerfile"))

    def read(count: int) -> Callable[[], object]:
        return lambda: parse(".cachemount.toml", (ENTRY * count).encode())

    for work in (read, check):
        work(4)()
        small, large = calls(work(50)), calls(work(200))
        assert large < 5 * small
