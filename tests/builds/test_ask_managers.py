"""Programs keep downloads where our tables say. The real ones need root, debootstrap and the registries."""

from __future__ import annotations

from pathlib import Path

import pytest

from builds import ask_managers
from builds.listings import LISTINGS
from cachemount.managers import MANAGERS
from manager_verbs import LISTED


def test_every_manager_is_asked_or_named() -> None:
    asked = {question.manager for question in ask_managers.QUESTIONS}
    names = {manager.name for manager in MANAGERS}
    assert asked | set(ask_managers.NOT_HERE) == names


@pytest.mark.slow
def test_the_tables_say_where_questions_ask() -> None:
    for question in ask_managers.QUESTIONS:
        for user in question.users:
            for move in question.moves:
                assert ask_managers.ours(question, user, move, "3.3"), (question.manager, move.name)


def test_each_listed_program_is_asked_for_its_commands_or_named() -> None:
    asked = {one.program for one in LISTINGS}
    assert {one.program for one in LISTED} - asked == {"apk", "conda", "dotnet"}


@pytest.mark.build
def test_the_programs_agree(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert ask_managers.main(["--room", str(tmp_path / "room")]) == 0, capfd.readouterr().out
