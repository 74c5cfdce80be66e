"""Dockerfiles that a program of the repository builds by a `docker build` of any client, or of one without buildx."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.refusals import refusal
from repositories import repository

DOCKERFILES = ("Dockerfile", "apps/edge/Dockerfile", "apps/mail/Dockerfile", "tests/data/sum/Dockerfile")

ON_PURPOSE = """/**
 * Builds on the host that runs the image. Deliberately not forced onto BuildKit: a client
 * without buildx then falls back to the legacy builder.
 */
await run(`docker build -t ${image} -f ${join(context, file)} ${context}`);
"""
SPEC = 'export const FILE = join("apps", "edge", "Dockerfile");  // docker\n'


def refused(root: Path, files: dict[str, str]) -> list[str]:
    """Return which of four Dockerfiles such a program may build."""
    repository(root, {**dict.fromkeys(DOCKERFILES, "FROM alpine\n"), **files})
    return [one for one in DOCKERFILES if refusal(str(root / one), Config())]


@pytest.mark.parametrize(
    ("program", "found"),
    [
        (ON_PURPOSE, ["apps/edge/Dockerfile"]),
        (ON_PURPOSE.replace("Deliberately not forced onto", "Not by"), ["apps/edge/Dockerfile"]),
        (ON_PURPOSE.replace("then falls back to the legacy builder", "is fine"), ["apps/edge/Dockerfile"]),
        ("// It also works without buildx.\nspawn('docker', ['build', '-f', file, '.']);\n", ["apps/edge/Dockerfile"]),
        (ON_PURPOSE.replace("docker build", "DOCKER_BUILDKIT=1 docker build"), []),
        (ON_PURPOSE.replace("docker build", "docker pull"), []),
        ("// BuildKit is needed.\nawait run(`docker build -f ${file} .`);\n", []),
        ("await run(`docker build -f ${file} .`);\n", []),
    ],
)
def test_a_program_that_does_not_ask_for_buildkit_on_purpose(tmp_path: Path, program: str, found: list[str]) -> None:
    files = {"packages/hosts/src/image.ts": program, "apps/api/src/edge-image.ts": SPEC}
    assert refused(tmp_path, files) == found


def test_a_test_of_such_a_program_tells_nothing(tmp_path: Path) -> None:
    assert not refused(tmp_path, {"src/image.test.ts": ON_PURPOSE, "src/edge-image.ts": SPEC})
    assert not refused(tmp_path, {"src/image.ts": ON_PURPOSE, "src/image.test.ts": "", "src/edge-image.ts": ""})


def test_a_script_that_does_not_ask_for_it_on_purpose(tmp_path: Path) -> None:
    script = "# Deliberately without buildx: some hosts have none.\ndocker build -t mail apps/mail\n"
    assert refused(tmp_path, {"tools/images.sh": script}) == ["apps/mail/Dockerfile"]


CLIENT = """import os, docker_client
def image(path):
    return docker_client.build_image(path=os.path.join(os.path.split(__file__)[0], "data", "sum"))
"""
RUNS = 'def build_image(path):\n    run(["docker", *arguments("build", path)])\n'
STATIC = "RUN wget https://download.docker.com/linux/static/stable/x86_64/docker-27.1.1.tgz\n"


@pytest.mark.parametrize(
    ("installs", "program", "found"),
    [
        (STATIC, RUNS, True),
        ("RUN apt-get update && apt-get install -y git docker.io\n", RUNS, True),
        ("RUN apk add docker-cli\n", RUNS, True),
        ("COPY --from=docker:28 /usr/local/bin/docker /usr/local/bin/\n", RUNS, True),
        ("RUN apk add docker-cli docker-cli-buildx\n", RUNS, False),
        ("RUN pip install docker\n", RUNS, False),
        (STATIC, 'run(["docker", "buildx", "build", path])\n', False),
        (STATIC, 'run(["docker", "pull", path])\n', False),
    ],
)
def test_a_client_without_buildx(tmp_path: Path, installs: str, program: str, found: bool) -> None:
    files = {
        "images/web.Dockerfile": f"FROM debian:13\n{installs}",
        "images/web/Dockerfile": f"FROM debian:13\n{installs}",
    }
    told = refused(tmp_path, {**files, "app/docker_client.py": program, "tests/conftest.py": CLIENT})
    assert told == (["tests/data/sum/Dockerfile"] if found else [])


def test_the_signs_are_said(tmp_path: Path) -> None:
    repository(tmp_path, {"apps/edge/Dockerfile": "", "src/image.ts": ON_PURPOSE + SPEC})
    assert str(refusal(str(tmp_path / "apps/edge/Dockerfile"), Config())) == (
        "src/image.ts shows a builder that refuses such mounts (`docker build` by a client that may have no buildx)"
    )
