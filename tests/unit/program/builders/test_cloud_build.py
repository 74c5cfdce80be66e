"""Which Dockerfiles a file of Cloud Build hands to its docker step."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.refusals import refusal
from repositories import repository

FILES = ("Dockerfile", "worker.Dockerfile", "docker/ci/Dockerfile")
DOCKER = "- name: gcr.io/cloud-builders/docker\n"
NEW_DOCKER = "- name: gcr.io/cloud-builders/docker:24.0.6\n"
SCRIPT = DOCKER + "  entrypoint: bash\n  args:\n  - -c\n  - |\n    "

STEPS = [
    (DOCKER + "  args: [build, -t, gcr.io/x/y, .]\n", ["Dockerfile"]),
    (DOCKER + "  args: ['build', '-t', 'x',\n    '.']  # [build, -f, worker.Dockerfile]\n", ["Dockerfile"]),
    (DOCKER + "  args:\n  - build\n  - '--build-arg'\n  - A=b\n  - .\n  id: Build\n", ["Dockerfile"]),
    # What follows the steps is no part of the last one.
    (DOCKER + "  args:\n  - build\n  - --tag=x\n  - '.'\nimages:\n  - x\n", ["Dockerfile"]),
    (DOCKER + "  args:\n  - build\n  - --tag\n  - x\n  - docker/ci\n\n'images':\n- x\n", ["docker/ci/Dockerfile"]),
    (SCRIPT + "docker build docker/ci\noptions:\n  logging: NONE\n", ["docker/ci/Dockerfile"]),
    (DOCKER + "  args: [build, --no-cache, .]\n", ["Dockerfile"]),
    (DOCKER + "  args: [build, -f, worker.Dockerfile, .]\n", ["worker.Dockerfile"]),
    (DOCKER + "  args: [build, '--file=worker.Dockerfile', .]\n", ["worker.Dockerfile"]),
    (DOCKER + "  args: [build, .]\n  dir: docker/ci\n", ["docker/ci/Dockerfile"]),
    (DOCKER + "  args: [build, docker/ci]\n", ["docker/ci/Dockerfile"]),
    (DOCKER + "  args: [build, /workspace/docker/ci/]\n", ["docker/ci/Dockerfile"]),
    (DOCKER + "  args: [build, 'docker/$_WHICH']\n", ["docker/ci/Dockerfile"]),
    (DOCKER + "  args: [build, -f, $_FILE, .]\n", [*FILES]),
    # Each build gives the name, and may hand in another folder.
    (DOCKER + "  args: [build, -t, $_IMAGE, .]\n", ["Dockerfile", "docker/ci/Dockerfile"]),
    (DOCKER + "  args: [build, -t, $_IMAGE, .]\nsubstitutions:\n  _IMAGE: x\n", ["Dockerfile"]),
    (DOCKER + "  args: [push, x]\n", []),
    (SCRIPT + "docker pull x || exit 0\n", []),
    (SCRIPT + "docker build -t x .\n", ["Dockerfile"]),
    (SCRIPT + "docker build -t x \\\n      -f worker.Dockerfile . && docker push x\n", ["worker.Dockerfile"]),
    (SCRIPT + "docker build -t x - <<EOF\n    FROM debian\n    EOF\n", []),
    (SCRIPT + "docker build -t x -<<EOF\n    FROM debian\n    EOF\n", []),
    (SCRIPT + "tar c . | docker build -\n", [*FILES]),
    (SCRIPT + "./build.sh\n", [*FILES]),
    (SCRIPT + "cd docker && docker build ci\n", [*FILES]),
    (DOCKER + "  script: docker build docker/ci\n", ["docker/ci/Dockerfile"]),
    # Another step has BuildKit.
    (DOCKER + "  args: [buildx, build, .]\n" + DOCKER + "  args: [build, docker/ci]\n", ["docker/ci/Dockerfile"]),
    (SCRIPT + "docker buildx build .\n    docker build docker/ci\n", ["docker/ci/Dockerfile"]),
    (NEW_DOCKER + "  args: [build, .]\n", []),
    (NEW_DOCKER + "  args: [build, .]\n" + DOCKER + "  args: [build, docker/ci]\n", ["docker/ci/Dockerfile"]),
    (NEW_DOCKER.replace("24.0.6", "20.10.24") + "  args: [build, .]\n", ["Dockerfile"]),
    (NEW_DOCKER.replace("24.0.6", "$_TAG") + "  args: [build, .]\n", ["Dockerfile"]),
    (NEW_DOCKER + "  args: [build, .]\n  env: [DOCKER_BUILDKIT=0]\n", [*FILES]),
    (DOCKER + "  args: [buildx, install]\n" + DOCKER + "  args: [build, .]\n", []),
    (DOCKER + "  args: [build, .]\n  env: [DOCKER_BUILDKIT=1]\n", []),
    ("- {name: gcr.io/cloud-builders/docker, args: [build, .]}\n", [*FILES]),
    (DOCKER + "  args: [build, .]\n" + DOCKER + "  args: [build, docker/ci]\n", ["Dockerfile", "docker/ci/Dockerfile"]),
]


def _refused(root: Path, file: str, text: str) -> list[str]:
    """Return the Dockerfiles of a repository with this file for which new mounts are refused."""
    repository(root, {**dict.fromkeys(FILES, ""), file: text})
    return [one for one in FILES if refusal(str(root / one), Config()) is not None]


@pytest.mark.parametrize(("steps", "refused"), STEPS)
def test_the_step_says_which_file_it_builds(tmp_path: Path, steps: str, refused: list[str]) -> None:
    assert _refused(tmp_path, "cloudbuild.yaml", f"steps:\n{steps}") == refused


@pytest.mark.parametrize(
    ("step", "refused"),
    [
        ({"args": ["build", "."]}, ["Dockerfile"]),
        ({"args": ["build", "."], "dir": "docker/ci"}, ["docker/ci/Dockerfile"]),
        ({"entrypoint": "bash", "args": ["-c", "docker build -f worker.Dockerfile ."]}, ["worker.Dockerfile"]),
        ({}, [*FILES]),
    ],
)
def test_a_file_in_json(tmp_path: Path, step: dict[str, object], refused: list[str]) -> None:
    text = json.dumps({"steps": [{"name": "gcr.io/cloud-builders/docker", **step}]})
    assert _refused(tmp_path, "cloudbuild.json", text) == refused


def test_a_file_in_another_folder_is_handed_that_folder_or_one_above(tmp_path: Path) -> None:
    text = f"steps:\n{DOCKER}  args: [build, -f, Dockerfile, .]\n"
    # The one at the root is not asked: a file in a folder below is most often for what is there.
    assert _refused(tmp_path, "docker/ci/cloudbuild.yaml", text) == ["docker/ci/Dockerfile"]


def test_a_file_of_infrastructure_may_have_any_name(tmp_path: Path) -> None:
    text = f"steps:\n{DOCKER}  args: [build, -f, docker/ci/Dockerfile, .]\n"
    assert _refused(tmp_path / "one", "deployment/build-and-stage.yaml", text) == ["docker/ci/Dockerfile"]
    assert _refused(tmp_path / "two", "src/build-and-stage.yaml", text) == []
    other = text.replace("cloud-builders/docker", "cloud-builders/gsutil")
    assert _refused(tmp_path / "three", "deployment/build-and-stage.yaml", other) == []


MAKES = DOCKER + "  dir: docker\n  script: |\n    #!/usr/bin/env bash\n    make build\n"
BAKES = "build:\n\tdocker buildx bake\n"


@pytest.mark.parametrize(
    ("steps", "makefile", "below", "is_refused"),
    [
        (MAKES, BAKES, "", False),
        (MAKES, BAKES, "x:\n\tcd .. && docker buildx bake x\n", False),
        (MAKES, "build:\n\tdocker build .\n", "", True),
        (MAKES, BAKES, "x:\n\tdocker build .\n", True),
        (MAKES, BAKES + "x:\n\t./build.sh\n", "", True),
        (MAKES, BAKES + "x:\n\tdocker compose build\n", "", True),
        (MAKES, BAKES + "include ../x.mk\n", "", True),
        (MAKES, BAKES + "x:\n\t$(MAKE) -C ../x\n", "", True),
        (MAKES, "", "", True),
        (MAKES + "    docker build .\n", BAKES, "", True),
        (MAKES.replace("make", "make -C ../x"), BAKES, "", True),
        (MAKES + DOCKER + "  args: [build, .]\n", BAKES, "", True),
        (MAKES + MAKES.replace("make build", "curl x\n    make test"), BAKES, "", False),
    ],
)
def test_make_may_build_by_buildx(tmp_path: Path, steps: str, makefile: str, below: str, *, is_refused: bool) -> None:
    repository(tmp_path, {"docker/Makefile": makefile, "docker/ci/Makefile": below})
    assert bool(_refused(tmp_path, "cloudbuild.yaml", f"steps:\n{steps}")) == is_refused
