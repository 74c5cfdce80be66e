"""Dockerfiles that workflows build by actions with an old Docker."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.refusals import refusal
from repositories import repository

STEPS = "jobs:\n  build:\n    steps:\n    - uses: actions/checkout@v5\n    - uses: "
ELGOHR = "elgohr/Publish-Docker-Github-Action@master\n      with:\n        name: x/app\n"


def refused(root: Path, step: str) -> str:
    """Return the action for which new mounts in app/Dockerfile are refused; "" where they are not."""
    repository(root, {"app/Dockerfile": "", ".github/workflows/build.yml": STEPS + step})
    found = refusal(str(root / "app" / "Dockerfile"), Config())
    assert found is None or found.startswith(".github/workflows/build.yml shows a builder that refuses such mounts")
    return "" if found is None else str(found).rpartition("(")[2].rstrip(")")


@pytest.mark.parametrize(
    ("step", "found"),
    [
        (f"{ELGOHR}        dockerfile: app/Dockerfile\n", "elgohr/Publish-Docker-Github-Action@master"),
        (f"{ELGOHR}        workdir: app\n", "elgohr/Publish-Docker-Github-Action@master"),
        (f"{ELGOHR}        workdir: ./app\n".replace("master", "3.04"), "elgohr/Publish-Docker-Github-Action@3.04"),
        (f"{ELGOHR}        dockerfile: ${{{{ matrix.x }}}}/Dockerfile\n", "elgohr/Publish-Docker-Github-Action@master"),
        (f"{ELGOHR}        workdir: app\n".replace("master", "v5"), ""),
        (f"{ELGOHR}        workdir: app\n      env:\n        DOCKER_BUILDKIT: 1\n", ""),
        (f"{ELGOHR}        workdir: web\n", ""),
        (ELGOHR, ""),
        ("kciter/aws-ecr-action@v4\n      with:\n        path: ./app/\n", "kciter/aws-ecr-action@v4"),
        ("kciter/aws-ecr-action@v5\n      with:\n        path: ./app/\n", ""),
        (
            "jerray/publish-docker-action@master\n      with:\n        path: app\n",
            "jerray/publish-docker-action@master",
        ),
        (
            "whoan/docker-build-with-cache-action@v5\n      with:\n        context: app\n",
            "whoan/docker-build-with-cache-action@v5",
        ),
        ("whoan/docker-build-with-cache-action@v8\n      with:\n        context: app\n", ""),
    ],
)
def test_a_step(tmp_path: Path, step: str, found: str) -> None:
    assert refused(tmp_path, step) == found
