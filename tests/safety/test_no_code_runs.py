"""Nothing of a checked repository is run or imported, no network is used, nothing is written but the files given."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from programs import BAD, GOOD, run
from recording import Event, prepare, recorded

from repositories import call, git

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="needs programs of a POSIX system")]

TRAP = "import os\nopen(os.environ['TRAP'], 'a').write(__file__ + '\\n')\n"
MODULES = (
    *("sitecustomize.py", "usercustomize.py", "setup.py", "conftest.py", "check_cache_mounts.py", "hooks/__init__.py"),
    *("tomli.py", "tomllib.py", "tree_sitter.py", "tree_sitter_bash.py", "dockerfile_parse/__init__.py"),
    *("ruamel/__init__.py", "typing_extensions.py", "json.py", "argparse.py", "re.py", "subprocess.py", "difflib.py"),
    *("tempfile.py", "fcntl.py", "multiprocessing/__init__.py", "concurrent/__init__.py"),
)
COMPOSE = "services:\n  w:\n    build:\n      dockerfile_inline: |\n        FROM node:22\n        RUN npm ci\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make a repository in which everything is a trap that says in $TRAP that it went off."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    for name in (*MODULES, "cachemount.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(TRAP, encoding="utf-8")
    script = f'#!/bin/sh\necho "$0" >> {tmp_path / "trap"}\n'
    for name in ("git", "python", "python3", "docker", "evil", ".git/hooks/post-index-change", ".git/hooks/pre-commit"):
        (folder / name).write_text(script, encoding="utf-8")
        (folder / name).chmod(0o755)
    for name, text in {
        "Dockerfile": BAD + "COPY cachemount.py json.py ./\nRUN ./evil && python setup.py\n",
        "compose.yaml": COMPOSE,
        ".cachemount.toml": "disable = ['unlocked-cache']\n",
        "pyproject.toml": "[build-system]\nrequires = []\nbuild-backend = 'json'\nbackend-path = ['.']\n",
        "setup.cfg": "[options.entry_points]\nconsole_scripts = check-cache-mounts = json:main\n",
        ".gitattributes": "* filter=evil diff=evil merge=evil\n",
        ".devcontainer/devcontainer.json": '{"build": {"dockerfile": "dev"}, "postCreateCommand": "../evil"}',
        ".devcontainer/dev": BAD,
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "add", "-A", "-f", ".")
    evil = folder / "evil"
    with (folder / ".git" / "config").open("a", encoding="utf-8") as file:
        file.write(
            f"[core]\nfsmonitor = {evil}\nhooksPath = .git/hooks\nsshCommand = {evil}\npager = {evil}\n"
            f"alternateRefsCommand = {evil}\neditor = {evil}\n[pager]\nls-files = {evil}\n"
            f'[alias]\nls-files = !{evil}\n[filter "evil"]\nclean = {evil}\nsmudge = {evil}\nprocess = {evil}\n'
            f"[diff]\nexternal = {evil}\n[protocol]\nallow = always\n"
        )
    (tmp_path / "trap").unlink(missing_ok=True)  # What git ran here.
    return folder


def fill(repository: Path) -> dict[str, str]:
    return {"TRAP": str(repository.parent / "trap"), "PATH": f".:{repository}x::{os.environ['PATH']}"}


COMMANDS = (
    ("check-cache-mounts", "."),
    ("check-cache-mounts", "--format", "full", "--color", "always", "Dockerfile"),
    ("check-cache-mounts", "--jobs", "2", ".", "Dockerfile", "evil"),
    ("check-compose-cache-mounts", "."),
    ("check-cachemount-config",),
    ("fix-cache-mounts", "--diff", "."),
    ("fix-cache-mounts", "."),
    ("fix-compose-cache-mounts", "."),
)
WRITTEN = {COMMANDS[-2]: {"Dockerfile", ".devcontainer/dev"}, COMMANDS[-1]: {"compose.yaml"}}


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_a_program_does(repository: Path, command: tuple[str, ...]) -> None:
    environment = fill(repository) | prepare(repository.parent / "site")
    before = contents(repository)
    done = run(*command, folder=repository, environment=environment)
    assert done.returncode in (0, 1), done.stderr
    assert not (repository.parent / "trap").exists(), (repository.parent / "trap").read_text(encoding="utf-8")
    events = list(recorded(repository.parent / "site"))
    assert len(events) > 100
    assert [one for one in events if one.name.startswith("socket.")] == []
    # Python code that is run comes from Python and from the packages, never from the repository.
    assert [one for one in events if one.name == "exec" and str(repository) in str(one.arguments)] == []
    started = [one for one in events if one.name in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system")]
    assert {str(one.arguments[0]) for one in started} <= {shutil.which("git")}
    folders = {repository / ".devcontainer", repository}
    written = {place(one) for one in events if writes(one)}
    assert all(path in folders or path.parent in folders or path == Path(os.devnull) for path in written), written
    after = contents(repository)
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert changed == WRITTEN.get(command, set())


def writes(event: Event) -> bool:
    if event.name == "open":
        mode, flags = event.arguments[1], event.arguments[2]
        by_mode = isinstance(mode, str) and any(one in mode for one in "wax+")
        return by_mode or (isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)))
    return event.name in ("os.rename", "os.remove", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.rmdir")


def place(event: Event) -> Path:
    name = event.arguments[0]
    # A name below a folder that is held is recorded without the folder, and descriptors without a name.
    return Path(event.folder) / name if isinstance(name, str) else Path(os.devnull)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_that_looks_like_a_bare_repository(repository: Path) -> None:
    """It can be committed, unlike .git, so a clone may hold one whose configuration names programs."""
    bare = repository / "bare"
    shutil.copytree(repository / ".git", bare)
    with (bare / "config").open("a", encoding="utf-8") as file:
        file.write("[core]\nbare = false\nworktree = .\n")
    (bare / "Dockerfile").write_text(BAD, encoding="utf-8")
    done = run("fix-cache-mounts", "bare", folder=repository, environment=fill(repository))
    assert done.returncode == 1, done.stderr
    assert not (repository.parent / "trap").exists()
    assert (bare / "Dockerfile").read_text(encoding="utf-8") == GOOD


def test_a_partial_clone_fetches_nothing(tmp_path: Path) -> None:
    """Listing the files of a sparse index needs trees; where they lack, the repository names who gets them."""
    clone = tmp_path / "clone"
    for name in ("a/Dockerfile", "b/Containerfile"):
        (clone / name).parent.mkdir(parents=True)
        (clone / name).write_text(BAD, encoding="utf-8")
    git(clone, "init", "-q")
    git(clone, "add", "-A")
    git(clone, "commit", "-q", "-m", "x")
    git(clone, "sparse-checkout", "set", "--cone", "--sparse-index", "a")
    lacking = git(clone, "rev-parse", "HEAD:b")
    (clone / ".git" / "objects" / lacking[:2] / lacking[2:]).unlink()
    evil = tmp_path / "evil"
    trap = tmp_path / "trap"
    evil.write_text(f"#!/bin/sh\necho run >> {trap}\n", encoding="utf-8")
    evil.chmod(0o755)
    for name, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::{evil}",
        "protocol.ext.allow": "always",
    }.items():
        git(clone, "config", name, value)
    call("git", "ls-files", folder=clone)
    assert trap.exists(), "git itself runs it"
    trap.unlink()
    done = run("check-cache-mounts", ".", folder=clone)
    assert (done.returncode, trap.exists()) == (1, False), done.stderr
    assert "a/Dockerfile:2:5" in done.stdout


def test_the_module_by_name_takes_nothing_else_from_the_folder(repository: Path) -> None:
    """`python -m cachemount` looks for `cachemount` itself in the folder first; with -I or -P it does not."""
    hijacked = run(sys.executable, "-m", "cachemount", ".", folder=repository, environment=fill(repository))
    trap = repository.parent / "trap"
    assert "cachemount.py" in trap.read_text(encoding="utf-8"), hijacked.stderr
    trap.unlink()
    done = run(sys.executable, "-I", "-m", "cachemount", ".", folder=repository, environment=fill(repository))
    assert (done.returncode, trap.exists()) == (1, False), done.stderr
    (repository / "cachemount.py").unlink()
    for name in ("re.py", "sitecustomize.py", "usercustomize.py"):
        (repository / name).unlink()
    done = run(sys.executable, "-m", "cachemount", ".", folder=repository, environment=fill(repository))
    assert (done.returncode, trap.exists()) == (1, False), trap.read_text(encoding="utf-8") if trap.exists() else ""


def test_a_program_of_the_folder_is_not_taken_for_git(repository: Path) -> None:
    only_here = {"PATH": ".", "TRAP": str(repository.parent / "trap")}
    assert run("check-cache-mounts", ".", folder=repository, environment=only_here).returncode == 1
    assert not (repository.parent / "trap").exists()
