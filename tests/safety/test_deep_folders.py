"""Folders in folders, deeper than Python calls itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs import BAD, run

DEPTH = 1500

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no path of this length"),
]


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """Make a folder with a Dockerfile that has findings, far below it."""
    top = os.open(tmp_path, os.O_RDONLY)
    for _ in range(DEPTH):
        os.mkdir("d", dir_fd=top)
        below = os.open("d", os.O_RDONLY, dir_fd=top)
        os.close(top)
        top = below
    file = os.open("Dockerfile", os.O_WRONLY | os.O_CREAT, dir_fd=top)
    os.write(file, BAD.encode())
    os.close(file)
    os.close(top)
    yield tmp_path
    # pytest's own way of taking it away calls itself for each folder; rm does not.
    subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)


@pytest.mark.parametrize("repository", [True, False])
def test_it_is_found_and_its_baseline_is(deep: Path, repository: bool) -> None:
    if repository:
        subprocess.run([str(shutil.which("git")), "init", "-q", "."], cwd=deep, check=True)
    found = run("check-cache-mounts", ".", folder=deep)
    assert (found.returncode, found.stderr) == (1, "")
    assert "/".join(["d"] * DEPTH) + "/Dockerfile:2:5: " in found.stdout
    assert run("check-cache-mounts", "--write-baseline", ".", folder=deep).returncode == 0
    assert "1 in the baseline" in run("check-cache-mounts", ".", folder=deep).stdout


def test_a_folder_above_is_looked_at_for_a_configuration(deep: Path) -> None:
    (deep / ".cachemount.toml").write_text('disable = ["missing-cache-mount"]\n', encoding="utf-8")
    found = run("check-cache-mounts", "d/" * DEPTH + "Dockerfile", folder=deep)
    assert (found.returncode, found.stderr) == (0, "")
