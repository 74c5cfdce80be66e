"""Who needs the folder above a mount, and on which builder: needs root, Go, runc, debootstrap and the registries.

BuildKit makes the missing folders above a mount as root's. Before 0.11, and with the frontend of an older one
(`# syntax=docker/dockerfile:1.4`), they stay in the image, and a later step of the user cannot write there; since then
they go after the step. Within the step the user cannot write there with any.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pip._internal.models.index import PyPI

from builds import oci
from builds.buildkit import VERSION, BuildKit, BuildKitError, go_built
from builds.current_bases import DEBIAN, IMAGES, CurrentBases, bases_of
from builds.oci import Registry

_MOUNT = "--mount=type=cache,target=/home/app/.cache/pip,uid=1000,gid=1000"
_USER = f"FROM {DEBIAN}\nRUN useradd -m -u 1000 app\nUSER app\n"
_FOLDER = "RUN mkdir -p /home/app/.cache\n"
_SAME_STEP = f"RUN {_MOUNT} mkdir /home/app/.cache/other\n"
_LATER_STEP = f"RUN {_MOUNT} true\nRUN mkdir -p /home/app/.cache/other\n"
_OLD_FRONTEND = "v0.10.6"
_PIP = "FROM python:3.13-slim\nRUN pip install --no-cache-dir PROGRAM && useradd -m -u 1000 app\n"
_NPM = "FROM node:22-slim\nRUN npm install -g PROGRAM && usermod -l app -d /home/app -m node\n"
# What a program is installed by, the folders that are mounted, what is run, and whether that works where the folder
# above the mount is root's.
_PROGRAMS = {
    "pip": (_PIP.replace("PROGRAM", "pip"), (".cache/pip",), "pip install --user six==1.16.0", True),
    "uv": (_PIP.replace("PROGRAM", "uv"), (".cache/uv",), "uv venv && uv pip install six==1.16.0", True),
    "poetry": (
        _PIP.replace("PROGRAM", "poetry"),
        (".cache/pypoetry/cache", ".cache/pypoetry/artifacts"),
        # What Poetry asks by itself may be out of reach where pip's index is not.
        f"poetry new -q x && cd x && poetry source add -q -p primary pip {PyPI.simple_url} && poetry add six==1.16.0",
        False,
    ),
    "pipenv": (_PIP.replace("PROGRAM", "pipenv"), (".cache/pip", ".cache/pipenv"), "pipenv install six", True),
    "yarn 1": (_NPM.replace("PROGRAM", "yarn@1"), (".cache/yarn",), "yarn add is-number@7.0.0", True),
    "pnpm": (_NPM.replace("PROGRAM", "pnpm@10"), (".local/share/pnpm/store",), "pnpm add is-number@7.0.0", True),
    "go": ("FROM golang:1.24\nRUN useradd -m -u 1000 app\n", (".cache/go-build",), "go install std", True),
}


@pytest.fixture(scope="module", params=("v0.8.3", "v0.10.6", "v0.11.6", VERSION))
def daemon(request: pytest.FixtureRequest) -> Iterator[tuple[str, BuildKit]]:
    with Registry(IMAGES) as registry:
        with BuildKit(registry.address) as current:
            CurrentBases(current).need(DEBIAN)
        with BuildKit(registry.address, request.param) as daemon:
            yield request.param, daemon


@pytest.mark.build
@pytest.mark.long
def test_a_later_step_needs_the_folder_before_0_11(daemon: tuple[str, BuildKit], tmp_path: Path) -> None:
    version, builder = daemon
    removed = version in ("v0.11.6", VERSION)
    assert _builds(builder, tmp_path, _USER + _LATER_STEP) == removed
    assert _builds(builder, tmp_path, _USER + _FOLDER + _LATER_STEP)


@pytest.mark.build
@pytest.mark.long
def test_the_same_step_needs_the_folder(daemon: tuple[str, BuildKit], tmp_path: Path) -> None:
    _, builder = daemon
    assert not _builds(builder, tmp_path, _USER + _SAME_STEP)
    assert _builds(builder, tmp_path, _USER + _FOLDER + _SAME_STEP)


@pytest.mark.build
@pytest.mark.long
def test_a_later_step_needs_the_folder_with_an_old_frontend(tmp_path: Path) -> None:
    root = tmp_path / "frontend"
    root.mkdir()
    module = f"github.com/moby/buildkit@{_OLD_FRONTEND}"
    with go_built(module, "dockerfile-frontend", folder="frontend/dockerfile/cmd") as built:
        shutil.move(built / "dockerfile-frontend", root)
    with Registry(IMAGES) as registry, BuildKit(registry.address) as builder:
        CurrentBases(builder).need(DEBIAN)
        oci.tag(IMAGES, "docker/dockerfile:1.4", oci.pack(IMAGES, root, {"Entrypoint": ["/dockerfile-frontend"]}))
        head = "# syntax=docker/dockerfile:1.4\n"
        assert not _builds(builder, tmp_path, head + _USER + _LATER_STEP)
        assert _builds(builder, tmp_path, head + _USER + _FOLDER + _LATER_STEP)
        assert _builds(builder, tmp_path, _USER + _LATER_STEP)


@pytest.mark.build
@pytest.mark.long
@pytest.mark.parametrize("name", _PROGRAMS)
def test_a_program_that_writes_beside_the_mount_needs_the_folder(name: str, tmp_path: Path) -> None:
    base, folders, command, works = _PROGRAMS[name]
    mounts = " ".join(f"--mount=type=cache,target=/home/app/{one},uid=1000,gid=1000" for one in folders)
    made = " ".join(f"/home/app/{Path(one).parent}" for one in folders)
    with Registry(IMAGES) as registry, BuildKit(registry.address) as builder:
        bases = CurrentBases(builder)
        for image in bases_of(base):
            bases.need(image)
        head = f"{base}USER app\nWORKDIR /home/app\n"
        assert _builds(builder, tmp_path, f"{head}RUN {mounts} {command}\n") == works
        assert _builds(builder, tmp_path, f"{head}RUN mkdir -p {made}\nRUN {mounts} {command}\n")


def _builds(builder: BuildKit, folder: Path, dockerfile: str) -> bool:
    context = folder / "context"
    context.mkdir(exist_ok=True)
    (context / "Dockerfile").write_text(dockerfile, encoding="utf-8")
    try:
        builder.try_build(context / "Dockerfile", context)
    except BuildKitError as error:
        if re.search("(?i)permission denied|not write-able", str(error)):
            return False
        raise
    return True
