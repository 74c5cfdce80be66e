"""docs/rollout.md, followed word by word on an old repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import case_files
from cachemount import engine
from repositories import ROOT, call, git, places

pytestmark = pytest.mark.slow

COMPOSE = "services:\n  w:\n    build:\n      dockerfile_inline: |\n        FROM node:22\n        RUN npm ci\n"


def old_dockerfiles(folder: Path, wanted: int) -> None:
    """Files with findings, from the case files, spread over services."""
    cases = [case for case in case_files.load_all() if case.text("text") and not case.text("toml")]
    cases = [case for case in cases if not re.search(r"\[un(readable|used)-", case.text("text")) and settles(case)]
    assert len(cases) >= wanted
    for number, case in enumerate(cases[:wanted]):
        file = folder / "services" / "ab"[number % 2] / str(number) / "Dockerfile"
        file.parent.mkdir(parents=True)
        file.write_text(case.text("dockerfile"), encoding="utf-8")


def settles(case: case_files.Case) -> bool:
    """Return whether its repairs bring nothing to light that the first baseline could not have."""
    _, repaired = engine.fix(case.source)
    before = {finding.rule for finding in engine.check(case.source).findings}
    return all(finding.rule in before for finding in repaired.findings)


def test_the_page_on_rolling_it_out(hooks_repository: Path, pre_commit_home: dict[str, str], tmp_path: Path) -> None:
    page = (ROOT / "docs" / "rollout.md").read_text(encoding="utf-8")
    config, compose_hooks = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    freeze, compose, repair = (block.splitlines() for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL))
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    identity = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "t")
    identity |= dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "t@example.org")

    def shell(command: str) -> subprocess.CompletedProcess[str]:
        name, _, rest = command.partition(" ")
        if name in ("check-cache-mounts", "fix-cache-mounts"):
            command = f"{sys.executable} {ROOT / 'hooks' / name.replace('-', '_')}.py {rest}"
        environment = {**pre_commit_home, **identity, "PATH": programs, "PYTHONPATH": str(ROOT / "hooks")}
        return call("sh", "-c", command, folder=tmp_path, environment=environment)

    old_dockerfiles(tmp_path, 200)
    # A repository that has hooks already; pre-commit is particular about changes of this file that are not staged.
    (tmp_path / ".pre-commit-config.yaml").write_text("repos: []\n", encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "old")
    revision = git(hooks_repository, "rev-parse", "HEAD")
    text = config.replace("<the address of this repository>", str(hooks_repository)).replace(
        "<a tag or a full commit id>", revision
    )
    (tmp_path / ".pre-commit-config.yaml").write_text(text, encoding="utf-8")
    assert shell("pre-commit run --all-files check-cache-mounts").returncode != 0

    assert len(freeze) < 5
    for command in freeze:
        done = shell(command)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    assert git(tmp_path, "diff", "--stat", "HEAD~", "--", "services") == ""
    assert shell("pre-commit run --all-files").returncode == 0

    new = tmp_path / "services/b/1/Dockerfile"
    before = new.read_text(encoding="utf-8")
    new.write_text(before + "\nFROM python:3.13\nRUN pip install new-and-bad\n", encoding="utf-8")
    blocked = shell("git commit -a -m bad")
    assert blocked.returncode == 1
    last = len(before.splitlines()) + 3
    assert places(blocked.stdout + blocked.stderr) == {f"services/b/1/Dockerfile:{last}:5"}
    new.write_text(before, encoding="utf-8")

    baseline = tmp_path / ".cachemount-baseline.jsonl"
    frozen = len(baseline.read_text(encoding="utf-8").splitlines())
    assert [shell(command).returncode for command in repair] == [1, 1, 0]
    assert len(baseline.read_text(encoding="utf-8").splitlines()) < frozen
    assert git(tmp_path, "diff", "--stat", "--", "services/b") == ""
    assert shell('git commit -a -m "Cache mounts in service a"').returncode == 0
    assert shell("pre-commit run --all-files").returncode == 0

    (tmp_path / "compose.yaml").write_text(COMPOSE, encoding="utf-8")
    (tmp_path / ".pre-commit-config.yaml").write_text(text + compose_hooks, encoding="utf-8")
    git(tmp_path, "add", "-A")
    assert places(shell("git commit -m compose").stderr) == {"compose.yaml:6:13"}
    assert "files were modified by this hook" in shell(compose[0]).stdout
    done = shell("git commit -a -m compose")
    assert done.returncode == 0, done.stdout + done.stderr
    assert shell(freeze[1]).returncode == 0, "what is in Compose files stays in"
    assert shell("pre-commit run --all-files").returncode == 0
