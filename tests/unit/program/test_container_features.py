"""Which devcontainer.json installs features on the image of a Dockerfile."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount import engine
from cachemount.program.context_files import context_files
from cachemount.program.surroundings import with_surroundings
from cachemount.source import Source
from repositories import repository

TEXT = "FROM debian:13\nRUN apt-get update && aptitude install -y git\n"
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


STAGES = """FROM debian:13 AS tools
RUN apt-get update && aptitude install -y git
FROM alpine AS production
FROM tools AS development
"""
IMAGE = f'{{"image": "ghcr.io/team/app:development", {FEATURES}}}'
SERVICE = f'{{"dockerComposeFile": "../dev.yaml", "service": "dev", {FEATURES}}}'
COMPOSE = """x-app: &app
  image: ${IMAGE:-ghcr.io/team/app:development}
services:
  dev:
    <<: *app
  db:
    image: x
"""
ACTION = """on: push
jobs:
  build:
    steps:
      - uses: docker/build-push-action@v6
        with:
          target: {}
          tags: ghcr.io/team/app:{}
"""
MADE = "build:\n\tdocker build --target {} -t {} .\n"
PUSHED = ".github/workflows/build.yaml"


def withheld(root: Path, files: dict[str, str]) -> str:
    """Return why the fix of the stages is withheld in a repository with these files; "" where it is not."""
    repository(root, {"Dockerfile": STAGES, **files})
    fix = engine.check(with_surroundings(Source(path=str(root / "Dockerfile"), text=STAGES))).findings[0].fix
    assert fix is not None
    return str(fix.withheld)


@pytest.mark.parametrize(
    ("container", "name", "content", "found"),
    [
        (IMAGE, PUSHED, ACTION.format("development", "development"), True),
        (SERVICE, PUSHED, ACTION.format("development", "development"), True),
        (SERVICE, PUSHED, ACTION.format("production", "latest"), False),
        (SERVICE, PUSHED, ACTION.format("development", "1").replace("team/app", "team/other"), False),
        (SERVICE.replace('"dev"', '"db"'), PUSHED, ACTION.format("development", "1"), False),
        (IMAGE, "Makefile", MADE.format("development", "team/app"), True),
        (IMAGE, "Makefile", MADE.format("production", "team/app"), False),
        (IMAGE.replace("ghcr.io/team/app", "app"), "Makefile", MADE.format("development", "app"), True),
        (IMAGE.replace("ghcr.io/team/app", "app"), PUSHED, ACTION.format("development", "1"), False),
        (IMAGE, "compose.yaml", "services:\n  a:\n    image: team/app\n    build: .\n", True),
        (IMAGE, "docker-bake.hcl", 'target "a" {\n  tags = ["ghcr.io/team/app:1"]\n}\n', True),
        (IMAGE.replace("ghcr.io/team/app", "debian"), "Makefile", MADE.format("development", "debian"), False),
        (IMAGE, "notes.txt", MADE.format("development", "team/app"), False),
    ],
)
def test_features_on_an_image_of_the_repository(
    tmp_path: Path, container: str, name: str, content: str, found: bool
) -> None:
    files = {".devcontainer/devcontainer.json": container, "dev.yaml": COMPOSE, name: content}
    said = withheld(tmp_path, files)
    assert said.startswith("the features in line 1 of .devcontainer/devcontainer.json") is found
    assert bool(said) is found


def test_a_compose_file_that_cannot_be_read(tmp_path: Path) -> None:
    files = {
        ".devcontainer/devcontainer.json": SERVICE,
        "dev.yaml": "image: [",
        "Makefile": MADE.format("", "team/app"),
    }
    assert not withheld(tmp_path, files)


INSTALL = "sudo apt-get update && sudo apt-get install -y zsh"


@pytest.mark.parametrize(
    ("line", "script", "found"),
    [
        (f'"postCreateCommand": "{INSTALL}"', "", True),
        ('"onCreateCommand": ["apt-get", "install", "-y", "zsh"]', "", True),
        (f'"postStartCommand": {{"a": "true", "b": "{INSTALL}"}}', "", True),
        ('"onCreateCommand": "bash .devcontainer/set_up.sh"', INSTALL, True),
        ('"postAttachCommand": "${containerWorkspaceFolder}/.devcontainer/set_up.sh"', INSTALL, True),
        ('"onCreateCommand": ".devcontainer/set_up.sh"', "npm ci\n", False),
        ('"onCreateCommand": ".devcontainer/set_up.sh"', f"{INSTALL}\napt-get clean\n", False),
        (f'"initializeCommand": "{INSTALL}"', "", False),
        (f'// "postCreateCommand": "{INSTALL}"\n  "name": "a"', "", False),
        ('"postCreateCommand": {"a": null}', "", False),
    ],
)
@pytest.mark.parametrize("begins", ['"image": "team/app"', '"build": {"dockerfile": "../Dockerfile"}'])
def test_commands_of_a_container(tmp_path: Path, begins: str, line: str, script: str, found: bool) -> None:
    container = f'{{\n  // "onCreateCommand": "",\n  {line},\n  {begins}\n}}\n'
    files = {".devcontainer/devcontainer.json": container, ".devcontainer/set_up.sh": script or "true\n"}
    said = withheld(tmp_path, {**files, "Makefile": MADE.format("development", "team/app")})
    assert said.startswith("line 3 of .devcontainer/devcontainer.json installs packages when the image runs") is found
    # People work in it in any case.
    assert bool(said)


@pytest.mark.parametrize(("stage", "found"), [("development", True), ("production", False)])
def test_commands_in_a_container_of_one_stage(tmp_path: Path, stage: str, found: bool) -> None:
    build = f'"build": {{"dockerfile": "../Dockerfile", "target": "{stage}"}}'
    container = f'{{"postCreateCommand": "{INSTALL}",\n {build}}}'
    assert bool(withheld(tmp_path, {".devcontainer/devcontainer.json": container})) is found


def test_features_count_before_commands(tmp_path: Path) -> None:
    build = '"build": {"dockerfile": "../../Dockerfile", "target": "development"}'
    files = {
        ".devcontainer/a/devcontainer.json": f'{{"postCreateCommand": "{INSTALL}", {build}}}',
        ".devcontainer/b/devcontainer.json": f"{{{FEATURES}, {build}}}",
    }
    assert withheld(tmp_path, files).startswith("the features in line 1 of .devcontainer/b/devcontainer.json")
