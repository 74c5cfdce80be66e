"""Dockerfiles that Ansible's module docker_image builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.refusals import refusal
from repositories import repository

DOCKERFILES = ("Dockerfile", "app/Dockerfile", "app/Dockerfile.web", "db/Dockerfile")
TASK = """- name: image
  community.docker.docker_image:
    name: app
    source: build
    build:
      path: PATH
      dockerfile: FILE
- name: other
  file: {path: db}
"""
OLD = "- docker_image:\n    path: app\n    name: x\n    source: build\n  when: x\n"
SHORT = '- docker_image:\n    name: x\n    build: {path: "{{ playbook_dir }}/../app", pull: true}\n'


def built(root: Path, files: dict[str, str]) -> list[str]:
    repository(root, {**dict.fromkeys(DOCKERFILES, ""), **files})
    told = {one: refusal(str(root / one), Config()) for one in DOCKERFILES}
    assert all("(Ansible's docker_image)" in one for one in told.values() if one)
    return [one for one, why in told.items() if why]


@pytest.mark.parametrize(
    ("task", "found"),
    [
        (TASK.replace("PATH", '"{{ playbook_dir }}/../app"').replace("FILE", "Dockerfile.web"), ["app/Dockerfile.web"]),
        (TASK.replace("PATH", "app").replace("      dockerfile: FILE\n", ""), ["app/Dockerfile"]),
        (TASK.replace("PATH", "/opt/x").replace("FILE", "Dockerfile.web"), ["app/Dockerfile.web"]),
        (TASK.replace("PATH", '"{{ folder }}"').replace("FILE", "db/Dockerfile"), ["db/Dockerfile"]),
        (
            TASK.replace("PATH", '"{{ x }}"').replace("FILE", "Dockerfile"),
            ["Dockerfile", "app/Dockerfile", "db/Dockerfile"],
        ),
        (OLD, ["app/Dockerfile"]),
        (SHORT, ["app/Dockerfile"]),
        (TASK.replace("docker_image:", "docker_image_build:"), []),
        (TASK.replace("source: build\n    build:", "source: pull\n    pull:").replace("PATH", "app"), []),
        ("- docker_image:\n    name: redis\n    source: pull\n- file:\n    path: app\n", []),
    ],
)
def test_a_task(tmp_path: Path, task: str, found: list[str]) -> None:
    assert built(tmp_path, {"deploy/roles/x/tasks/main.yml": task}) == found


def test_a_repository_without_playbooks_is_not_searched(tmp_path: Path) -> None:
    assert built(tmp_path, {"deploy/main.yml": OLD}) == []
