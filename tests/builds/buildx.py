"""A current buildx, built from the Go module proxy as BuildKit is, and a folder in which `docker buildx` asks a daemon.

`docker` is a script here: of the client, measure-cache-mounts needs the version and what buildx does.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from builds.buildkit import CACHE, BuildKit, BuildKitError

VERSION = "v0.38.2"
_MODULE = "github.com/docker/buildx"
_DOCKER = """\
#!/bin/sh
case "$1" in
    --version) echo "Docker version 29.0.0, build none" ;;
    buildx) shift; exec PROGRAM "$@" ;;
    *) exit 1 ;;
esac
"""


def program() -> Path:
    """Return buildx; build it where it is missing. Raises `BuildKitError`."""
    path = CACHE / f"buildx-{VERSION}"
    if not path.exists():
        if shutil.which("go") is None:
            raise BuildKitError("needs go")
        source = Path(json.loads(_said(["go", "mod", "download", "-json", f"{_MODULE}@{VERSION}"]))["Dir"])
        with tempfile.TemporaryDirectory() as work:
            copy = Path(work, "source")
            shutil.copytree(source, copy)
            for one in (copy, *copy.rglob("*")):
                one.chmod(one.stat().st_mode | 0o200)
            _said(["go", "build", "-trimpath", "-o", f"{work}/buildx", "./cmd/buildx"], folder=copy)
            CACHE.mkdir(parents=True, exist_ok=True)
            shutil.move(f"{work}/buildx", path)
    return path


def _said(command: list[str], folder: Path | None = None) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "CGO_ENABLED": "0"}
    )
    if done.returncode:
        raise BuildKitError(f"{' '.join(command)}\n{done.stderr[-3000:]}")
    return done.stdout


def environment(daemon: BuildKit, folder: Path) -> dict[str, str]:
    """Return variables with which `docker buildx` asks this daemon; `folder` keeps what buildx knows of it."""
    docker = folder / "docker"
    docker.write_text(_DOCKER.replace("PROGRAM", str(program())), encoding="utf-8")
    docker.chmod(0o755)
    variables = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "BUILDX_CONFIG": str(folder / "buildx")}
    command = [str(docker), "buildx", "create", "--use", "--driver=remote", "--name=current"]
    done = subprocess.run([*command, daemon.address], env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildKitError(done.stderr[-3000:])
    return variables
