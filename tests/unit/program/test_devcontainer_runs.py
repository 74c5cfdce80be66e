"""What dev containers of an image run: it reads the store that the image has."""

from __future__ import annotations

from pathlib import Path

import pytest

from repositories import withheld

TEXT = "FROM rust:1.90 AS dev\nWORKDIR /app\nCOPY . .\nRUN cargo build\n"
STAGES = f"{TEXT}FROM debian:13\nCOPY --from=dev /app/target/debug/app /usr/bin/\n"
TOOLS = "FROM rust:1.90\nRUN cargo install just\n"
SETTINGS = '{{\n  "build": {{"dockerfile": "../ci/Dockerfile"{}}},\n  // "postCreateCommand"\n  {}\n}}\n'


def reason(root: Path, files: dict[str, str], text: str = TEXT) -> str:
    return withheld(root, files, text)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ('"postStartCommand": "cargo run"', "postStartCommand (line 4 of .devcontainer/devcontainer.json)"),
        ('"postCreateCommand": ["cargo", "build"]', "postCreateCommand (line 4 of"),
        ('"postAttachCommand": {"a": "true", "b": "cargo test"}', "postAttachCommand (line 4 of"),
        ('"postCreateCommand": "ci/up.sh"', "postCreateCommand (line 4 of"),
        ('"postCreateCommand": "cargo --version"', ""),
        ('"initializeCommand": "cargo run"', ""),
        ('"postStartCommand": "cargo run", "mounts": ["source=a,target=/usr/local/cargo,type=volume"]', ""),
    ],
)
def test_a_dev_container_of_the_image(tmp_path: Path, command: str, told: str) -> None:
    files = {".devcontainer/devcontainer.json": SETTINGS.format("", command), "ci/up.sh": "cargo run\n"}
    found = reason(tmp_path, files)
    assert told in found
    assert bool(told) == found.endswith("reads cargo's store")


def test_the_stage_of_a_dev_container_counts(tmp_path: Path) -> None:
    command = '"postStartCommand": "cargo run"'
    last = {".devcontainer/devcontainer.json": SETTINGS.format("", command)}
    dev = {".devcontainer/devcontainer.json": SETTINGS.format(', "target": "dev"', command)}
    assert reason(tmp_path / "last", last, STAGES) == ""
    assert "line 4" in reason(tmp_path / "dev", dev, STAGES)


def test_an_image_without_the_project_has_none_of_its_packages(tmp_path: Path) -> None:
    command = '"postStartCommand": "cargo run"'
    assert reason(tmp_path, {".devcontainer/devcontainer.json": SETTINGS.format("", command)}, TOOLS) == ""
