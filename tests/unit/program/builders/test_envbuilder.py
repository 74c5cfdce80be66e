"""Dockerfiles of dev containers that a document or script has envbuilder build, which ignores cache mounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.refusals import refusal
from repositories import repository

RUN = "docker run -e ENVBUILDER_GIT_URL=https://example.com/team/tools \\\n"
NAMED = f"{RUN}  -e ENVBUILDER_DEVCONTAINER_DIR=/workspaces/tools/examples/db ghcr.io/coder/envbuilder\n"


def why(root: Path, name: str, text: str, folder: str = "examples/db", sign: str = "devcontainer.json") -> str:
    """Return why new mounts in a Dockerfile are not safe in the repository `tools` with this file, or ""."""
    tools = root / "tools"
    repository(tools, {f"{folder}/Dockerfile": "", f"{folder}/{sign}": "{}", name: text})
    return str(refusal(str(tools / folder / "Dockerfile"), Config()) or "")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("docs/docker.md", NAMED),
        ("README.md", NAMED.replace("/workspaces/tools/", "")),
        ("scripts/dev.sh", NAMED.replace("DEVCONTAINER_DIR", "DOCKERFILE_PATH").replace("/db ", "/db/Dockerfile ")),
        ("coder/main.tf", '"ENVBUILDER_DEVCONTAINER_DIR" : "examples/db",\n'),
    ],
)
def test_a_folder_that_is_named(tmp_path: Path, name: str, text: str) -> None:
    assert why(tmp_path, name, text).startswith(f"{name} builds it with envbuilder, which ignores cache mounts")


@pytest.mark.parametrize(
    ("name", "text", "sign"),
    [
        ("docs/docker.md", NAMED.replace("/db ", "/web "), "devcontainer.json"),
        ("docs/docker.md", NAMED, "README.md"),
        ("docs/docker.md", RUN, "devcontainer.json"),
        ("docs/docker.txt", NAMED, "devcontainer.json"),
    ],
    ids=["another", "no dev container", "the default folder", "no document"],
)
def test_another_folder(tmp_path: Path, name: str, text: str, sign: str) -> None:
    assert not why(tmp_path, name, text, sign=sign)


@pytest.mark.parametrize(("text", "built"), [(RUN, True), (RUN.replace("tools", "other"), False), (NAMED, False)])
def test_the_folder_of_a_repository_without_a_setting(tmp_path: Path, text: str, built: bool) -> None:
    assert bool(why(tmp_path, "README.md", text, folder=".devcontainer")) is built
