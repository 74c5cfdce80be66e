"""The workflows of a repository: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax"""

from __future__ import annotations

import os

from cachemount.files.reading import names_in
from cachemount.late_pattern import late

FOLDER = ".github/workflows"
# Where an item of a list begins, as a step of a job is one.
ITEM = late(r"(?m)^(?=[ \t]*-[ \t])")
# Of other services, and of the kind.
_PIPELINES = (
    ".circleci/config.yml", ".drone.yml", ".gitlab-ci.yml", ".travis.yml", ".woodpecker.yml", "Jenkinsfile",
    "appveyor.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml", "cloudbuild.yaml", "cloudbuild.yml",
)  # fmt: skip
# As many of the files in the folder are looked at.
_MOST = 50


def workflows(root: str) -> list[str]:
    """Return the paths of the workflows of a repository from its root, an absolute path, in order."""
    inside = names_in(os.path.join(root, *FOLDER.split("/"))) if ".github" in names_in(root) else {}
    return [f"{FOLDER}/{one}" for one in sorted(inside)[:_MOST] if one.endswith((".yml", ".yaml"))]


def pipelines(root: str) -> list[str]:
    """Return the paths of the workflows, and of what other services run, that a repository may have."""
    return [*(one for one in _PIPELINES if one.partition("/")[0] in names_in(root)), *workflows(root)]
