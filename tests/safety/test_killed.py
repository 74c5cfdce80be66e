"""A run that is killed leaves each file old or new, and the next run leaves nothing of it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from programs import BAD, GOOD, program, run

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")]

HERE = Path(__file__).parent
PADDING = "# " + "x" * 1000 + "\n"


def test_at_every_moment_of_a_write(tmp_path: Path) -> None:
    template = tmp_path / "template"
    template.mkdir()
    for number in range(2):
        (template / f"Dockerfile.{number}").write_text(BAD, encoding="utf-8")
    done = run(sys.executable, str(HERE / "killing.py"), str(template), str(tmp_path / "files"), folder=tmp_path)
    *wrong, moments = done.stdout.splitlines()[-20:] or [done.stderr]
    assert not [line for line in wrong if line.startswith("moment")], done.stdout
    # Before and after opening, writing, syncing and renaming, twice.
    assert moments.isdigit(), done.stderr
    assert int(moments) > 40


def test_at_moments_of_chance(tmp_path: Path) -> None:
    """Large files, several processes, and a clock instead of a call: in the middle of a write as well."""
    old = {f"{number}/Dockerfile": BAD + PADDING * 500 + BAD for number in range(20)}
    mended = dict.fromkeys(old, GOOD + PADDING * 500 + GOOD)
    seed = random.randrange(1 << 30)
    chance = random.Random(seed)
    put(tmp_path, old)
    run("fix-cache-mounts", "--jobs", "2", ".", folder=tmp_path)
    assert texts(tmp_path, old) == mended
    mixed = rounds = 0
    # On a busy machine a run may be over before the kill comes; one in its middle is wanted.
    while rounds < 5 or (not mixed and rounds < 25):
        rounds += 1
        shutil.rmtree(tmp_path)
        put(tmp_path, old)
        process = subprocess.Popen(
            [program("fix-cache-mounts"), "--jobs", "2", "."],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        # From the first repair on: how long it takes to get there says nothing.
        while texts(tmp_path, old) == old and process.poll() is None:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.02))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        # On a busy machine one of its processes may still hold its file, which the next run then leaves alone.
        wait_for_group(process.pid)
        found = texts(tmp_path, old)
        wrong = [name for name, text in found.items() if text not in (old[name], mended[name])]
        assert not wrong, f"seed {seed}"
        mixed += found not in (old, mended)
        run("fix-cache-mounts", ".", folder=tmp_path)
        assert texts(tmp_path, old) == mended, f"seed {seed}"
        names = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
        assert names == set(old), f"seed {seed}"
    assert mixed, f"no kill came in the middle of the work: seed {seed}"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_the_one_that_was_killed(tmp_path: Path, sent: signal.Signals) -> None:
    put(tmp_path, {f"{number:04}/Dockerfile": BAD for number in range(2000)})
    process = subprocess.Popen(
        [program("check-cache-mounts"), "--jobs", "3", "."],
        cwd=tmp_path,
        # Nobody reads what it prints, so it cannot come to its end.
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    # Once it has printed, all of its processes are at work.
    assert process.stdout is not None
    process.stdout.read(1)
    helpers = descendants(process.pid)
    assert len(helpers) == 3
    os.kill(process.pid, sent)
    process.wait()
    until = time.monotonic() + 20
    while any(Path(f"/proc/{helper}").exists() for helper in helpers) and time.monotonic() < until:
        time.sleep(0.01)
    assert [helper for helper in helpers if Path(f"/proc/{helper}").exists()] == []
    process.stdout.close()


def wait_for_group(group: int) -> None:
    """Wait until no process of the group is left, for 20 s at most."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.002)


def descendants(process: int) -> list[int]:
    """Return the processes that a process has started, and those that they have."""
    found = children(process)
    for one in found:
        found += children(one)
    return found


def children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace kills between system calls; the others still run")
@pytest.mark.parametrize("call", ["write", "fsync", "/^rename", "/^f?chmod", "/^f?chown", "flock"])
def test_at_a_system_call(tmp_path: Path, call: str) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text(BAD, encoding="utf-8")
    # The first write of the run is to the temporary file: what it prints comes later.
    inject = ("-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when=1")
    strace = str(shutil.which("strace"))
    done = run(strace, "-f", "-qq", *inject, program("fix-cache-mounts"), "Dockerfile", folder=tmp_path)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert file.read_text(encoding="utf-8") in (BAD, GOOD)
    assert run("fix-cache-mounts", ".", folder=tmp_path).returncode in (0, 1)
    assert file.read_text(encoding="utf-8") == GOOD
    assert list(tmp_path.iterdir()) == [file]


def test_a_leftover_is_no_dockerfile_and_a_file_in_use_stays(tmp_path: Path) -> None:
    import fcntl

    (tmp_path / "Dockerfile").write_text(BAD, encoding="utf-8")
    leftover, in_use = (tmp_path / f".cachemount-{name}.tmp" for name in ("0123456789ab", "ba9876543210"))
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.write_text(BAD, encoding="utf-8")
    linked = tmp_path / ".cachemount-link.tmp"
    linked.symlink_to(outside)
    for path in (leftover, in_use):
        path.write_text(BAD, encoding="utf-8")
    done = run("check-cache-mounts", ".", folder=tmp_path)
    assert "1 finding in 1 file" in done.stdout
    with in_use.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert run("fix-cache-mounts", ".", folder=tmp_path).returncode == 1
    assert not leftover.exists()
    assert in_use.exists()
    assert outside.read_text(encoding="utf-8") == BAD


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupted_run_says_nothing_and_leaves_nothing(tmp_path: Path, jobs: str) -> None:
    old = {f"{number}/Dockerfile": BAD + PADDING * 500 + BAD for number in range(60)}
    for _ in range(10):
        put(tmp_path, old)
        process = subprocess.Popen(
            [program("fix-cache-mounts"), "--jobs", jobs, "."],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        # As soon as it has begun to write.
        deadline = time.monotonic() + 30
        while texts(tmp_path, {"0/Dockerfile": ""})["0/Dockerfile"] == old["0/Dockerfile"]:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
        if process.returncode != 1:
            break  # Else it was done before the signal came, as on a busy machine.
    assert process.returncode == 130, said
    assert said == ""
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"Dockerfile"}


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_middle_of_a_write_waits_for_its_end(tmp_path: Path, ending: signal.Signals) -> None:
    (tmp_path / "Dockerfile").write_text(BAD, encoding="utf-8")
    done = run(sys.executable, str(HERE / "ending.py"), str(int(ending)), folder=tmp_path)
    assert done.returncode in (130, -ending), done.stderr
    assert texts(tmp_path, {"Dockerfile": ""}) == {"Dockerfile": GOOD}
    assert [path.name for path in tmp_path.iterdir()] == ["Dockerfile"]


def put(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def texts(folder: Path, files: dict[str, str]) -> dict[str, str]:
    return {name: (folder / name).read_text(encoding="utf-8") for name in files}
