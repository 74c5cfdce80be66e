"""Files that must not be written: each is left alone and said in one line, and the others are done."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from programs import BAD, GOOD, left_in, program, run
from test_full_disk import namespace

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="needs modes of POSIX")]

ON_READ_ONLY_MOUNT = """\
import json, subprocess, sys
place, command = json.loads(sys.argv[1])
subprocess.run(["mount", "--bind", place, place], check=True)
subprocess.run(["mount", "-o", "remount,bind,ro", place], check=True)
done = subprocess.run(command, capture_output=True, text=True, cwd=place)
print(json.dumps([done.returncode, done.stderr]))
"""


def put(file: Path, mode: int = 0o644) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_text(BAD, encoding="utf-8")
    file.chmod(mode)
    return file


def test_modes(tmp_path: Path) -> None:
    put(tmp_path / "a" / "Dockerfile", 0o444)
    put(tmp_path / "b" / "Dockerfile").parent.chmod(0o555)
    put(tmp_path / "c" / "Dockerfile")
    unreadable = put(tmp_path / "d" / "Dockerfile", 0)
    done = run("fix-cache-mounts", ".", folder=tmp_path, unprivileged=True)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "a/Dockerfile: cannot be repaired: it is read-only",
        "b/Dockerfile: cannot be repaired: its folder is not writable",
        "d/Dockerfile: cannot be read: Permission denied",
    ]
    assert [(tmp_path / name / "Dockerfile").read_text(encoding="utf-8") for name in "abc"] == [BAD, BAD, GOOD]
    assert unreadable.stat().st_size == len(BAD)
    assert left_in(tmp_path) == []
    (tmp_path / "b").chmod(0o755)


def test_a_read_only_mode_holds_for_root_too(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text(BAD, encoding="utf-8")
    file.chmod(0o444)
    done = run("fix-cache-mounts", "Dockerfile", folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, "Dockerfile: cannot be repaired: it is read-only\n")
    assert file.read_text(encoding="utf-8") == BAD


def test_a_file_of_another_user_in_a_folder_of_ours(tmp_path: Path) -> None:
    """It could be replaced, but it would not be theirs any more."""
    if os.geteuid() != 0:
        pytest.skip("only root can give files away; test_modes runs for all")
    file = put(tmp_path / "a" / "Dockerfile")
    os.chown(file, 1234, 1234)
    done = run("fix-cache-mounts", "a/Dockerfile", folder=tmp_path, unprivileged=True)
    assert (done.returncode, done.stderr) == (2, "a/Dockerfile: cannot be repaired: it is read-only\n")
    assert (file.read_text(encoding="utf-8"), file.stat().st_uid) == (BAD, 1234)


def test_a_read_only_mount(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text(BAD, encoding="utf-8")
    begin = namespace()
    if begin is None:
        # Where nothing can be mounted, what the system itself has mounted so.
        assert not os.access("/proc/version", os.W_OK)
        done = run("fix-cache-mounts", "/proc/version", folder=tmp_path)
        assert done.returncode in (1, 2)
        return
    task = json.dumps([str(tmp_path), [program("fix-cache-mounts"), "Dockerfile"]])
    command = [*begin, sys.executable, "-c", ON_READ_ONLY_MOUNT, task]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [2, "Dockerfile: cannot be repaired: it is read-only\n"]
    assert file.read_text(encoding="utf-8") == BAD


@pytest.mark.parametrize("what", ["Dockerfile", "."])
def test_what_is_immutable(tmp_path: Path, what: str) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text(BAD, encoding="utf-8")
    chattr = shutil.which("chattr") or "false"
    if subprocess.run([chattr, "+i", str(tmp_path / what)], check=False, capture_output=True).returncode:
        pytest.skip("this user or file system has no immutable files; test_modes runs for all")
    try:
        done = run("fix-cache-mounts", "Dockerfile", folder=tmp_path)
    finally:
        subprocess.run([chattr, "-i", str(tmp_path / what)], check=True)
    reason = {"Dockerfile": "it is read-only", ".": "its folder is not writable"}[what]
    assert (done.returncode, done.stderr) == (2, f"Dockerfile: cannot be repaired: {reason}\n")
    assert file.read_text(encoding="utf-8") == BAD
    assert list(tmp_path.iterdir()) == [file]
