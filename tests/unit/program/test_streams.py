"""What a program says when it cannot go on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cachemount.program.streams import run_program

pytestmark = pytest.mark.slow

HOOKS = Path(__file__).parents[3] / "hooks"
BAD = "FROM python:3.13\nRUN pip install flask==3.0\n"


def test_an_internal_error_is_no_finding(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        raise ValueError("a\x1b[31m")

    assert run_program("check-cache-mounts", work) == 2
    out, said = capsys.readouterr()
    assert out == ""
    assert said.startswith("check-cache-mounts: internal error, please report it: ValueError: a")
    assert "test_streams.py" in said
    assert "\x1b" not in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a shell's redirections, and /dev/full")
@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("check_cache_mounts.py Dockerfile >&-", 2, "check-cache-mounts: standard output is closed\n"),
        ("check_cache_mounts.py good.Dockerfile >&-", 2, "check-cache-mounts: standard output is closed\n"),
        ("check_cache_mounts.py Dockerfile >/dev/full", 2, "check-cache-mounts: No space left on device\n"),
        ("check_cache_mounts.py Dockerfile 2>&-", 1, ""),
        ("check_cache_mounts.py nofile 2>&-", 2, ""),
        ("check_cache_mounts.py nofile 2>/dev/full", 2, ""),
        ("check_cache_mounts.py --no-such-option 2>/dev/full", 2, ""),
        ("check_cache_mounts.py - <&-", 2, "check-cache-mounts: standard input is closed\n"),
        ("check_cache_mounts.py Dockerfile <&-", 1, ""),
        ("check_cachemount_config.py .cachemount.toml >&-", 2, "check-cachemount-config: standard output is closed\n"),
    ],
)
def test_streams_that_cannot_be_used(command: str, status: int, said: str, tmp_path: Path) -> None:
    """The exit status is not that of findings, and one line says why."""
    (tmp_path / "Dockerfile").write_text(BAD, encoding="utf-8")
    (tmp_path / "good.Dockerfile").write_text("FROM python:3.13\n", encoding="utf-8")
    (tmp_path / ".cachemount.toml").write_text("", encoding="utf-8")
    done = _shell(command, tmp_path)
    assert done.returncode == status
    assert done.stderr.decode() == said


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell's redirections")
def test_without_an_output_files_are_fixed_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text(BAD, encoding="utf-8")
    assert _shell("fix_cache_mounts.py Dockerfile >&-", tmp_path).returncode == 2
    assert "--mount=type=cache" in file.read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="needs ulimit")
def test_without_files_to_open_for_processes_one_does_the_work(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number}.Dockerfile").write_text(BAD, encoding="utf-8")
    done = _shell("check_cache_mounts.py --jobs 8 .", tmp_path, before="ulimit -n 16; ")
    assert done.returncode == 1
    assert done.stdout.decode().count("missing-cache-mount") >= 30
    assert done.stderr == b""


def _shell(command: str, folder: Path, before: str = "") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["sh", "-c", f"{before}exec '{sys.executable}' '{HOOKS}'/{command}"],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=120,
    )
