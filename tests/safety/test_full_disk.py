"""A disk that fills while files are repaired: each is old or new, and the others are done."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from programs import BAD, GOOD, program, run

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")]

PADDING = "# " + "x" * 98 + "\n"
LARGE = BAD + PADDING * 300
FILES = {"a/Dockerfile": BAD, "b/Dockerfile": LARGE, "c/Dockerfile": BAD}
WANTED = {"a/Dockerfile": GOOD, "b/Dockerfile": LARGE, "c/Dockerfile": GOOD}

# Python would leave the beginning of a module's bytecode where a file may not grow.
NO_BYTECODE = "export PYTHONDONTWRITEBYTECODE=1; "
# In a mount namespace of its own, so that nothing stays mounted whatever happens.
IN_NAMESPACE = """\
import json, os, subprocess, sys
place, kind, files, command = json.loads(sys.argv[1])
options = "size=96k" if kind == "tmpfs" else "loop"
image = place + ".img"
if kind == "ext4":
    with open(image, "wb") as file:
        file.truncate(1 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", image], check=True)
subprocess.run(["mount", "-t", kind, "-o", options, image if kind == "ext4" else "none", place], check=True)
os.chdir(place)
for name, text in files.items():
    os.makedirs(os.path.dirname(name), exist_ok=True)
    with open(name, "w") as file:
        file.write(text)
with open("filler", "wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(1024))
            os.fsync(file.fileno())
    except OSError:
        pass
    # What is left is enough for the small files and not for the large one.
    file.truncate(file.tell() - 16384)
    os.fsync(file.fileno())
before = sorted(os.path.join(*one) for one in ((at, name) for at, _, names in os.walk(".") for name in names))
done = subprocess.run(command, capture_output=True, text=True)
after = sorted(os.path.join(*one) for one in ((at, name) for at, _, names in os.walk(".") for name in names))
texts = {name: open(name).read() for name in files}
print(json.dumps([done.returncode, done.stdout, done.stderr, before == after, texts]))
"""


@cache
def namespace() -> tuple[str, ...] | None:
    """Return the beginning of a command that may mount; None where this user may not."""
    unshare = shutil.which("unshare") or ""
    commands = ((unshare, "--mount"), (unshare, "--mount", "--map-root-user"))
    for command in commands[os.geteuid() != 0 :] if unshare else ():
        test = [*command, "mount", "-t", "tmpfs", "none", "/mnt"]
        if subprocess.run(test, capture_output=True, check=False).returncode == 0:
            return command
    return None


@pytest.mark.parametrize("kind", ["tmpfs", "ext4"])
def test_a_small_file_system(tmp_path: Path, kind: str) -> None:
    begin = namespace()
    if begin is None or (kind == "ext4" and (os.geteuid() != 0 or shutil.which("mkfs.ext4") is None)):
        # The same without a mount: the kernel refuses the write of the large file.
        check(*limited(tmp_path))
        return
    place = tmp_path / "disk"
    place.mkdir()
    task = json.dumps([str(place), kind, FILES, [program("fix-cache-mounts"), "."]])
    done = subprocess.run(
        [*begin, sys.executable, "-c", IN_NAMESPACE, task], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    status, out, said, same, texts = json.loads(done.stdout)
    assert "No space left on device" in said
    check(status, out, said, same=same, texts=texts)


def test_a_limit_on_the_size_of_files(tmp_path: Path) -> None:
    check(*limited(tmp_path))


def limited(folder: Path) -> tuple[int, str, str, bool, dict[str, str]]:
    for name, text in FILES.items():
        (folder / name).parent.mkdir()
        (folder / name).write_text(text, encoding="utf-8")
    ulimit = f"{NO_BYTECODE}trap '' XFSZ; ulimit -f 16; exec {program('fix-cache-mounts')} ."
    done = run("/bin/bash", "-c", ulimit, folder=folder)
    assert "File too large" in done.stderr
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in FILES}
    return done.returncode, done.stdout, done.stderr, names == set(FILES), texts


def check(status: int, out: str, said: str, same: bool, texts: dict[str, str]) -> None:
    assert texts == WANTED
    assert same, "something was left behind"
    assert status == 2
    assert said.startswith("b/Dockerfile: cannot be repaired: ")
    assert said.count("\n") == 1
    assert out.splitlines()[0] == "Repaired a/Dockerfile: mount pip's cache"
    assert out.splitlines()[1].startswith("b/Dockerfile:2:5: ")
    assert "Repaired c/Dockerfile" in out
    assert "[missing-cache-mount]" in out.splitlines()[1], "what could not be repaired is still found"


def test_a_baseline_is_whole_or_not_there(tmp_path: Path) -> None:
    for number in range(50):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "Dockerfile").write_text(BAD, encoding="utf-8")
    write = f"{program('check-cache-mounts')} --write-baseline ."
    limited = f"{NO_BYTECODE}trap '' XFSZ; ulimit -f 2; exec {write}"
    done = run("/bin/bash", "-c", limited, folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, ".cachemount-baseline.jsonl: cannot be written: File too large\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(map(str, range(50)))


@pytest.mark.parametrize("arguments", [["."], ["--format", "json", "."], ["--explain", "missing-cache-mount"]])
def test_no_room_for_the_output(tmp_path: Path, arguments: list[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("only Linux has /dev/full")
    (tmp_path / "Dockerfile").write_text(BAD, encoding="utf-8")
    command = [program("check-cache-mounts"), *arguments]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "check-cache-mounts: No space left on device\n")
