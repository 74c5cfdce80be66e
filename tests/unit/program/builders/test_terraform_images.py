"""Dockerfiles that Terraform's provider for Docker builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.refusals import refusal
from repositories import repository

REQUIRED = """terraform {
  required_providers {
    docker = {
      source  = "kreuzwerker/docker"
      version = "~> 2.16.0"
    }
  }
}
"""
IMAGE = """resource "docker_image" "x" {
  name = "x"
  build {
    path = "../app"
    build_arg = {
      a = "b"
    }
  }
}
"""
LOCK = 'provider "registry.terraform.io/kreuzwerker/docker" {\n  version     = "3.5.0"\n  constraints = ">= 2.0.0"\n}\n'
MODERN = REQUIRED.replace("~> 2.16.0", ">= 3.0")


def refused(root: Path, text: str, lock: str = "") -> bool:
    """Return whether new mounts in app/Dockerfile are refused in a repository with this file in infra."""
    repository(root, {"app/Dockerfile": "", "infra/main.tf": text, "infra/.terraform.lock.hcl": lock})
    found = refusal(str(root / "app" / "Dockerfile"), Config())
    assert found is None or found.startswith(
        "infra/main.tf shows a builder that refuses such mounts (Terraform's provider"
    )
    return found is not None


@pytest.mark.parametrize(
    ("text", "lock", "found"),
    [
        (REQUIRED + IMAGE, "", True),
        (REQUIRED + IMAGE.replace('"../app"', '"${path.module}/../app"'), "", True),
        (REQUIRED + IMAGE.replace('"../app"', 'abspath("${path.module}/../app/")'), "", True),
        (REQUIRED + IMAGE.replace('path = "../app"', 'context = ".."\n    dockerfile = "app/Dockerfile"'), "", True),
        (REQUIRED + IMAGE.replace('"../app"', '"app"'), "", True),
        (MODERN + IMAGE, LOCK, True),
        (MODERN + IMAGE.replace("    build_arg", "    use_legacy_builder = true\n    build_arg"), "", True),
        (MODERN + IMAGE, "", False),
        (MODERN + IMAGE.replace("    build_arg", '    builder = "default"\n    build_arg'), LOCK, False),
        (REQUIRED + IMAGE, LOCK.replace("3.5.0", "2.25.0"), False),
        (REQUIRED.replace("2.16.0", "2.16") + IMAGE, "", False),
        (REQUIRED + IMAGE.replace("../app", "../web"), "", False),
        (REQUIRED + IMAGE.replace('"../app"', "var.folder"), "", False),
        (REQUIRED + 'resource "docker_image" "x" {\n  name = "redis"\n}\n', "", False),
    ],
)
def test_an_image(tmp_path: Path, text: str, lock: str, found: bool) -> None:
    assert refused(tmp_path, text, lock) is found
