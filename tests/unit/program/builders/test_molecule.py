"""Dockerfiles that Molecule's driver for Docker builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.refusals import refusal
from repositories import repository

SCENARIO = """driver:
  name: docker
platforms:
- name: one
  image: debian:13
"""
PREPARED = SCENARIO + "  pre_build_image: true\n"


def refused(root: Path, text: str, scenario: str = "molecule/default/molecule.yml") -> bool:
    """Return whether new mounts are refused in the template of a scenario."""
    template = "molecule/default/Dockerfile.j2"
    repository(root, {template: "", scenario: text})
    found = refusal(str(root / template), Config())
    if found is None:
        return False
    assert found.startswith(f"{scenario} shows a builder that refuses such mounts (Molecule's driver for Docker)")
    return True


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (SCENARIO, True),
        (SCENARIO.replace("driver:\n  name: docker", "driver: {name: docker}"), True),
        (PREPARED + "- name: two\n  image: alpine:3\n", True),
        (PREPARED, False),
        (SCENARIO + "  dockerfile: ../other/Dockerfile.j2\n", False),
        (SCENARIO.replace("docker", "podman"), False),
        (SCENARIO.replace("docker", "default"), False),
        ("platforms: [\n" + SCENARIO, False),
    ],
)
def test_a_scenario(tmp_path: Path, text: str, found: bool) -> None:
    assert refused(tmp_path, text) is found


def test_the_template_of_another_scenario(tmp_path: Path) -> None:
    text = SCENARIO + "  dockerfile: ../default/Dockerfile.j2\n"
    assert refused(tmp_path, text, "molecule/other/molecule.yml")
