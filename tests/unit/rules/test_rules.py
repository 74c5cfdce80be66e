"""What a rule says of itself, and what each finding says of the place where it is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from types import ModuleType

import pytest

import case_files
from cachemount import engine
from cachemount.dockerfile.model import UnreadableDockerfileError
from cachemount.dockerfile.reader import read
from cachemount.facts.builder import build_facts
from cachemount.facts.model import Facts
from cachemount.findings import Finding
from cachemount.rules import OF_MOUNTS, RULES, WITHOUT_MOUNTS
from cachemount.rules.model import Rule
from unit.checks import check


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> Rule:
    def check(facts: Facts) -> Iterator[Finding]:
        raise NotImplementedError

    check.__module__ = "a_rule"
    module = ModuleType("a_rule", "\nA sentence that\ngoes on.\n\nMore of it\nin two lines.\n\nHow it is repaired.\n")
    monkeypatch.setitem(sys.modules, "a_rule", module)
    return Rule(name="a-rule", check=check)


def test_the_documentation_of_a_rule(rule: Rule) -> None:
    assert rule.explanation == "A sentence that\ngoes on.\n\nMore of it\nin two lines.\n\nHow it is repaired."
    assert rule.summary == "A sentence that goes on."


def test_python_without_docstrings(rule: Rule) -> None:
    sys.modules["a_rule"].__doc__ = None
    assert rule.explanation == rule.summary == ""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_has_the_name_of_its_module(rule: Rule) -> None:
    assert rule.name == rule.check.__module__.rpartition(".")[2].replace("_", "-")


@pytest.mark.slow
def test_rules_of_mounts_are_imported_where_there_are_some() -> None:
    code = (
        "import sys; from cachemount import engine; seen = lambda: "
        f"sum('cachemount.rules.' + one in sys.modules for one in {OF_MOUNTS})\n"
        "engine.check('FROM a\\nRUN npm ci\\n'); print(seen())\n"
        "engine.check('FROM a\\nRUN --mount=type=cache,target=/a npm ci\\n'); print(seen())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", str(len(OF_MOUNTS))]


def test_a_finding_knows_its_stage() -> None:
    report = check("FROM node:24 AS assets", "RUN npm ci", "FROM node:24", "RUN npm ci")
    assert [finding.stage for finding in report.findings] == ["assets", "1"]


@pytest.mark.slow
@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in WITHOUT_MOUNTS], ids=lambda rule: rule.name)
def test_a_rule_of_mounts_finds_nothing_without_them(rule: Rule) -> None:
    found = {True: 0, False: 0}
    for known in facts_of_cases():
        found[bool(known.mounted)] += len(list(rule.check(known)))
    assert found[True] > 0 == found[False]


@cache
def facts_of_cases() -> list[Facts]:
    found = []
    for case in case_files.load_all():
        with suppress(UnreadableDockerfileError):
            found.append(build_facts(read(case.source)))
    return found


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Containerfile", 1),
        ("build/Containerfile.dev", 1),
        ("dev.containerfile", 1),
        ("Dockerfile", 4),
        ("Containerfiles/Dockerfile", 4),
    ],
)
def test_what_podman_takes_is_said_of_dockerfiles(path: str, expected: int) -> None:
    """A key that no builder knows is reported in both."""
    steps = [
        f"RUN --mount=type=cache,target=/x,{key} make\n" for key in ("z", "relabel=private", "U=true", "relabelled=1")
    ]
    found = engine.check("FROM scratch\n" + "".join(steps), path=path).findings
    assert [one.rule for one in found] == ["invalid-mount"] * expected
