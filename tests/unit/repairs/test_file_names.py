"""What the name of a Dockerfile says of its image, and what a fix does then."""

from __future__ import annotations

import pytest

from cachemount import engine

MODULES = "FROM golang:1.25\nWORKDIR /src\nCOPY go.* ./\nRUN go mod download\n"
ALPINE = "FROM alpine:3.16\nRUN apk add --no-cache bash\n"
DEBIAN = "FROM debian:13\nRUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\n"


@pytest.mark.parametrize(
    ("path", "text", "safe"),
    [
        ("Dockerfile", MODULES, True),
        ("docker/Dockerfile-go-builder", MODULES, False),
        ("deps.Dockerfile", MODULES, False),
        ("Dockerfile", ALPINE, True),
        ("Dockerfile-multiarch", ALPINE, False),
        ("docker/multi-platform/Dockerfile", ALPINE, False),
        ("Dockerfile-multiarch", ALPINE.replace("3.16", "3.22"), True),
    ],
)
def test_what_a_name_says(path: str, text: str, safe: bool) -> None:
    (one,) = engine.check(text, path=path).findings
    assert one.fix is not None
    assert one.fix.safe == safe


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("Dockerfile", "/var/lib/apt,"),
        ("docker/base/Dockerfile", "/var/lib/apt/lists,"),
        ("Dockerfile.base", "/var/lib/apt/lists,"),
    ],
)
def test_what_is_built_on_a_base_may_read_which_packages_were_asked_for(path: str, target: str) -> None:
    source, _ = engine.fix(DEBIAN, path=path)
    assert f"target={target}" in source.text


ITSELF = "FROM python:3.13-slim\nCOPY docker/{} /contract/\nRUN pip install flask\n"


@pytest.mark.parametrize(
    ("path", "copied", "safe"),
    [
        ("docker/lock.Dockerfile", "lock.Dockerfile", False),
        ("docker/lock.Dockerfile", "other.Dockerfile", True),
        # It is there for the image's readers.
        ("docker/Dockerfile", "Dockerfile", True),
    ],
)
def test_a_file_that_its_build_copies(path: str, copied: str, safe: bool) -> None:
    (one,) = engine.check(ITSELF.format(copied), path=path).findings
    assert one.fix is not None
    assert one.fix.safe == safe
