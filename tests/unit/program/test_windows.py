"""Paths and line ends as Windows has them, as far as they can be tried elsewhere."""

from __future__ import annotations

import io
import ntpath
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cachemount import reporters
from cachemount.policy.config_reader import parse
from cachemount.policy.config_search import relative_path
from cachemount.policy.model import Config
from cachemount.program.discovery import host_kind, is_dockerfile_name
from cachemount.program.main import main
from cachemount.program.runner import Task, check_or_fix
from cachemount.results import FileResult, Run
from cachemount.source import Source

BAD = "FROM python:3.13\r\nRUN pip install flask\r\n"


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sep", "\\")
    monkeypatch.setattr(os, "path", ntpath)


@pytest.mark.usefixtures("windows")
class TestPaths:
    def test_globs_match_below_the_folder_of_the_configuration(self) -> None:
        config = parse("C:\\r\\.cachemount.toml", b'exclude = ["third_party/**", "a/b.Dockerfile"]')
        assert config is not None
        for path, excluded in (
            ("C:\\r\\third_party\\x\\Dockerfile", True),
            ("c:\\R\\a\\b.Dockerfile", True),
            ("C:\\r\\a\\Dockerfile", False),
            ("D:\\third_party\\Dockerfile", False),
        ):
            assert config.for_file(relative_path(path, "C:\\r")).excluded is excluded

    def test_names(self) -> None:
        assert is_dockerfile_name("a\\b\\Dockerfile")
        assert not is_dockerfile_name("a\\Dockerfile\\x")
        assert host_kind("a\\compose.yaml") == "compose"

    @pytest.mark.parametrize("path", ["a\\b\\Dockerfile", ".\\a\\b\\Dockerfile"])
    @pytest.mark.parametrize(
        ("form", "said"),
        [
            ("github", "::warning file=a/b/Dockerfile,line=2,"),
            ("gitlab", '"path": "a/b/Dockerfile"'),
            ("sarif", '"uri": "a/b/Dockerfile"'),
        ],
    )
    def test_forms_that_services_read_have_slashes(self, path: str, form: str, said: str) -> None:
        result, _ = check_or_fix(Source(path=path, text=BAD), Task(path=path, config=Config(), mode="check"))
        assert said in written(form, result)

    def test_people_and_their_editors_get_the_path_that_they_gave(self) -> None:
        path = "a\\Dockerfile"
        result, _ = check_or_fix(Source(path=path, text=BAD), Task(path=path, config=Config(), mode="check"))
        assert written("concise", result).startswith("a\\Dockerfile:2:5: ")
        assert '"path": "a\\\\Dockerfile"' in written("json", result)

    def test_a_diff(self) -> None:
        path = ".\\a\\Dockerfile"
        result, _ = check_or_fix(Source(path=path, text=BAD), Task(path=path, config=Config(), mode="diff"))
        assert result.diff.startswith("--- a/a/Dockerfile\n+++ b/a/Dockerfile\n")


def written(form: str, result: FileResult) -> str:
    out = io.StringIO()
    reporters.load(form)(Run(results=iter([result])), out)
    return out.getvalue()


def test_a_patch_is_written_byte_for_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output as Windows opens it makes CRLF of LF."""
    monkeypatch.chdir(tmp_path)
    Path("Dockerfile").write_bytes(BAD.encode())
    data = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(data, encoding="cp1252", newline="\r\n"))
    assert main("fix-cache-mounts", ["--diff", "./Dockerfile"]) == 1
    patch = data.getvalue()
    assert b"\r\r\n" not in patch
    assert patch.startswith(b"--- a/Dockerfile\n+++ b/Dockerfile\n")
    subprocess.run(["git", "apply", "-"], input=patch, check=True)
    repaired = "FROM python:3.13\r\nRUN --mount=type=cache,target=/root/.cache/pip \\\r\n    pip install flask\r\n"
    assert Path("Dockerfile").read_bytes() == repaired.encode()


def test_a_backslash_in_a_glob_is_a_mistake_that_says_what_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".cachemount.toml").write_bytes(b"exclude = ['third_party\\**']\r\n")
    Path("Dockerfile").write_bytes(BAD.encode())
    assert main("check-cache-mounts", ["Dockerfile"]) == 2
    assert capsys.readouterr().err == (
        ".cachemount.toml:1: `third_party\\**` in `exclude` has a backslash; folders are separated by `/`\n"
    )
