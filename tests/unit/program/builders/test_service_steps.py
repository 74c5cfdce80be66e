"""Dockerfiles that steps of Codefresh and Concourse build."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.refusals import refusal
from repositories import repository

CODEFRESH = """version: "1.0"
steps:
  clone: {type: git-clone, repo: x/y}
  all:
    type: parallel
    steps:
      image:
        type: build
        image_name: x/app
        working_directory: ${{clone}}/app
        dockerfile: Dockerfile
"""
CONCOURSE = """resources:
- name: source
  type: git
- name: image
  type: docker-image
jobs:
- name: build
  plan:
  - in_parallel:
    - get: source
  - put: image
    params:
      build: source/app
"""
BY_CODEFRESH = "a build of Codefresh without BuildKit"


def refused(root: Path, name: str, text: str) -> str:
    """Return the builder for which new mounts in app/Dockerfile are refused; "" where they are not."""
    repository(root, {"app/Dockerfile": "", name: text})
    found = refusal(str(root / "app" / "Dockerfile"), Config())
    assert found is None or found.startswith(f"{name} shows a builder")
    return "" if found is None else str(found).rpartition("(")[2].rstrip(")")


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("codefresh.yml", CODEFRESH, BY_CODEFRESH),
        (".codefresh/build.yaml", CODEFRESH, BY_CODEFRESH),
        ("codefresh.yml", CODEFRESH.replace("/app\n", "\n").replace(": Dock", ": ./app/Dock"), BY_CODEFRESH),
        ("codefresh.yml", CODEFRESH + "        buildkit: true\n", ""),
        ("codefresh.yml", CODEFRESH + "        buildx: true\n", ""),
        ("codefresh.yml", CODEFRESH.replace("}}/app", "}}/web"), ""),
        ("codefresh.yml", CODEFRESH.replace("type: build", "type: push"), ""),
        ("codefresh.yml", CODEFRESH + "  }\n", ""),
        ("ci/pipeline.yml", CONCOURSE, "Concourse's docker-image"),
        ("ci/pipeline.yml", CONCOURSE + "      dockerfile: source/app/Dockerfile\n", "Concourse's docker-image"),
        ("ci/pipeline.yml", CONCOURSE + "      docker_buildkit: 1\n", ""),
        ("ci/pipeline.yml", CONCOURSE.replace("source/app", "source/web"), ""),
        ("ci/pipeline.yml", CONCOURSE.replace("docker-image", "registry-image"), ""),
    ],
)
def test_a_step(tmp_path: Path, name: str, text: str, found: str) -> None:
    assert refused(tmp_path, name, text) == found
