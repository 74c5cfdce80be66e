"""Links: a repair is made in the repository only, whatever leads out of it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from programs import BAD, GOOD, program, run

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="needs symbolic links")]

LEAVES = "cannot be repaired: it is a link that leaves the repository"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make a repository beside a folder `outside`, which holds a Dockerfile."""
    put(tmp_path / "outside" / "Dockerfile")
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    return tmp_path / "repository"


def put(file: Path) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_text(BAD, encoding="utf-8")
    return file


def link(repository: Path, name: str, target: str) -> None:
    (repository / name).symlink_to(target.format(top=repository.parent))


def tree(folder: Path) -> dict[str, str]:
    """Return what is in every file and link."""
    return {
        str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


@pytest.mark.parametrize(
    ("links", "given"),
    [
        ({"Dockerfile": "../outside/Dockerfile"}, "Dockerfile"),
        ({"Dockerfile": "{top}/outside/Dockerfile"}, "Dockerfile"),
        ({"Dockerfile": "one", "one": "two", "two": "../outside/Dockerfile"}, "Dockerfile"),
        ({"folder": "../outside"}, "folder/Dockerfile"),
        ({"folder": "{top}/outside"}, "folder/Dockerfile"),
        ({"folder": "other", "other": "../outside"}, "folder/Dockerfile"),
        ({"folder": "..", "Dockerfile": "folder/outside/Dockerfile"}, "Dockerfile"),
        ({"folder": ".."}, "folder/outside/Dockerfile"),
    ],
)
def test_a_link_that_leaves_is_refused(repository: Path, links: dict[str, str], given: str) -> None:
    for name, target in links.items():
        link(repository, name, target)
    before = tree(repository.parent)
    done = run("fix-cache-mounts", given, folder=repository)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{given}: {LEAVES}, to ")
    assert done.stderr.count("\n") == 1
    assert "[missing-cache-mount]" in done.stdout, "it is still checked"
    assert tree(repository.parent) == before


def test_folders_are_not_walked_through_links(repository: Path) -> None:
    link(repository, "folder", "../outside")
    before = tree(repository.parent)
    done = run("fix-cache-mounts", ".", folder=repository)
    assert (done.returncode, done.stdout, done.stderr) == (0, "No Dockerfiles were found in this folder.\n", "")
    assert tree(repository.parent) == before


def test_a_link_inside_is_followed_and_the_mode_stays(repository: Path) -> None:
    target = put(repository / "real" / "file")
    target.chmod(0o751)
    link(repository, "alias", "real")
    link(repository, "Dockerfile", "alias/file")
    done = run("fix-cache-mounts", "Dockerfile", folder=repository)
    assert (done.returncode, done.stderr) == (1, "")
    assert (repository / "Dockerfile").is_symlink()
    assert target.read_text(encoding="utf-8") == GOOD
    assert stat.S_IMODE(target.stat().st_mode) == 0o751


@pytest.mark.parametrize("target", ["nowhere", "Dockerfile", "../outside/nowhere", "/proc/self/mem", "/dev/zero"])
def test_links_to_nothing_to_themselves_and_to_devices(repository: Path, target: str) -> None:
    link(repository, "Dockerfile", target)
    put(repository / "other.Dockerfile")
    done = run("fix-cache-mounts", "Dockerfile", "other.Dockerfile", folder=repository)
    assert done.returncode == 2
    assert done.stderr.startswith("Dockerfile: ")
    assert done.stderr.count("\n") == 1
    assert (repository / "other.Dockerfile").read_text(encoding="utf-8") == GOOD
    assert not (repository.parent / "outside" / "nowhere").exists()


def test_the_repositorys_own_git_folder_is_not_written(repository: Path) -> None:
    put(repository / ".git" / "hooks")
    link(repository, "Dockerfile", ".git/hooks")
    assert run("fix-cache-mounts", "Dockerfile", folder=repository).stderr.startswith(f"Dockerfile: {LEAVES}")
    assert (repository / ".git" / "hooks").read_text(encoding="utf-8") == BAD


def test_a_hard_link_is_cut_so_that_the_other_name_keeps_the_old_text(repository: Path) -> None:
    """Nobody can tell where the other name is: it may be outside."""
    (repository / "Dockerfile").hardlink_to(repository.parent / "outside" / "Dockerfile")
    assert run("fix-cache-mounts", "Dockerfile", folder=repository).returncode == 1
    assert (repository / "Dockerfile").read_text(encoding="utf-8") == GOOD
    assert (repository.parent / "outside" / "Dockerfile").read_text(encoding="utf-8") == BAD


def test_a_baseline_that_a_configuration_puts_outside_is_refused(repository: Path) -> None:
    put(repository / "Dockerfile")
    link(repository, "elsewhere", "..")
    for place in ("../outside/b.jsonl", str(repository.parent / "b.jsonl"), "elsewhere/b.jsonl"):
        (repository / ".cachemount.toml").write_text(f"baseline = '{place}'\n", encoding="utf-8")
        before = tree(repository.parent)
        done = run("check-cache-mounts", "--write-baseline", ".", folder=repository)
        assert done.returncode == 2
        assert done.stderr == f".cachemount.toml: `baseline` leaves the repository: {place}\n"
        assert tree(repository.parent) == before


@pytest.mark.parametrize("what", ["folder", "folder/Dockerfile"])
def test_a_link_that_is_swapped_in_meanwhile(repository: Path, what: str) -> None:
    """Another thread swaps a folder, or the file in it, for a link to the outside, while the program runs 6 times."""
    file = put(repository / "folder" / "Dockerfile")
    outside = repository.parent / "outside"
    link(repository, "link", str(outside if what == "folder" else outside / "Dockerfile"))
    place, away, lure = repository / what, repository / "away", repository / "link"
    stop = threading.Event()
    swaps = 0

    def swap() -> None:
        nonlocal swaps
        while not stop.is_set():
            place.rename(away)
            lure.rename(place)
            place.rename(lure)
            away.rename(place)
            swaps += 1

    thread = threading.Thread(target=swap)
    thread.start()
    seen = set()
    try:
        for _ in range(6):
            done = run("fix-cache-mounts", "folder/Dockerfile", folder=repository)
            seen.add(done.returncode)
            assert "Traceback" not in done.stderr
            assert sorted(path.name for path in outside.iterdir()) == ["Dockerfile"]
            assert (outside / "Dockerfile").read_text(encoding="utf-8") == BAD
    finally:
        stop.set()
        thread.join()
    assert swaps > 100
    assert seen <= {0, 1, 2}
    for place_of_file in (file, away):
        if place_of_file.is_file() and not place_of_file.is_symlink():
            assert place_of_file.read_text(encoding="utf-8") in (BAD, GOOD)


def test_a_folder_is_swapped_at_the_worst_moment(repository: Path) -> None:
    """Right after the program has looked where the file really is: the profile function below is the attacker."""
    put(repository / "folder" / "Dockerfile")
    outside = repository.parent / "outside"
    # The very file is there under the name outside, so that comparing files would not find out.
    (outside / "Dockerfile").unlink()
    (outside / "Dockerfile").hardlink_to(repository / "folder" / "Dockerfile")
    attacker = repository.parent / "site"
    attacker.mkdir()
    (attacker / "sitecustomize.py").write_text(ATTACKER, encoding="utf-8")
    environment = {"PYTHONPATH": str(attacker), "REPOSITORY": str(repository), "OUTSIDE": str(outside)}
    command = [program("fix-cache-mounts"), "folder/Dockerfile"]
    done = subprocess.run(
        command, cwd=repository, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert (repository / "folder").is_symlink(), done.stderr
    assert done.returncode == 2
    assert done.stderr == "folder/Dockerfile: cannot be repaired: Not a directory\n"
    assert [path.name for path in outside.iterdir()] == ["Dockerfile"]
    assert (outside / "Dockerfile").read_text(encoding="utf-8") == BAD


ATTACKER = """\
import os, sys

def watch(frame, event, argument):
    if event == "return" and frame.f_code.co_name == "_target":
        sys.setprofile(None)
        folder = os.path.join(os.environ["REPOSITORY"], "folder")
        os.rename(folder, folder + ".away")
        os.symlink(os.environ["OUTSIDE"], folder)

sys.setprofile(watch)
"""
