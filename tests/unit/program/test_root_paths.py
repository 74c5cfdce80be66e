"""Reports for services name files from the root of the repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cachemount.program.main import main

BAD = "FROM python:3.13\nRUN pip install flask\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "repository/.git").mkdir(parents=True)
    folder = tmp_path / "repository/services/web"
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text(BAD, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def report(form: str, path: str, capsys: pytest.CaptureFixture[str]) -> str:
    main("check-cache-mounts", ["--format", form, path])
    return capsys.readouterr().out


@pytest.mark.parametrize("form", ["sarif", "github", "gitlab", "junit"])
@pytest.mark.parametrize("given", ["Dockerfile", ".", "{folder}", "../web/Dockerfile", "nofile"])
def test_the_path_is_that_in_the_repository(
    form: str, given: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = report(form, given.format(folder=folder), capsys)
    assert f"services/web/{given if given == 'nofile' else 'Dockerfile'}" in said
    assert str(folder) not in said


def test_an_issue_of_gitlab_is_the_same_however_its_path_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = ("Dockerfile", ".", str(folder), "../web/Dockerfile", "./Dockerfile")
    assert len({json.loads(report("gitlab", path, capsys))[0]["fingerprint"] for path in paths}) == 1


@pytest.mark.parametrize("form", ["concise", "json"])
def test_for_people_and_programs_it_is_the_given_one(
    form: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder.is_dir()
    assert "services/web" not in report(form, "Dockerfile", capsys)


def test_a_file_outside_keeps_its_path(folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    outside = tmp_path / "Dockerfile"
    outside.write_text(BAD, encoding="utf-8")
    assert folder.is_dir()
    assert f"file={outside}," in report("github", str(outside), capsys)


def test_junit_has_a_test_also_where_no_file_was_looked_at(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "Dockerfile").unlink()
    assert "<testcase" in report("junit", ".", capsys)
