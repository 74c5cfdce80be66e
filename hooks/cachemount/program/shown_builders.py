"""The files of a repository that most often say how it is built, and what builder they show.

They are read after each run with findings: nothing is imported here that only few repositories need.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from cachemount.files.kept import kept
from cachemount.files.reading import text_inside_repository
from cachemount.files.workflows import workflows
from cachemount.late_pattern import late

# Larger ones are data.
MOST_BYTES = 500_000

RAILWAY = ("railway.json", "railway.toml")
CLOUD_BUILD = ("cloudbuild.yaml", "cloudbuild.yml", "cloudbuild.json")
# One for each service or stage, as `cloudbuild-prod.yaml`, is handed in by its name.
CLOUD_BUILD_NAME = late(r"cloudbuild[\w.-]*\.(?:ya?ml|json)")
_CI = (
    ".gitlab-ci.yml", ".drone.yml", ".woodpecker.yml", ".travis.yml", "bitbucket-pipelines.yml", "azure-pipelines.yml",
    "Jenkinsfile", ".circleci/config.yml", "skaffold.yaml", "Makefile", "docker-compose.yml", "compose.yaml",
)  # fmt: skip

SWITCHED_OFF = late(r"^(?![ \t]*#).*\bDOCKER_BUILDKIT[\"']?\s*[:=]\s*[\"']?0\b", re.MULTILINE)
SKAFFOLD = ("skaffold.yaml", "skaffold.yml")


@kept
def texts_of_builds(root: str) -> tuple[tuple[str, str], ...]:
    """Return the files of a repository that most often say how it is built, and their texts ("": there is none)."""
    return tuple(
        (name, text_inside_repository(os.path.join(root, *name.split("/")), root, MOST_BYTES))
        for name in names_of_builds(root)
    )


def names_of_builds(root: str) -> Iterator[str]:
    """Yield the paths, from the root of a repository, of the files that most often say how it is built."""
    yield from (*RAILWAY, *CLOUD_BUILD, *_CI, *workflows(root))


def is_railway(name: str, text: str, *, has_ids: bool) -> bool:
    if name not in RAILWAY or has_ids:
        return False
    from cachemount.program.builders.railway import uses_dockerfile

    return uses_dockerfile(text)


def is_plain_cloud_build(name: str, text: str) -> bool:
    if CLOUD_BUILD_NAME.fullmatch(name) is None:
        return False
    from cachemount.program.builders.cloud_build import has_plain_step

    return has_plain_step(text)
