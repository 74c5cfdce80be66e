"""READMEs by which images are built without BuildKit too."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.optional_buildkit import says_optional
from cachemount.program.refusals import refusal
from repositories import repository

TELL = [
    "Some engines don't use\n[BuildKit](https://docs.docker.com/) by default, and it can be\nmore efficient to enable",
    "BuildKit is optional, it may speed up the build.",
    "- `DOCKER_BUILDKIT=1` is not required.",
    "The images build with the classic Docker builder.",
    "It works without BuildKit.",
    "> The image also builds without **BuildKit**.",
]
TELL_NOTHING = [
    "Some engines don't use BuildKit by default: run `export DOCKER_BUILDKIT=1` first.",
    "For faster builds, `export DOCKER_BUILDKIT=1`.",
    "We recommend BuildKit for the build.",
    "The image cannot be built without BuildKit.",
    "It fails with the legacy builder.",
    "BuildKit is not required, for the image is pulled.",
    "Docker with BuildKit is optional for container builds.",
    "```\nIt works without BuildKit.\n```",
    "BuildKit is required.",
]


@pytest.mark.parametrize("text", TELL)
def test_documents_that_say_so(text: str) -> None:
    assert says_optional(f"# Images\n\n{text}\n\nMore of it.\n")


@pytest.mark.parametrize("text", TELL_NOTHING)
def test_documents_that_do_not(text: str) -> None:
    assert says_optional(f"# Images\n\n{text}\n\nMore of it.\n") == ""


@pytest.mark.parametrize(
    ("name", "known"), [("README.md", True), ("a/README.md", True), ("b/README.md", False), ("a/notes.md", False)]
)
def test_the_readme_is_beside_or_above(tmp_path: Path, name: str, known: bool) -> None:
    repository(
        tmp_path, {"a/Dockerfile": "FROM python:3.13\nRUN pip install a\n", name: "It works without BuildKit.\n"}
    )
    found = refusal(str(tmp_path / "a" / "Dockerfile"), Config())
    shown = f"{name} shows a builder that refuses such mounts (`works without BuildKit`)"
    assert (found is not None and str(found).startswith(shown)) == known
    assert refusal(str(tmp_path / "a" / "Dockerfile"), Config(warn_builders=False)) is None
