"""Writing files: the old text or the new, with mode and owner, and never outside the repository."""

from __future__ import annotations

import os
import stat
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from cachemount.files import reading
from cachemount.files.reading import FileError, read, write


def test_mode_stays_and_nothing_is_left_behind(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_bytes(b"old")
    file.chmod(0o754)
    write(str(file), b"new", read(str(file)))
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o754
    assert [one.name for one in tmp_path.iterdir()] == ["Dockerfile"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give files away")
def test_the_owner_stays(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_bytes(b"old")
    os.chown(file, 1234, 2345)
    write(str(file), b"new", read(str(file)))
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 2345)


def test_a_link_inside_the_repository_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "a").mkdir()
    target = tmp_path / "real"
    target.write_bytes(b"old")
    link = tmp_path / "a" / "Dockerfile"
    link.symlink_to("../real")
    write(str(link), b"new", read(str(link)))
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_link_that_leaves_the_repository_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "Dockerfile").write_bytes(b"old")
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (repository / "Dockerfile").symlink_to("../outside/Dockerfile")
    (repository / "folder").symlink_to("../outside")
    (repository / ".git" / "config").write_bytes(b"old")
    (repository / "Containerfile").symlink_to(".git/config")
    for name in ("Dockerfile", "folder/Dockerfile", "Containerfile"):
        path = str(repository / name)
        with pytest.raises(FileError, match="link that leaves the repository"):
            write(path, b"new", read(path))
    assert (outside / "Dockerfile").read_bytes() == b"old"
    assert (repository / ".git" / "config").read_bytes() == b"old"


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_bytes(b"old")
    file.chmod(0o444)
    with pytest.raises(FileError, match="read-only"):
        write(str(file), b"new", read(str(file)))
    assert file.read_bytes() == b"old"


def test_a_file_that_was_changed_in_between_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_bytes(b"old")
    before = read(str(file))
    file.write_bytes(b"by an editor")
    with pytest.raises(FileError, match="changed by another program"):
        write(str(file), b"new", before)
    assert file.read_bytes() == b"by an editor"
    assert [one.name for one in tmp_path.iterdir()] == ["Dockerfile"]


FULL_DISK = """\
import resource, signal, sys
from cachemount.files.reading import FileError, read, write
before = read(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    write(sys.argv[1], b"x" * 1000, before)
except FileError as error:
    sys.exit(f"said: {error}")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
def test_when_the_disk_is_full_the_file_stays_whole(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_bytes(b"old")
    hooks = str(Path(reading.__file__).parent.parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(file)],
        env={**os.environ, "PYTHONPATH": hooks},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "said: cannot be repaired: File too large" in done.stderr
    assert file.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["Dockerfile"]


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match="is a folder"):
        read(str(tmp_path))
    with pytest.raises(FileError, match="not a regular file"):
        read(str(tmp_path / "pipe"))
    with pytest.raises(FileError, match="not a regular file"):
        read("/dev/null")
    with pytest.raises(FileError, match="No such file"):
        read(str(tmp_path / "none"))


KILLED = """\
import os, sys
from cachemount.files.reading import read, write
before = read(sys.argv[1])
os.fsync = lambda descriptor: os.kill(os.getpid(), 9)
write(sys.argv[1], b"new", before)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_a_run_that_is_killed_leaves_the_file_whole(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_bytes(b"old")
    hooks = str(Path(reading.__file__).parent.parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(file)], env={**os.environ, "PYTHONPATH": hooks}, check=False
    )
    assert done.returncode == -9
    assert file.read_bytes() == b"old"


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="this system has no extended attributes")
def test_extended_attributes_and_access_lists_stay(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_bytes(b"old")
    # user::rw-, user:1234:rw-, group::r--, mask::rw-, other::r--
    entries = [(1, 6, 0xFFFFFFFF), (2, 6, 1234), (4, 4, 0xFFFFFFFF), (16, 6, 0xFFFFFFFF), (32, 4, 0xFFFFFFFF)]
    access = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    attributes = {"user.note": b"ours", "system.posix_acl_access": access}
    try:
        os.setxattr(file, "user.note", b"ours")
        os.setxattr(file, "system.posix_acl_access", access)
    except OSError:
        pytest.skip("this file system has none")
    write(str(file), b"new", read(str(file)))
    assert file.read_bytes() == b"new"
    assert {name: os.getxattr(file, name) for name in attributes} == attributes


def test_what_is_inside_the_repository(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    for folder in (root / ".git", root / "a", outside):
        folder.mkdir(parents=True)
    for name in ("root/a/file", "outside/file"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert reading.is_inside_repository(str(root / "a" / "file"), str(root / "a"))
    assert not reading.is_inside_repository(str(root / "a" / ".." / ".."), str(root))
    assert not reading.is_inside_repository(str(outside / "file"), str(root))


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
@pytest.mark.parametrize(("link", "file"), [("root/a/link", "root/a/link/file"), ("root/link", "root/link")])
def test_a_link_leads_out_of_the_repository(tmp_path: Path, link: str, file: str) -> None:
    (tmp_path / "root" / ".git").mkdir(parents=True)
    (tmp_path / "root" / "a").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_text("x", encoding="utf-8")
    (tmp_path / link).symlink_to(tmp_path / "outside" / ("file" if link == file else ""))
    assert not reading.is_inside_repository(str(tmp_path / file), str(tmp_path / "root"))
