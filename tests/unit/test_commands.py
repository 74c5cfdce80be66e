"""The program `cachemount` and its commands."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cachemount import commands
from cachemount.program.main import main

BAD = "FROM python:3.13\nRUN pip install flask\n"
COMPOSE = (
    "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM python:3.13\n        RUN pip install flask\n"
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    Path("Dockerfile").write_text(BAD, encoding="utf-8")
    Path("compose.yaml").write_text(COMPOSE, encoding="utf-8")

    def with_arguments(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["cachemount", *arguments])
        return commands.main()

    return with_arguments


def test_check_and_fix(run, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    assert run("check", "Dockerfile") == 1
    assert "Dockerfile:2:5:" in capsys.readouterr().out
    assert run("check", "--compose", "compose.yaml") == 1
    assert "compose.yaml:6:13:" in capsys.readouterr().out
    assert run("fix", "Dockerfile") == 1
    assert run("check", "Dockerfile") == 0


def test_the_others(run, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    assert run("config") == 0
    assert run("explain", "pip") == 0
    assert "/root/.cache/pip" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        run("measure", "--help")
    assert "usage: cachemount measure " in capsys.readouterr().out


@pytest.mark.parametrize("command", ["check", "fix", "config", "measure", "explain", "completion"])
def test_help_and_mistakes_name_the_command_that_was_given(
    run, command: str, capsys: pytest.CaptureFixture[str]
) -> None:  # type: ignore[no-untyped-def]
    with contextlib.suppress(SystemExit):
        run(command, "--help")
    out = capsys.readouterr().out
    assert out.startswith(f"usage: cachemount {command} ")
    assert not re.search("(check|fix|measure)-cache|check-cachemount-config", out)
    with contextlib.suppress(SystemExit):
        assert run(command, "--nonsense") == 2
    assert capsys.readouterr().err.startswith(f"cachemount {command}: ")


def test_advice_and_mistakes_name_the_command_that_was_given(run, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    run("check", "Dockerfile")
    assert "  repair:  cachemount fix Dockerfile\n  accept:" in capsys.readouterr().out
    run("check", "--compose", "compose.yaml")
    assert "  repair:  cachemount fix --compose compose.yaml\n  accept:" in capsys.readouterr().out
    assert run("check", "--fix") == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first == "cachemount check: --fix: cachemount check changes nothing; run cachemount fix"
    assert second == "Try 'cachemount check --help'."


def test_where_else_dockerfiles_are_is_said(run, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    run("check")
    assert capsys.readouterr().out.endswith("  compose: compose.yaml holds Dockerfiles: cachemount check --compose\n")
    run("check", "--compose")
    assert "  compose:" not in capsys.readouterr().out
    main("check-cache-mounts", ["."])
    assert capsys.readouterr().out.endswith("  compose: compose.yaml holds Dockerfiles: check-compose-cache-mounts\n")
    # What is named is all that is wanted.
    run("check", "Dockerfile")
    assert "  compose:" not in capsys.readouterr().out
    Path("Dockerfile").unlink()
    run("fix")
    assert capsys.readouterr().out == (
        "No Dockerfiles were found in this folder.\n"
        "  compose: compose.yaml holds Dockerfiles: cachemount fix --compose\n"
    )
    Path("compose.yaml").write_text("services: {a: {build: .}}\n", encoding="utf-8")
    run("check")
    assert capsys.readouterr().out == "No Dockerfiles were found in this folder.\n"


@pytest.mark.parametrize(
    "command",
    ["", "check", "fix", "check --compose", "fix --compose", "config", "measure", "explain", "completion"],
)
def test_help_fits_on_a_terminal_of_80_columns(
    run, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("COLUMNS", "80")
    with contextlib.suppress(SystemExit):
        run(*command.split(), "--help")
    out = capsys.readouterr().out
    assert out.startswith("usage: ")
    assert [line for line in out.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("name", ["missing-cache-mount", "apt"])
def test_a_page_is_shown_whole_and_wrapped(
    run, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("COLUMNS", "80")
    assert run("explain", name) == 0
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.startswith(name)
    assert any(line.startswith("    RUN --mount=type=cache,") for line in lines), "the example after the repair"
    assert [line for line in lines if len(line) > 80 and not line.startswith("    ")] == []
    assert not any("](" in line or "<!--" in line or "```" in line for line in lines)


def test_help_version_and_mistakes(run, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    assert run() == run("--help") == run("--version") == 0
    assert all(f"\n  {name}" in commands.USAGE for name in ("check", "fix", "config", "measure", "explain"))
    capsys.readouterr()
    assert run("chek") == 2
    said = "cachemount: unknown command `chek`; did you mean `check`?\nTry 'cachemount --help'.\n"
    assert capsys.readouterr().err == said
    assert run("Dockerfile") == run("--diff") == 2
    first, _, second, _ = capsys.readouterr().err.splitlines()
    assert first.endswith("did you mean `cachemount check Dockerfile`?")
    assert second.endswith("options follow the command, as in `cachemount fix --diff`")
    assert run("explain", "aptt") == run("explain", "nonsense") == 2
    first, _, second, _ = capsys.readouterr().err.splitlines()
    assert first == "cachemount explain: unknown rule or package manager `aptt`; did you mean `apt`?"
    assert second.endswith("`nonsense`; without a name it lists both")


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["check", "Dockerfile"], ["Dockerfile"]])
@pytest.mark.usefixtures("run")
def test_the_package_is_the_program_and_the_check(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "cachemount", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "Dockerfile:2:5:" in result.stdout
