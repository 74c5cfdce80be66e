"""Dockerfiles that a BuildConfig of OpenShift builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.refusals import refusal
from repositories import repository

CONFIG = """apiVersion: build.openshift.io/v1
kind: BuildConfig
metadata:
  name: app
spec:
  output:
    to:
      kind: ImageStreamTag
      name: app:latest
  source:
    contextDir: app
    git:
      uri: https://example.org/x.git
  strategy:
    dockerStrategy:
      dockerfilePath: Dockerfile
"""
TEMPLATE = (
    CONFIG.replace("contextDir: app", "contextDir: ${FOLDER}")
    + """parameters:
- name: FOLDER
  displayName: Folder
  value: app
"""
)
JSON = '{"kind": "BuildConfig", "spec": {"source": {"contextDir": "app"}, "strategy": {"dockerStrategy": {}}}}'


def refused(root: Path, name: str, text: str) -> bool:
    """Return whether new mounts in app/Dockerfile are refused in a repository with this file."""
    repository(root, {"app/Dockerfile": "", name: text})
    found = refusal(str(root / "app" / "Dockerfile"), Config())
    assert found is None or found.startswith(
        f"{name} shows a builder that refuses such mounts (a BuildConfig of OpenShift"
    )
    return found is not None


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("openshift/app.yaml", CONFIG, True),
        ("openshift/app.yaml", TEMPLATE, True),
        ("openshift/templates/app.json", JSON, True),
        ("build.yaml", CONFIG.replace("contextDir: app", "contextDir: /").replace(": Dock", ": app/Dock"), True),
        ("openshift/app.yaml", TEMPLATE.replace("  value: app\n", ""), True),
        ("openshift/app.yaml", TEMPLATE.replace("value: app", "value: web"), False),
        ("openshift/app.yaml", CONFIG.replace("contextDir: app", "contextDir: web"), False),
        ("openshift/app.yaml", CONFIG.replace("dockerStrategy", "sourceStrategy"), False),
        ("openshift/app.yaml", CONFIG.replace("BuildConfig", "Build"), False),
    ],
)
def test_a_config(tmp_path: Path, name: str, text: str, found: bool) -> None:
    assert refused(tmp_path, name, text) is found
