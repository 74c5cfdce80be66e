"""A README beside a Dockerfile that says what is installed on its image."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.program.base_readmes import readme_of_images
from cachemount.program.context_files import context_files
from repositories import repository

TEXT = "FROM debian:13\nRUN apt-get update && apt-get install -y git\n"
OF_CONTAINERS = TEXT.replace("debian:13", "mcr.microsoft.com/devcontainers/base:debian")
EXAMPLE = "# The server\n\n```dockerfile\nFROM ghcr.io/team/server:1 AS build\n{}\n```\n\n    RUN true\n"
FEATURES = '# Containers\n\n```json\n"features": {\n  "ghcr.io/devcontainers/features/git:1": {}\n}\n```\n'


def told(root: Path, name: str, readme: str, text: str = TEXT, folder: str = "server") -> str:
    """Return the line of a README that is told of a Dockerfile in its folder; "" where none is."""
    (root / ".git").mkdir()
    (root / folder).mkdir()
    (root / folder / name).write_text(readme, encoding="utf-8")
    path = root / "server" / "Dockerfile"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    found = (one for one in context_files(str(path), text) if one.path == name and not one.of_images)
    return "".join(one.text.rpartition("\n")[2] for one in found)


@pytest.mark.parametrize(
    ("name", "readme", "line"),
    [
        ("README.md", "# Base images\nThey are rebuilt each night.\n", "# Base images"),
        ("readme.rst", "Our base image\n==============\n", "Our base image"),
        ("README.md", EXAMPLE.format("RUN apt-get install -y git"), "FROM ghcr.io/team/server:1 AS build"),
        ("README.md", "# tool\n\n    FROM team/tool\n    COPY . .\n    RUN make", "    FROM team/tool"),
        ("README.md", EXAMPLE.format("COPY . ."), ""),
        ("README.md", EXAMPLE.format("RUN true").replace("team/server", "team/other"), ""),
        ("README.md", "# Server\n\n## Base image\n\nIt begins with debian.\n", ""),
        (
            "README.md",
            "# Server\n\nThis is a base image for use in others.\n",
            "This is a base image for use in others.",
        ),
        ("README.md", "# x\n\nThis repository builds the base images.\n", "This repository builds the base images."),
        (
            "README.md",
            "# x\n\nIntended as a foundation for other images.\n",
            "Intended as a foundation for other images.",
        ),
        ("README.md", "# x\n\nUsed as a base for all services.\n", "Used as a base for all services."),
        ("README.md", "# x\n\nIt is a foundation for other tools, with images.\n", ""),
        ("README.md", "# Server\n\nThis needs a base image. These are the base.\n", ""),
        ("README.md", "# Server\n\nIt uses debian as the base image.\n", ""),
        ("README.md", "# Server\n\nThis only happens for new builds triggered by base image changes.\n", ""),
        (
            "README.md",
            "# box\n\n`box` is the reference of the base Docker image in Boxes.\n",
            "`box` is the reference of the base Docker image in Boxes.",
        ),
        ("README.md", "# Box 2\n\nIt runs.\nBox provides\na base image for tools.\n", "a base image for tools."),
        ("README.md", "# x\n\nThe image is the base image of Boxes.\n", "The image is the base image of Boxes."),
        ("README.md", "# x\n\nImages can be used here\nor as base images for b.\n", "or as base images for b."),
        ("README.md", "# x\n\n[![a](b)](c)\nA small base image with tools\n", "A small base image with tools"),
        ("README.md", "Box\n===\n\nBase images for tools.\n", "Base images for tools."),
        ("README.md", "# Box\n\nBox is built on the base image of Boxes.\n", ""),
        ("README.md", "# Box\n\nBox is a tool that updates base images.\n", ""),
        ("README.md", "# x\n\nBox is the base image.\n", ""),
        ("README.md", "# x\n\nThe image is built from the base image of Boxes.\n", ""),
        ("README.md", "# x\n\nUpdates base images for you\n", ""),
        ("README.md", "# x\n\nThe base image used here is debian.\n", ""),
        ("README.md", "# x\n\nThe base image has tools.\n", ""),
        ("README.md", FEATURES, ""),
        ("notes.md", "# Base images\n", ""),
    ],
)
def test_a_readme(tmp_path: Path, name: str, readme: str, line: str) -> None:
    assert told(tmp_path, name, readme) == line


def test_a_readme_with_features_for_an_image_of_dev_containers(tmp_path: Path) -> None:
    assert told(tmp_path, "README.md", FEATURES, OF_CONTAINERS) == '"features": {'


def test_features_are_none(tmp_path: Path) -> None:
    assert told(tmp_path, "README.md", '```json\n"features": {}\n```\n', OF_CONTAINERS) == ""


def test_a_readme_elsewhere(tmp_path: Path) -> None:
    assert told(tmp_path, "README.md", "# Base images\n", folder="docs") == ""


def test_a_readme_of_a_folder_above_that_speaks_of_all_its_images(tmp_path: Path) -> None:
    assert told(tmp_path, "../README.md", "# Base images\n") == "# Base images"


def test_an_example_in_a_folder_above_may_be_of_another_image(tmp_path: Path) -> None:
    assert told(tmp_path, "../README.md", EXAMPLE.format("RUN apt-get install -y git")) == ""


def test_a_dockerfile_that_keeps_no_packages(tmp_path: Path) -> None:
    assert told(tmp_path, "README.md", "# Base images\n", "FROM node:24\nRUN npm ci\n") == ""


@pytest.mark.parametrize(
    ("readme", "found"),
    [
        ("# Docker images for projects\n", ["Docker images for projects"]),
        ("# app\n\nIts Docker image is built each night.\n", [""]),
        ("# app\n\nA program that draws.\n", []),
    ],
)
def test_the_nearest_readme_that_speaks_of_images(tmp_path: Path, readme: str, found: list[str]) -> None:
    repository(tmp_path, {"images/one/Dockerfile": "", "README.md": readme, "images/README.md": "nothing\n"})
    shown = [*readme_of_images(str(tmp_path / "images/one/Dockerfile"))]
    assert [one.text for one in shown] == found
    assert all(one.path == "../../README.md" and one.of_images for one in shown)
