"""Whether a repository builds images for several platforms at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.program.surroundings import with_surroundings
from cachemount.source import Source
from repositories import repository

TEXT = "FROM alpine:3.18\nRUN apk add --no-cache git\n"
ACTION = """      - uses: docker/build-push-action@v7
        with:
          file: {}
          platforms: linux/amd64,linux/arm64
"""


def told(root: Path, name: str, content: str, text: str = TEXT) -> bool:
    repository(root, {"app/Dockerfile": text, name: content})
    return with_surroundings(Source(path=str(root / "app" / "Dockerfile"), text=text)).platforms


@pytest.mark.parametrize(
    ("name", "content", "platforms"),
    [
        (".github/workflows/build.yml", "env:\n  PLATFORMS: linux/arm64,linux/amd64\n", True),
        (".github/workflows/build.yml", "with:\n  platforms: linux/amd64, linux/arm/v7\n", True),
        ("docker-bake.hcl", 'platforms = ["linux/amd64", "linux/arm64"]\n', True),
        ("compose.yaml", "platforms:\n  - linux/amd64\n  - linux/arm64\n", True),
        ("app/build.sh", "docker buildx build --platform linux/amd64,linux/arm64 .\n", True),
        ("Makefile", "all:\n\tdocker buildx build --platform=linux/amd64,linux/arm64 .\n", True),
        ("Makefile", "all:\n\tdocker build --platform linux/amd64 .\n", False),
        ("compose.yaml", "platform: linux/amd64\nplatform: linux/arm64\n", False),
        ("other/build.sh", "docker buildx build --platform linux/amd64,linux/arm64 .\n", False),
        ("README.md", "docker buildx build --platform linux/amd64,linux/arm64 .\n", False),
        (".github/workflows/build.yml", ACTION.format("app/Dockerfile"), True),
        (".github/workflows/build.yml", ACTION.format("./app/Dockerfile"), True),
        (".github/workflows/build.yml", ACTION.format("${{ matrix.file }}"), True),
        (".github/workflows/build.yml", ACTION.replace("file: {}", "context: app"), True),
        (".github/workflows/build.yml", ACTION.replace("file: {}", "context: other"), False),
        (".github/workflows/build.yml", ACTION.format("docker/Dockerfile"), False),
        (".github/workflows/build.yml", ACTION.format("docker/Dockerfile") + "      - run: make images\n", True),
    ],
)
def test_a_file_that_names_platforms(tmp_path: Path, name: str, content: str, platforms: bool) -> None:
    assert told(tmp_path, name, content) is platforms


FORCED = TEXT.replace("FROM ", "FROM --platform=linux/amd64 ")


@pytest.mark.parametrize(
    ("text", "name", "beside", "platforms"),
    [
        (FORCED, "app/Dockerfile.dev", TEXT, True),
        (FORCED, "app/Dockerfile.arm", FORCED.replace("amd64", "arm64"), True),
        (FORCED + TEXT, "README.md", "", True),
        (FORCED, "app/Dockerfile.dev", FORCED, False),
        (FORCED, "app/Dockerfile.dev", TEXT.replace("apk add", "apt-get install"), False),
        (FORCED, "other/Dockerfile", TEXT, False),
        (TEXT, "app/Dockerfile.dev", FORCED, False),
        (FORCED.replace("\n", " AS base\n", 1) + "FROM base\n", "README.md", "", False),
        (FORCED.replace("linux/amd64", "$TARGETPLATFORM"), "app/Dockerfile.dev", TEXT, False),
    ],
)
def test_a_platform_that_another_stage_or_file_has_not(
    tmp_path: Path, text: str, name: str, beside: str, platforms: bool
) -> None:
    assert told(tmp_path, name, beside, text) is platforms


def test_it_is_asked_for_alpine_alone(tmp_path: Path) -> None:
    text = "FROM debian\nRUN apt-get install -y git\n"
    assert not told(tmp_path, "build.sh", "docker buildx build --platform linux/amd64,linux/arm64 .\n", text)
