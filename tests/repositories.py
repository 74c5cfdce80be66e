"""Git repositories for tests: this one, committed, for the programs that install hooks from it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def call(*command: str, folder: Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    # Run from inside another hook, git would use that hook's repository.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        command, cwd=folder, env={**clean, **(environment or {})}, capture_output=True, text=True, check=False
    )


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    done = call("git", *identity, *arguments, folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def places(output: str) -> set[str]:
    """`path:line:column` of the findings."""
    return {":".join(line.split(":")[:3]) for line in output.splitlines() if line.endswith("[missing-cache-mount]")}


@pytest.fixture(scope="session")
def hooks_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Commit this working tree to a repository."""
    folder = tmp_path_factory.mktemp("hooks") / "cachemount"
    ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", "*.egg-info", ".*_cache", ".hypothesis", "build")
    shutil.copytree(ROOT, folder, ignore=ignored)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x")
    return folder


@pytest.fixture(scope="session")
def pre_commit_home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {"PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit"))}


def repository(root: Path, files: dict[str, str]) -> None:
    """Let a repository begin in a folder, with files of these texts by their paths from there."""
    (root / ".git").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def withheld(root: Path, files: dict[str, str], text: str, name: str = "ci/Dockerfile") -> str:
    """Return why the fix of the one finding in a Dockerfile of a repository is not safe; "" where it is."""
    from cachemount import engine
    from cachemount.program.surroundings import with_surroundings
    from cachemount.source import Source

    repository(root, {name: text, **files})
    (found,) = engine.check(with_surroundings(Source(path=str(root / name), text=text))).findings
    assert found.fix is not None
    return found.fix.withheld
