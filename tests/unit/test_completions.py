"""The completions for shells: they know all commands and options, and a shell completes with them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import completions
from cachemount import commands

BASH = shutil.which("bash")
# Calls the function that `complete` has been given, as bash does when the tab key is pressed.
PRESS_TAB = """
source "$1"; shift
function=$(complete -p cachemount | sed 's/.*-F \\([^ ]*\\).*/\\1/')
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
"$function"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def file(shell: str) -> Path:
    return completions.FOLDER / f"cachemount.{shell}"


@pytest.mark.parametrize("shell", commands.SHELLS)
def test_a_file_knows_all_commands_and_options(shell: str) -> None:
    text = file(shell).read_text(encoding="utf-8")
    for name, parser in completions.commands_of():
        assert name in text
        for option in parser._option_string_actions:
            assert option.lstrip("-") in text, "run `python tests/generate_docs.py`"
    assert list(commands.SUMMARIES) == [name for name, _ in completions.commands_of()]


@pytest.mark.parametrize("shell", commands.SHELLS)
def test_the_program_prints_it(shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["cachemount", "completion", shell])
    assert commands.main() == 0
    assert capsys.readouterr().out == file(shell).read_text(encoding="utf-8")


def test_help_and_mistakes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["cachemount", "completion", "--help"])
    assert commands.main() == 0
    said = capsys.readouterr().out
    assert all(f"cachemount completion {shell}" in said for shell in commands.SHELLS)
    for arguments in ([], ["nushell"], ["bash", "zsh"]):
        monkeypatch.setattr("sys.argv", ["cachemount", "completion", *arguments])
        assert commands.main() == 2
        assert "name one shell: bash, zsh, fish, tcsh" in capsys.readouterr().err


@pytest.mark.skipif(BASH is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["com"], ["completion"]),
        (["check", "--fo"], ["--format"]),
        (["check", "--rule", "mis"], ["misplaced-cache-mount", "missing-cache-mount"]),
        (["fix", "--di"], ["--diff"]),
        (["check", "--di"], [""]),
        (["explain", "ap"], ["apk", "apt"]),
        (["measure", "--format", "h"], ["html"]),
        (["check", "Docker"], ["Dockerfile"]),
    ],
)
def test_bash_completes(words: list[str], offered: list[str], tmp_path: Path) -> None:
    assert BASH is not None
    (tmp_path / "Dockerfile").write_text("", encoding="utf-8")
    command = [BASH, "--norc", "-c", PRESS_TAB, "bash", str(file("bash")), "cachemount", *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout.removesuffix("\n").split("\n") == offered
    assert done.stderr == ""


@pytest.mark.parametrize("shell", commands.SHELLS)
def test_a_shell_can_read_it(shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell}")
    done = subprocess.run([program, "-n", str(file(shell))], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.slow
def test_the_files_are_the_current_ones() -> None:
    for path, text in completions.completions().items():
        assert path.read_text(encoding="utf-8") == text, "run `python tests/generate_docs.py`"
