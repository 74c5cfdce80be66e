"""Dockerfiles that AWS CodeBuild builds in an image with an old Docker."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.refusals import refusal
from repositories import repository

SPECIFICATION = "version: 0.2\nphases:\n  build:\n    commands:\n    - docker build -t $REPOSITORY:latest app\n"
PROJECT = 'resource "aws_codebuild_project" "x" {\n  environment { image = "aws/codebuild/standard:5.0" }\n}\n'


def refused(root: Path, specification: str, project: str) -> bool:
    """Return whether new mounts in app/Dockerfile are refused in a repository with these files."""
    repository(root, {"app/Dockerfile": "", "buildspec.yml": specification, "infra/build.tf": project})
    found = refusal(str(root / "app" / "Dockerfile"), Config())
    assert found is None or found.startswith(
        "buildspec.yml shows a builder that refuses such mounts (docker build in an"
    )
    return found is not None


@pytest.mark.parametrize(
    ("specification", "project", "found"),
    [
        (SPECIFICATION, PROJECT, True),
        (SPECIFICATION, PROJECT.replace("standard:5", "amazonlinux2-x86_64-standard:4"), True),
        (SPECIFICATION, "buildImage: codebuild.LinuxBuildImage.STANDARD_6_0\n", True),
        (SPECIFICATION, "buildImage: codebuild.LinuxBuildImage.AMAZON_LINUX_2_5\n", False),
        (SPECIFICATION, PROJECT.replace("standard:5", "standard:7"), False),
        (SPECIFICATION, "", False),
        (SPECIFICATION + "env:\n  variables: {DOCKER_BUILDKIT: 1}\n", PROJECT, False),
        (SPECIFICATION.replace(" app\n", " web\n"), PROJECT, False),
    ],
)
def test_a_specification(tmp_path: Path, specification: str, project: str, found: bool) -> None:
    assert refused(tmp_path, specification, project) is found
