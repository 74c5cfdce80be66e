"""Images whose name and tag are those of a folder of the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.program.named_folders import named_like_folders

BASE = "FROM registry.test/own:24\nENV GOPATH=/go\n"
APP = "FROM ghcr.io/acme/golang:1.26-noble\nRUN go build ./...\n"


def images(root: Path, files: dict[str, str]) -> list[tuple[str, str]]:
    for name, text in {".git/HEAD": "", "app/Dockerfile": APP, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    app = root / "app" / "Dockerfile"
    return [(one.name, one.path) for one in named_like_folders(str(app), app.read_text())]


@pytest.mark.parametrize("place", ["golang-1.26-noble/Dockerfile", "golang-all/golang-1.26-noble/Dockerfile"])
def test_the_folder_with_the_name_and_the_tag(tmp_path: Path, place: str) -> None:
    assert images(tmp_path, {place: BASE}) == [("ghcr.io/acme/golang:1.26-noble", place)]


@pytest.mark.parametrize(
    "files",
    [
        {"golang-1.25-noble/Dockerfile": BASE},
        {"other/golang-1.26-noble/Dockerfile": BASE},
        {"golang-1.26-noble/Dockerfile": BASE, "golang-all/golang-1.26-noble/Dockerfile": BASE},
        # The official image.
        {"golang-1.26-noble/Dockerfile": BASE, "app/Dockerfile": "FROM golang:1.26-noble\n"},
        {"golang-latest/Dockerfile": BASE, "app/Dockerfile": "FROM ghcr.io/acme/golang:latest\n"},
    ],
)
def test_no_folder_that_is_surely_that_of_the_image(tmp_path: Path, files: dict[str, str]) -> None:
    assert images(tmp_path, files) == []


@pytest.mark.parametrize(
    ("begins", "found"),
    [
        ("ghcr.io/acme/dev-tools-base:edge", ["ghcr.io/acme/dev-tools-base:*"]),
        ("dev-tools-base:edge", []),
        ("ghcr.io/acme/other-base:edge", []),
        ("ghcr.io/acme/base:edge", []),
        ("ghcr.io/acme/dev-tools-app:edge", []),
    ],
)
def test_a_folder_behind_the_name_of_the_repository(tmp_path: Path, begins: str, found: list[str]) -> None:
    files = {"base/Dockerfile": BASE, "app/Dockerfile": f"FROM {begins}\nRUN apt-get install -y git\n"}
    made = images(tmp_path / "dev-tools", files)
    assert made == [(name, "base/Dockerfile") for name in found]


def test_a_repository_with_a_usual_name(tmp_path: Path) -> None:
    files = {"base/Dockerfile": BASE, "app/Dockerfile": "FROM acme/docker-base:1\nRUN apt-get install -y git\n"}
    assert images(tmp_path / "docker", files) == []
