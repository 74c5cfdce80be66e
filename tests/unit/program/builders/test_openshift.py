"""Dockerfiles that a BuildConfig of OpenShift builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.program.builders.openshift import openshift_build
from repositories import repository

CONFIG = """kind: Template
objects:
- kind: BuildConfig
  spec:
    source:
      contextDir: "${FOLDER}"
    strategy:
      dockerStrategy:
        dockerfilePath: ${FILE}
parameters:
- name: FOLDER
  required: true
  value: app
- name: FILE
  value: "Dockerfile"
"""
PLAIN = "kind: BuildConfig\nspec:\n  source:\n    contextDir: /app/\n  strategy:\n    dockerStrategy: {}\n"
JSON = """{"kind": "BuildConfig", "spec": {"source": {"contextDir": "app"}, "strategy": {"dockerStrategy": {}}}}"""


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("openshift/templates/web.yaml", CONFIG, True),
        ("openshift/web.yml", PLAIN, True),
        (".openshift/web.yml", PLAIN, True),
        ("ci/web-build.json", JSON, True),
        ("deploy/web_bc.yaml", PLAIN, True),
        ("openshift/web.yml", PLAIN.replace("/app/", "other"), False),
        ("openshift/web.yml", PLAIN.replace("dockerStrategy", "sourceStrategy"), False),
        ("openshift/web.yml", PLAIN.replace("BuildConfig", "Deployment"), False),
        ("openshift/templates/web.yaml", CONFIG.replace("  value: app\n", ""), False),
        ("deploy/web.yaml", PLAIN, False),
    ],
)
def test_a_config(tmp_path: Path, name: str, text: str, found: bool) -> None:
    repository(tmp_path, {"app/Dockerfile": "", name: text})
    assert openshift_build(str(tmp_path / "app" / "Dockerfile"), str(tmp_path)) == (name if found else "")
