"""The hooks as pre-commit runs them, in fresh repositories."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from repositories import call, git, places

pytestmark = pytest.mark.slow

BAD = {
    "pip/Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY r.txt ./\nRUN pip install -r r.txt\n",
    "npm/Dockerfile": "FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\n",
    "apt/Dockerfile": "FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
    "go/dev.dockerfile": "FROM golang:1.25\nWORKDIR /src\nCOPY . .\nRUN go build -o /app ./...\n",
}
GOOD = "FROM python:3.13-slim\nRUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install flask==3.0\n"
PLACES = {"pip/Dockerfile:4:5", "npm/Dockerfile:4:5", "apt/Dockerfile:2:5", "go/dev.dockerfile:4:5"}

CONFIG = """\
repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: {hook}
      - id: check-cachemount-config
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {
        **BAD,
        "good/Dockerfile": GOOD,
        "Dockerfile.dockerignore": "*\n",
        "Dockerfile.md": "# x\n",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    return tmp_path


def pre_commit(folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return call(sys.executable, "-m", "pre_commit", *arguments, folder=folder, environment=environment)


def test_try_repo(hooks_repository: Path, pre_commit_home: dict[str, str], project: Path) -> None:
    done = pre_commit(project, pre_commit_home, "try-repo", str(hooks_repository), "check-cache-mounts", "--all-files")
    assert done.returncode == 1, done.stdout + done.stderr
    assert places(done.stdout) == PLACES
    assert "Dockerfile.md" not in done.stdout
    assert {name: (project / name).read_text(encoding="utf-8") for name in BAD} == BAD


def test_prek(hooks_repository: Path, tmp_path_factory: pytest.TempPathFactory, project: Path) -> None:
    revision = git(hooks_repository, "rev-parse", "HEAD")
    text = CONFIG.format(repository=hooks_repository, revision=revision, hook="fix-cache-mounts")
    (project / ".pre-commit-config.yaml").write_text(text, encoding="utf-8")
    git(project, "add", "-A")
    home = {"PREK_HOME": str(tmp_path_factory.mktemp("prek"))}
    done = call(sys.executable, "-m", "prek", "run", "--all-files", folder=project, environment=home)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.count("Repaired ") == len(BAD)
    assert all("--mount=type=cache" in (project / name).read_text(encoding="utf-8") for name in BAD)
    done = call(sys.executable, "-m", "prek", "run", "--all-files", folder=project, environment=home)
    assert done.returncode == 0, done.stdout + done.stderr


def install(project: Path, hooks_repository: Path, environment: dict[str, str], hook: str) -> None:
    revision = git(hooks_repository, "rev-parse", "HEAD")
    text = CONFIG.format(repository=hooks_repository, revision=revision, hook=hook)
    (project / ".pre-commit-config.yaml").write_text(text, encoding="utf-8")
    git(project, "add", "-A")
    done = pre_commit(project, environment, "install")
    assert done.returncode == 0, done.stdout + done.stderr


def commit(project: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    identity = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "t")
    identity |= dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "t@example.org")
    return call("git", "commit", "-q", "-m", "x", folder=project, environment={**environment, **identity})


def test_a_commit_is_blocked(hooks_repository: Path, pre_commit_home: dict[str, str], project: Path) -> None:
    install(project, hooks_repository, pre_commit_home, "check-cache-mounts")
    done = commit(project, pre_commit_home)
    assert done.returncode == 1
    assert places(done.stdout + done.stderr) == PLACES
    assert call("git", "rev-parse", "HEAD", folder=project).returncode != 0, "nothing was committed"
    for name in BAD:
        (project / name).unlink()
    git(project, "add", "-A")
    done = commit(project, pre_commit_home)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_commit_is_repaired_and_passes_at_the_second_try(
    hooks_repository: Path, pre_commit_home: dict[str, str], project: Path
) -> None:
    (project / "pip/Dockerfile").chmod(0o755)
    install(project, hooks_repository, pre_commit_home, "fix-cache-mounts")
    done = commit(project, pre_commit_home)
    assert done.returncode == 1
    assert "Repaired pip/Dockerfile" in done.stdout + done.stderr
    for name in BAD:
        assert "--mount=type=cache" in (project / name).read_text(encoding="utf-8")
    assert (project / "good/Dockerfile").read_text(encoding="utf-8") == GOOD
    assert (project / "pip/Dockerfile").stat().st_mode & 0o777 == 0o755
    git(project, "add", "-A")
    done = commit(project, pre_commit_home)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_mistake_in_the_configuration_blocks(
    hooks_repository: Path, pre_commit_home: dict[str, str], project: Path
) -> None:
    (project / ".cachemount.toml").write_text("disable = ['missing-cache-mont']\n", encoding="utf-8")
    install(project, hooks_repository, pre_commit_home, "check-cache-mounts")
    done = commit(project, pre_commit_home)
    assert done.returncode == 1
    assert "did you mean `missing-cache-mount`?" in done.stdout + done.stderr


def test_an_old_repository_takes_up_the_check(
    hooks_repository: Path, pre_commit_home: dict[str, str], project: Path
) -> None:
    install(project, hooks_repository, pre_commit_home, "check-cache-mounts")
    config = project / ".pre-commit-config.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "      - id: write-cachemount-baseline\n", encoding="utf-8")
    git(project, "add", "-A")
    assert commit(project, pre_commit_home).returncode == 1

    run = ("run", "--hook-stage", "manual", "write-cachemount-baseline")
    written = pre_commit(project, pre_commit_home, *run)
    assert written.returncode == 0, written.stdout + written.stderr
    assert "Wrote .cachemount-baseline.jsonl: 4 findings" in written.stdout
    git(project, "add", "-A")
    green = commit(project, pre_commit_home)
    assert green.returncode == 0, green.stdout + green.stderr

    old = project / "pip/Dockerfile"
    old.write_text("# moved down\n\n" + BAD["pip/Dockerfile"] + "RUN pip install gunicorn\n", encoding="utf-8")
    git(project, "add", "-A")
    blocked = commit(project, pre_commit_home)
    assert blocked.returncode == 1
    assert places(blocked.stderr) == {"pip/Dockerfile:7:5"}


COMPOSE = "services:\n  w:\n    build:\n      dockerfile_inline: |\n        FROM node:22\n        RUN npm ci\n"


def test_a_compose_file_is_repaired(hooks_repository: Path, pre_commit_home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(COMPOSE, encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    install(tmp_path, hooks_repository, pre_commit_home, "fix-compose-cache-mounts")
    done = commit(tmp_path, pre_commit_home)
    assert done.returncode == 1
    assert "Repaired compose.yaml" in done.stdout + done.stderr
    mount = "RUN --mount=type=cache,target=/root/.npm \\\n            npm ci"
    assert (tmp_path / "compose.yaml").read_text(encoding="utf-8") == COMPOSE.replace("RUN npm ci", mount)
    git(tmp_path, "add", "-A")
    done = commit(tmp_path, pre_commit_home)
    assert done.returncode == 0, done.stdout + done.stderr
