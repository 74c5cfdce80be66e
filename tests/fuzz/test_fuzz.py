"""The inputs that once broke something, and a short run of each suite."""

from __future__ import annotations

from random import Random

import pytest

from fuzz import seeds
from fuzz.minimise import failure, minimise
from fuzz.suite import BrokenError, expect, kind_of
from fuzz.suites import SUITES

# Together about ten seconds.
SHORT = {
    "reader": 800,
    "shell": 400,
    "quick": 1500,
    "config": 1000,
    "suppressions": 60,
    "fixer": 80,
    "reporters": 80,
    "embedded": 60,
}
_KNOWN = [(name, file, text) for name in SUITES for file, text in seeds.regressions(name)]


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, _, text in _KNOWN], ids=[f"{name}/{file}" for name, file, _ in _KNOWN]
)
@pytest.mark.slow
def test_what_once_broke_holds(name: str, text: str) -> None:
    SUITES[name].check(text)


@pytest.mark.slow
@pytest.mark.parametrize("name", SUITES)
def test_a_short_run(name: str) -> None:
    suite = SUITES[name]
    for number in range(SHORT[name]):
        text = suite.input(Random(f"short {name} {number}"))
        error = failure(suite.check, text)
        if error is not None:
            raise AssertionError(f"input {number} of {name}: {text!r}") from error


def test_every_regression_belongs_to_a_suite() -> None:
    assert {path.name for path in seeds.REGRESSIONS.iterdir()} <= set(SUITES)


def test_weights() -> None:
    assert sum(suite.weight for suite in SUITES.values()) == 100


def _no_x_before_y(text: str) -> None:
    expect("x" not in text.partition("y")[0] or "y" not in text, "x before y")


def test_a_broken_input_is_made_small() -> None:
    text = "a line\nand x in another\n\nthen some y, and more\n"
    error = failure(_no_x_before_y, text)
    assert isinstance(error, BrokenError)
    assert minimise(_no_x_before_y, text, kind_of(error)) == "xy"


def _hangs(text: str) -> None:
    while text:
        pass


def test_what_hangs_is_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fuzz.minimise.SECONDS", 0.2)
    error = failure(_hangs, "a")
    assert error is not None
    assert kind_of(error).startswith("TooSlowError")
