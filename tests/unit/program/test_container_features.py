"""Which devcontainer.json installs features on the image of a Dockerfile."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.program.context_files import context_files

TEXT = "FROM debian:13\nRUN apt-get update && apt-get install -y git\n"
FEATURES = '"features": {"ghcr.io/devcontainers/features/git-lfs:1": {}}'


@pytest.mark.parametrize(
    ("place", "content", "dockerfile", "found"),
    [
        (".devcontainer/devcontainer.json", f'{{"build": {{"dockerfile": "Dockerfile"}}, {FEATURES}}}', "", True),
        (".devcontainer/devcontainer.json", '{"build": {"dockerfile": "Dockerfile"}, "features": {}}', "", False),
        (".devcontainer/devcontainer.json", f'{{"build": {{"dockerfile": "other"}}, {FEATURES}}}', "", False),
        (".devcontainer/devcontainer.json", f'{{"image": "debian", {FEATURES}}}', "", False),
        (".devcontainer/devcontainer.json", f'{{"dockerFile": "../app/a.image", {FEATURES}}}', "app/a.image", True),
        (".devcontainer/a/devcontainer.json", f'{{"dockerFile": "../../Dockerfile", {FEATURES}}}', "Dockerfile", True),
        ("app/devcontainer.json", f'{{"build": {{"dockerfile": "Dockerfile"}}, {FEATURES}}}', "app/Dockerfile", True),
        (".devcontainer.json", f'{{"build": {{"dockerfile": "Dockerfile"}}, // c\n {FEATURES},}}', "Dockerfile", True),
        (
            ".devcontainer/devcontainer.json",
            f'{{"dockerComposeFile": ["../compose.yaml"], "service": "app", {FEATURES}}}',
            "app/Dockerfile",
            True,
        ),
        (
            ".devcontainer/devcontainer.json",
            f'{{"dockerComposeFile": ["../compose.yaml", "../docker/dev.yml"], "service": "db", {FEATURES}}}',
            "Dockerfile",
            True,
        ),
        (
            ".devcontainer/devcontainer.json",
            f'{{"dockerComposeFile": "../compose.yaml", "service": "db", {FEATURES}}}',
            "app/Dockerfile",
            False,
        ),
    ],
)
def test_features(tmp_path: Path, place: str, content: str, dockerfile: str, found: bool) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "compose.yaml").write_text("services:\n  app:\n    build: app\n  db:\n    image: x\n", encoding="utf-8")
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker" / "dev.yml").write_text("services:\n  db:\n    build: {context: .}\n", encoding="utf-8")
    path = tmp_path / (dockerfile or ".devcontainer/Dockerfile")
    for one in (path, tmp_path / place):
        one.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TEXT, encoding="utf-8")
    (tmp_path / place).write_text(content, encoding="utf-8")
    names = [one.path for one in context_files(str(path), TEXT)]
    assert names == ([place] if found else [])
