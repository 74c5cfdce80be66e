"""Taking up the check in an old repository: writing a baseline, living with it, making it smaller."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cachemount.policy.ancestors import BASELINE as NAME
from cachemount.program.main import main

BAD = "FROM python:3.13\nRUN pip install flask==3.0\n"
MORE = "RUN pip install django\n"
APT = "RUN apt-get update && apt-get install -y curl\n"
FIXED = "FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install flask==3.0\n"


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)


def put(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def check(*arguments: str) -> int:
    return main("check-cache-mounts", arguments)


def fix(*arguments: str) -> int:
    return main("fix-cache-mounts", arguments)


def entries(name: str = NAME) -> list[tuple[str, str, int]]:
    """Path, manager and count of each entry."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in Path(name).read_text(encoding="ascii").splitlines()[1:]]
    return [(row["path"], row["manager"], row.get("count", 1)) for row in rows]


class TestAdoption:
    def test_of_several_repositories_a_clean_one_needs_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("a/Dockerfile", FIXED)
        put("b/Dockerfile", BAD)
        for folder in ("a", "b"):
            Path(folder, ".git").mkdir()
        assert check("--write-baseline", "a", "b") == 0
        assert not Path("a", NAME).exists()
        assert capsys.readouterr().err == f"Wrote b/{NAME}: 1 finding\n"
        # Alone it gets an empty one, which is added to the repository like others.
        assert check("--write-baseline", "a") == 0
        assert entries(f"a/{NAME}") == []

    def test_what_no_baseline_takes_up_is_not_said_to_be_new(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", BAD + "# cachemount: ignore[missing-cache-mount] nothing to ignore\nRUN true\n")
        assert check("--write-baseline", ".") == 1
        out, err = capsys.readouterr()
        assert "1 finding in 1 file (1 in the baseline)\n  explain: cachemount explain unused-suppression\n" in out
        assert err == f"Wrote {NAME}: 1 finding\n"

    def test_of_many_repositories_the_first_are_named(self, capsys: pytest.CaptureFixture[str]) -> None:
        for number in range(12):
            put(f"{number:02}/Dockerfile", BAD)
            Path(f"{number:02}/.git").mkdir()
        assert check("--write-baseline", ".") == 0
        lines = capsys.readouterr().err.splitlines()
        assert lines[0] == f"Wrote 00/{NAME}: 1 finding"
        assert lines[9:] == [f"Wrote 09/{NAME}: 1 finding", "and 2 more"]

    def test_write_and_be_green(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("a/Dockerfile", BAD + BAD.splitlines()[1] + "\n")
        put("b/Dockerfile", BAD + APT)
        assert check(".") == 1
        capsys.readouterr()
        assert check("--write-baseline", ".") == 0
        out, err = capsys.readouterr()
        assert out == "No findings in 2 files (4 in the baseline).\n"
        assert err == f"Wrote {NAME}: 4 findings\n"
        assert entries() == [("a/Dockerfile", "pip", 2), ("b/Dockerfile", "apt", 1), ("b/Dockerfile", "pip", 1)]
        assert check(".") == 0
        assert capsys.readouterr().out == "No findings in 2 files (4 in the baseline).\n"

    def test_a_new_bad_step_is_found_and_the_baseline_does_not_grow(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", BAD)
        put("b/Dockerfile", BAD)
        check("--write-baseline", ".")
        before = Path(NAME).read_bytes()
        put("Dockerfile", "# moved down\n\n" + BAD + MORE)
        put("c/Dockerfile", BAD)
        capsys.readouterr()
        assert check("--write-baseline", ".") == 1
        out, err = capsys.readouterr()
        assert [line.split(" ")[0] for line in out.splitlines()[:2]] == ["Dockerfile:5:5:", "c/Dockerfile:2:5:"]
        assert f"Not in {NAME}: 2 findings; --add-to-baseline takes up new ones\n" in err
        assert Path(NAME).read_bytes() == before
        assert check("--write-baseline", "--add-to-baseline", ".") == 0
        assert "4 findings, 2 added" in capsys.readouterr().err
        assert check(".") == 0

    def test_the_same_step_once_more_is_new(self) -> None:
        put("Dockerfile", BAD)
        check("--write-baseline", ".")
        put("Dockerfile", BAD + BAD.splitlines()[1] + "\n")
        assert check("Dockerfile") == 1

    def test_a_new_version_of_a_package_is_the_finding_that_was_there(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", "FROM python:3.13\nRUN pip install poetry==1.8.3\nRUN pip install flask\n")
        check("--write-baseline", ".")
        put("Dockerfile", "FROM python:3.13\nRUN pip install poetry==1.8.4\nRUN pip install flask\n")
        capsys.readouterr()
        assert check(".") == 0
        assert capsys.readouterr().out == "No findings in 1 file (2 in the baseline).\n"
        # Written anew, the entry has the new version.
        assert check("--write-baseline", ".") == 0
        assert "poetry==1.8.4" in Path(NAME).read_text(encoding="utf-8")
        assert check(".") == 0
        put("Dockerfile", "FROM python:3.13\nRUN pip install poetry==1.8.5\nRUN pip install flask\nRUN pip install b\n")
        assert check(".") == 1

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("FROM debian:12\nRUN apt-get install -y jq=1.6-2", "FROM debian:12\nRUN apt-get install -y jq=1.6-3"),
            ("FROM node:22.1\nRUN npm install -g pnpm@9.1.0", "FROM node:22.2\nRUN npm install -g pnpm@10.0.0"),
            ("FROM golang:1.24\nRUN go install a.b/c@v1.2", "FROM golang:1.25@sha256:0a\nRUN go install a.b/c@v1.3"),
            ("FROM ruby:3\nRUN gem install rake -v 13.0.1", "FROM ruby:3\nRUN gem install rake -v 13.2.0"),
            ("FROM php:8\nRUN composer require a/b:1.0 c/d:2.0", "FROM php:8\nRUN composer require a/b:1.1 c/d:2.1"),
            ("FROM rust:1\nRUN cargo install just --version 1.1", "FROM rust:1\nRUN cargo install just --version 1.2"),
            ("FROM a\nRUN apk add --no-cache curl=8.1-r0", "FROM a\nRUN apk add --no-cache curl=8.2-r0"),
            (
                "FROM python:3\nRUN pip install \\\n  a==1 \\\n  b==1",
                "FROM python:3\nRUN pip install \\\n  a==1 \\\n  b==2",
            ),
            ("FROM python:3\nARG V=1\nRUN pip install a==$V", "FROM python:3\nARG V=2\nRUN pip install a==$V"),
        ],
    )
    def test_a_bump_by_a_robot_passes(self, before: str, after: str) -> None:
        put("Dockerfile", f"{before}\n")
        assert check(".") == 1
        check("--write-baseline", ".")
        put("Dockerfile", f"{after}\n")
        assert check(".") == 0

    def test_repair_what_is_safe_and_keep_the_rest(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", BAD)
        put("b/Dockerfile", "FROM python:3.13\nRUN pip install a && eval $B $(\n")
        assert fix("--write-baseline", ".") == 1
        assert Path("Dockerfile").read_text(encoding="utf-8") == FIXED
        assert entries() == [("b/Dockerfile", "pip", 1)]
        assert fix(".") == 0
        capsys.readouterr()


class TestShrinking:
    def test_an_entry_that_is_no_longer_found(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", BAD + MORE)
        put("b/Dockerfile", BAD)
        check("--write-baseline", ".")
        put("Dockerfile", BAD)
        capsys.readouterr()
        assert check("Dockerfile") == 1
        gone = "this entry is no longer found in Dockerfile: `pip install django`; --write-baseline drops it"
        assert capsys.readouterr().out.splitlines() == [
            f"{NAME}:2:1: warning: {gone} [unused-suppression]",
            "1 finding in 1 file (1 in the baseline)",
            "  explain: cachemount explain unused-suppression",
        ]
        assert check("--write-baseline", "Dockerfile") == 0
        assert "2 findings, 1 dropped" in capsys.readouterr().err
        assert entries() == [("Dockerfile", "pip", 1), ("b/Dockerfile", "pip", 1)]

    def test_one_of_several(self, capsys: pytest.CaptureFixture[str]) -> None:
        step = BAD.splitlines()[1] + "\n"
        put("Dockerfile", BAD + step + step)
        check("--write-baseline", ".")
        put("Dockerfile", BAD)
        assert check(".") == 1
        assert "2 of the 3 findings of this entry are no longer found in Dockerfile" in capsys.readouterr().out

    def test_files_that_are_not_checked_are_left_alone(self) -> None:
        put("Dockerfile", BAD)
        put("b/Dockerfile", BAD)
        check("--write-baseline", ".")
        put("b/Dockerfile", FIXED)
        assert check("Dockerfile") == 0
        assert check("--write-baseline", "Dockerfile") == 0
        assert ("b/Dockerfile", "pip", 1) in entries()
        assert check("--write-baseline", ".") == 0
        assert entries() == [("Dockerfile", "pip", 1)]

    def test_what_cannot_be_judged_is_left_alone(self) -> None:
        put("Dockerfile", BAD + APT)
        check("--write-baseline", ".")
        put("Dockerfile", "FORM x\n")
        assert check("--write-baseline", ".") == 1
        assert len(entries()) == 2
        put("Dockerfile", "FROM x\n")
        assert check("--manager", "npm", "Dockerfile") == 0
        assert check("--manager", "apt", "--write-baseline", "Dockerfile") == 0
        assert entries() == [("Dockerfile", "pip", 1)]
        assert check("--rule", "unlocked-cache", ".") == 0

    def test_a_file_that_is_gone(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", "FROM x\n")
        put("b/Dockerfile", BAD)
        check("--write-baseline", ".")
        Path("b/Dockerfile").unlink()
        assert check("Dockerfile") == 0
        capsys.readouterr()
        assert check(".") == 1
        assert "no longer found in b/Dockerfile" in capsys.readouterr().out
        check("--write-baseline", ".")
        assert entries() == []

    def test_a_file_with_a_new_name_takes_its_entries_along(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("a/Dockerfile", BAD)
        check("--write-baseline", ".")
        Path("a").rename("b")
        assert check("b/Dockerfile") == 0
        assert check(".") == 0
        put("c/Dockerfile", BAD)
        capsys.readouterr()
        assert check(".") == 1
        assert "c/Dockerfile:2:5" in capsys.readouterr().out
        Path("c/Dockerfile").unlink()
        check("--write-baseline", "b/Dockerfile")
        assert entries() == [("b/Dockerfile", "pip", 1)]

    def test_a_repair_leaves_the_old_alone_and_drops_what_is_gone(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", BAD + MORE)
        check("--write-baseline", ".")
        put("Dockerfile", BAD)
        capsys.readouterr()
        assert fix("--diff", ".") == 0
        assert len(entries()) == 1 + 1
        assert fix("Dockerfile") == 1
        assert capsys.readouterr().err == f"Wrote {NAME}: 1 finding, 1 dropped\n"
        assert Path("Dockerfile").read_text(encoding="utf-8") == BAD
        assert fix("Dockerfile") == 0
        assert fix("--no-baseline", "Dockerfile") == 1
        assert Path("Dockerfile").read_text(encoding="utf-8") == FIXED

    def test_a_pragma_makes_its_entry_needless(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", BAD)
        check("--write-baseline", ".")
        put("Dockerfile", BAD.replace("RUN", "# cachemount: ignore[missing-cache-mount] small\nRUN"))
        assert check(".") == 1
        assert "this entry is no longer found" in capsys.readouterr().out
        put(".cachemount.toml", "disable = ['unused-suppression']\n")
        assert check(".") == 0


class TestWhichBaseline:
    def test_paths_are_relative_to_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        put("a/b/Dockerfile", BAD)
        check("--write-baseline=a/old.jsonl", ".")
        assert entries("a/old.jsonl") == [("b/Dockerfile", "pip", 1)]
        assert check("--baseline", "a/old.jsonl", ".") == 0
        assert check(".") == 1
        monkeypatch.chdir("a/b")
        assert check("--baseline", "../old.jsonl", "Dockerfile") == 0

    def test_the_nearest_one_up_to_the_root_of_the_repository(self, monkeypatch: pytest.MonkeyPatch) -> None:
        put("a/b/Dockerfile", BAD)
        monkeypatch.chdir("a/b")
        assert check("--write-baseline", ".") == 0
        assert entries(f"../../{NAME}") == [("a/b/Dockerfile", "pip", 1)]
        assert check("Dockerfile") == 0

    def test_the_one_that_the_configuration_names(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("a/Dockerfile", BAD)
        put("b/Dockerfile", BAD)
        put("a/.cachemount.toml", "baseline = '../old/a.jsonl'\n")
        assert check(".") == 2
        assert "(--write-baseline writes a new one)" in capsys.readouterr().err
        Path("old").mkdir()
        assert check("--write-baseline", ".") == 0
        assert entries("old/a.jsonl") == [("../a/Dockerfile", "pip", 1)]
        assert entries() == [("b/Dockerfile", "pip", 1)]
        assert check(".") == 0

    def test_a_broken_one_is_said_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("a/Dockerfile", BAD)
        put("b/Dockerfile", BAD)
        put(NAME, "<<<<<<< HEAD\n")
        assert check(".") == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err == f"{NAME}:1: has the marks of a merge conflict: keep the lines that both sides have\n"
        assert check("--write-baseline", ".") == 2
        assert Path(NAME).read_text(encoding="utf-8") == "<<<<<<< HEAD\n"
        assert check("--no-baseline", ".") == 1

    def test_nothing_is_written_when_something_went_wrong(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", BAD)
        assert check("--write-baseline", "other.jsonl", ".") == 2
        assert not Path(NAME).exists()
        assert check("--write-baseline=none/x.jsonl", ".") == 2
        assert "none/x.jsonl: cannot be written: No such file or directory" in capsys.readouterr().err


class TestReports:
    def test_machines_are_told(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", BAD)
        check("--write-baseline", ".")
        put("Dockerfile", BAD + MORE)
        capsys.readouterr()
        assert check("--format", "sarif", ".") == 1
        old, new = json.loads(capsys.readouterr().out)["runs"][0]["results"][::-1]
        assert (old["baselineState"], new["baselineState"]) == ("unchanged", "new")
        assert old["suppressions"] == [{"kind": "external", "justification": "it was there before"}]
        check("--format", "sarif", "--no-baseline", ".")
        assert "baselineState" not in capsys.readouterr().out
        check("--format", "json", "--show-suppressed", ".")
        document = json.loads(capsys.readouterr().out)
        assert (document["baseline"], document["suppressed"], len(document["findings"])) == (1, 0, 1)
        assert document["suppressed_findings"][0]["suppressed_by"] == "baseline"
        for form in ("github", "gitlab", "junit"):
            check("--format", form, ".")
            out = capsys.readouterr().out
            assert any(place in out for place in ("line=3", '"begin": 3', " at 3:5"))
            assert not any(place in out for place in ("line=2", '"begin": 2', " at 2:5"))
        check("--no-suppressions", ".")
        assert "2 findings in 1 file: 2 can" in capsys.readouterr().out

    def test_standard_input(self, monkeypatch: pytest.MonkeyPatch) -> None:
        put("Dockerfile", BAD)
        check("--write-baseline", ".")
        import io
        import sys

        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
        assert check("--stdin-filename", "Dockerfile") == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--add-to-baseline", "."], "--add-to-baseline goes with --write-baseline"),
        (["--no-baseline", "--baseline", "x", "."], "--no-baseline does not go with"),
        (["--write-baseline=x", "--baseline", "y", "."], "the baseline is named twice"),
        (["--write-baseline", "--no-suppressions", "."], "--write-baseline does not go with"),
        (["--write-baseline", "-"], "--write-baseline needs paths"),
    ],
)
def test_wrong_arguments(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(*arguments) == 2
    assert said in capsys.readouterr().err
