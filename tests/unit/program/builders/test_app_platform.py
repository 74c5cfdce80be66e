"""Dockerfiles that DigitalOcean's App Platform builds, by kaniko."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.refusals import refusal
from repositories import repository

APP = """name: x
services:
- name: web
  github: {repo: x/y, branch: main}
  source_dir: /app
  http_port: 8080
"""
NAMED = APP.replace("source_dir: /app", "dockerfile_path: app/Dockerfile")
BUTTON = "spec:\n" + "".join(f"  {line}\n" for line in NAMED.splitlines())


def ignored(root: Path, name: str, text: str) -> bool:
    """Return whether new mounts in app/Dockerfile are withheld as kaniko ignores them."""
    repository(root, {"app/Dockerfile": "", name: text})
    found = refusal(str(root / "app" / "Dockerfile"), Config())
    if found is None:
        return False
    assert found.startswith(f"{name} builds it with App Platform's kaniko, which ignores cache mounts")
    return True


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        (".do/app.yaml", APP, True),
        (".do/app.yaml", NAMED, True),
        (".do/app.yaml", NAMED.replace("services", "workers"), True),
        (".do/deploy.template.yaml", BUTTON, True),
        ("app-spec.yml", NAMED, True),
        (".do/app.yaml", NAMED.replace("app/", "web/"), False),
        (".do/app.yaml", APP.replace("http_port: 8080", "environment_slug: node-js"), False),
        (".do/app.yaml", APP.replace("http_port: 8080", "image: {registry_type: DOCR}"), False),
        (".do/app.yaml", APP + "  [\n", False),
        ("values.yaml", "services:\n- name: web\n", False),
    ],
)
def test_a_specification(tmp_path: Path, name: str, text: str, found: bool) -> None:
    assert ignored(tmp_path, name, text) is found


def test_a_button_that_says_nothing_of_the_file(tmp_path: Path) -> None:
    text = "spec:\n  name: x\n  services:\n  - name: x\n    git: {branch: main}\n"
    repository(tmp_path, {"Dockerfile": "", ".do/deploy.template.yaml": text})
    assert refusal(str(tmp_path / "Dockerfile"), Config()) is not None
