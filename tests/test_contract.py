"""What every rule and every manager has to have."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

import case_files
import manager_cases
from cachemount import managers, rules
from cachemount.managers import MANAGERS
from cachemount.managers.model import PackageManager
from cachemount.rules import RULES
from cachemount.rules.model import Rule
from case_files import Case

CASES = case_files.load_all()

# Found where files are read and suppressions applied; their case files are still `rules/<name>.md`.
WITHOUT_CHECK = {"unreadable-dockerfile", "unused-suppression", "expired-suppression"}
# Only their author knows what was meant, or what the image should hold.
WITHOUT_REPAIR = WITHOUT_CHECK | {"hidden-install", "invalid-mount"}


# What is beside the rules and the managers in their folders.
OTHER_MODULES = {
    "on_request",
    "__init__",
    "model",
    "fetched",
    "message",
    "price",
    "programs",
    "runtime",
    "refusals",
    "tools",
    "vendored",
    "wheels",
}


def modules(package: ModuleType) -> set[str]:
    folder = Path(str(package.__file__)).parent
    return {path.stem for path in folder.glob("*.py")} - OTHER_MODULES


def cases_of(folder: str, name: str) -> list[Case]:
    return [case for case in CASES if case.path == case_files.FOLDER / folder / f"{name}.md"]


def test_every_rule_is_listed_under_its_name() -> None:
    assert {rule.check.__module__.rsplit(".", 1)[1] for rule in RULES} == modules(rules)
    for rule in RULES:
        assert rule.check.__module__.rsplit(".", 1)[1] == rule.name.replace("-", "_")
    assert [rule.name for rule in RULES] == sorted(rule.name for rule in RULES)


def test_every_manager_is_listed_under_its_name() -> None:
    assert {manager.name.replace("-", "_") for manager in MANAGERS} == modules(managers)
    assert [manager.name for manager in MANAGERS] == sorted(manager.name for manager in MANAGERS)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_is_documented(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z`][^\n]+\.", rule.summary), "a summary is one sentence"
    paragraphs = rule.explanation.split("\n\n")
    assert len(paragraphs) >= 2, "an explanation says why, and how it is repaired"
    assert "repair" in rule.explanation


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_its_cases(rule: Rule) -> None:
    cases = cases_of("rules", rule.name)
    mark = f"[{rule.name}]\n"
    assert any(mark in case.text("text") for case in cases), "a finding"
    assert any(mark not in case.text("text") for case in cases), "a file without one"
    if rule.name not in WITHOUT_REPAIR:
        assert any(mark in case.text("text") and "dockerfile fixed" in case.blocks for case in cases), "a repair"


@pytest.mark.parametrize("manager", MANAGERS, ids=lambda manager: manager.name)
def test_every_manager_has_its_cases(manager: PackageManager) -> None:
    cases = cases_of("managers", manager.name)
    assert any(manager_cases.found(case, manager) for case in cases), "a finding"
    assert any(manager_cases.clean(case, manager) for case in cases), "a clean file with a mount that serves"
    assert any(manager_cases.moved(case, manager) for case in cases), "a cache that was moved, and a mount there"
    assert any(manager_cases.defeated(case, manager) for case in cases), "a mount that does not work"
    assert any(manager_cases.repaired(case, manager) for case in cases), "a repair"


@pytest.mark.parametrize("manager", MANAGERS, ids=lambda manager: manager.name)
def test_all_that_moves_a_cache_or_switches_it_off_has_a_case(manager: PackageManager) -> None:
    shown = {way for case in cases_of("managers", manager.name) for way in manager_cases.shown(case, manager)}
    assert manager_cases.ways(manager) - shown == set()


@pytest.mark.parametrize("manager", MANAGERS, ids=lambda manager: manager.name)
def test_every_manager_is_documented(manager: PackageManager) -> None:
    assert manager.title
    assert manager.sources, "where its facts come from"
    assert manager.downloads
    assert manager.caches
    for pattern in (*manager.programs, *manager.off_settings, *manager.runtime):
        re.compile(pattern)


@pytest.mark.parametrize("manager", MANAGERS, ids=lambda manager: manager.name)
def test_what_is_searched_for_in_whole_files_is_tried_once(manager: PackageManager) -> None:
    """A pattern that looks ahead over everything takes the square of the file's length where it is not anchored."""
    for way in manager.downloads:
        if re.search(r"\(\?[=!]\.\*", way.satisfied_by):
            assert re.match(r"\(\?\w+\)\\A", way.satisfied_by), way.satisfied_by


@pytest.mark.slow
def test_the_documents_say_what_is() -> None:
    from generate_docs import REGIONS, filled

    for path in REGIONS:
        text = path.read_text(encoding="utf-8")
        assert filled(path, text) == text, "run `python tests/generate_docs.py`"


def test_the_readme_is_read_in_some_minutes() -> None:
    from generate_docs import README

    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 170
    assert len(text.split()) <= 1_500


def test_the_short_way_knows_every_manager() -> None:
    from generate_docs import QUICK, with_programs

    text = QUICK.read_text(encoding="utf-8")
    assert with_programs(text) == text, "run `python tests/generate_docs.py`"


def test_the_programs_of_each_manager_are_listed() -> None:
    from generate_docs import PROGRAMS, programs_by_manager

    assert PROGRAMS.read_text(encoding="utf-8") == programs_by_manager(), "run `python tests/generate_docs.py`"
