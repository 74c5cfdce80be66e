"""Images that scripts and workflows of a repository copy from the public registry, and what is known of the copies."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.mirrored_images import mirrored
from cachemount.program.runner import Task, process
from cachemount.results import FileResult
from repositories import repository

NAME = "registry.test/copies/golang:1.25"
APP = f"FROM {NAME}\nCOPY . .\nRUN go mod download && go build -o /app\n"
LOOP = """PREFIX="registry.test/copies"
images=(
    "alpine:3.23"   # small
    "golang:1.25"
)
for name in "${images[@]}"; do
    docker buildx imagetools create \\
        --tag "${PREFIX}/${name}" \\
        --platform "linux/amd64,linux/arm64" \\
        "docker.io/library/${name}"
done
"""
WORKFLOW = f"jobs:\n  a:\n    steps:\n      - run: crane copy golang:1.25 {NAME}\n"


def names(root: Path, script: str, path: str = "scripts/mirror.sh") -> list[str]:
    """Return the copies that a script makes and that the Dockerfile begins with."""
    repository(root, {"app/Dockerfile": APP, path: script})
    return [one.name for one in mirrored(str(root / "app" / "Dockerfile"), APP)]


@pytest.mark.parametrize(
    "script",
    [
        LOOP,
        LOOP.replace('"${images[@]}"', "alpine:3.23 golang:1.25"),
        LOOP.replace('"registry.test/copies"', '"${TO:-registry.test/copies}"'),
        f"crane cp golang:1.25 {NAME}\n",
        f"skopeo copy --all --dest-creds a:b docker://golang:1.25 docker://{NAME}\n",
        f"docker pull golang:1.25\ndocker tag golang:1.25 {NAME}\ndocker push {NAME}\n",
    ],
)
def test_a_copy(tmp_path: Path, script: str) -> None:
    assert names(tmp_path, script) == [NAME]


def test_a_copy_by_a_workflow(tmp_path: Path) -> None:
    assert names(tmp_path, WORKFLOW, ".github/workflows/a.yml") == [NAME]


@pytest.mark.parametrize(
    "script",
    [
        # Another image, one that is not known, and one of the script's own.
        "crane cp golang:1.25 registry.test/copies/go:1.25\n",
        f"crane cp acme/golang:1.25 {NAME}\n",
        f"docker build -t golang:1.25 . && docker tag golang:1.25 {NAME}\n",
        # Made of two images, or changed.
        f"docker buildx imagetools create -t {NAME} golang:1.25 golang:1.24\n",
        f"docker buildx imagetools create --append -t {NAME} golang:1.25\n",
        f"docker buildx imagetools create --dry-run -t {NAME} golang:1.25\n",
        # What is copied is not known.
        f"crane cp $1 {NAME}\n",
        f"crane cp golang:${{V#v}} {NAME}\n",
        f"a=golang:1.25\na=$1\ncrane cp $a {NAME}\n",
        f"# crane cp golang:1.25 {NAME}\n",
        LOOP.replace("done\n", "done\nimages+=(x)\n"),
        LOOP.replace("; do\n", "; do\nname=$(next)\n"),
    ],
)
def test_no_copy(tmp_path: Path, script: str) -> None:
    assert names(tmp_path, script) == []


def test_the_cache_is_where_the_public_image_has_it(tmp_path: Path) -> None:
    names(tmp_path, LOOP)
    path = tmp_path / "app" / "Dockerfile"
    result = process(Task(path=str(path), config=Config(), mode="fix"))
    assert isinstance(result, FileResult)
    assert "--mount=type=cache,target=/go/pkg/mod" in path.read_text(encoding="utf-8")
