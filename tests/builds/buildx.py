"""A current buildx, built from the Go module proxy as BuildKit is, and a folder in which `docker buildx` asks a daemon.

`docker` is a script here: of the client, measure-cache-mounts needs the version and what buildx does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from builds.buildkit import CACHE, BuildKit, BuildKitError, go_built

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
        with go_built(f"{_MODULE}@{VERSION}", "buildx") as folder:
            CACHE.mkdir(parents=True, exist_ok=True)
            shutil.move(folder / "buildx", path)
    return path


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
