"""A Docker daemon of our own, whose BuildKit builds the proofs. Needs root and Debian's docker.io."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple, Protocol

_DOCKER = "/usr/bin/docker"
_START = 60
_MOUNTS = '{{range .BuildCache}}{{if eq .CacheType "exec.cachemount"}}{{.Description}}{{end}}{{end}}'


class BuildError(Exception):
    """The builder does not start, or a build or a program in its image fails; with the last of what was said."""


class Built(NamedTuple):
    """An image, and the seconds that its build took."""

    tag: str
    seconds: float


class ImageBuilder(Protocol):
    """What the proofs ask of a builder: this one, or a current one."""

    @property
    def version(self) -> str: ...
    def import_root(self, root: Path, tag: str) -> None: ...
    def build(self, context: Path, tag: str) -> Built: ...
    def run(self, tag: str, command: list[str]) -> str: ...
    def copy_out(self, tag: str, path: str, folder: Path) -> None: ...
    def forget_mounts(self) -> None: ...
    def forget(self, *_: str) -> None: ...


class Builder:
    """A daemon for as long as the `with` block lasts."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cachemount-builder-"))
        self._daemon: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Builder:
        # vfs copies the whole image for each step, but starts where overlays do not.
        for driver in ("overlay2", "vfs"):
            self._start(driver)
            if self._answers():
                return self
            self._stop()
        log = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
        raise BuildError(f"dockerd does not start:\n{log[-3000:]}")

    def __exit__(self, *_: object) -> None:
        self._stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, driver: str) -> None:
        if shutil.which("dockerd") is None or not Path(_DOCKER).exists():
            raise BuildError("needs dockerd and docker: apt-get install docker.io")
        command = ["dockerd", "--host", self.host, "--data-root", str(self.folder / "data")]
        command += ["--exec-root", str(self.folder / "exec"), "--pidfile", str(self.folder / "pid")]
        command += [f"--storage-driver={driver}", "--iptables=false", "--bridge=none"]
        with (self.folder / "log").open("ab") as log:
            self._daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _stop(self) -> None:
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.wait(60)

    def _answers(self) -> bool:
        assert self._daemon is not None
        for _ in range(_START):
            if self._daemon.poll() is not None:
                return False
            if self._docker("info").returncode == 0:
                return True
            time.sleep(1)
        return False

    @property
    def host(self) -> str:
        """Where the daemon listens."""
        return f"unix://{self.folder}/socket"

    def _docker(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [_DOCKER, "--host", self.host, *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**os.environ, "DOCKER_BUILDKIT": "1"},
        )

    def _checked(self, *arguments: str) -> str:
        done = self._docker(*arguments)
        if done.returncode:
            raise BuildError(f"docker {' '.join(arguments)}\n{done.stdout[-4000:]}")
        return done.stdout

    @property
    def version(self) -> str:
        """Of the daemon, as in "Docker 20.10.24"."""
        return "Docker " + self._checked("version", "--format", "{{.Server.Version}}").strip()

    def import_root(self, root: Path, tag: str) -> None:
        """Make an image of a folder."""
        archive = self.folder / "root.tar"
        subprocess.run(["tar", "-C", str(root), "-cf", str(archive), "."], check=True)
        self._checked("import", str(archive), tag)
        archive.unlink()

    def build(self, context: Path, tag: str) -> Built:
        """Build the Dockerfile in a folder. Raises `BuildError`."""
        begin = time.monotonic()
        self._checked("build", "--network=host", "--progress=plain", "--tag", tag, str(context))
        return Built(tag, time.monotonic() - begin)

    def run(self, tag: str, command: list[str]) -> str:
        """Return what a program prints in the image. Raises `BuildError` where it fails."""
        return self._checked("run", "--rm", "--network=none", tag, *command)

    def copy_out(self, tag: str, path: str, folder: Path) -> None:
        """Copy a path of an image into a folder. Raises `BuildError`."""
        container = self._checked("create", "--network=none", tag, "/bin/true").strip()
        self._checked("cp", f"{container}:{path}", str(folder))
        self._checked("rm", container)

    def mounts(self) -> str:
        """Return what the builder says of its cache mounts; "" where it has none."""
        return self._checked("system", "df", "--verbose", "--format", _MOUNTS).strip()

    def forget_mounts(self) -> None:
        """Empty the cache mounts; the layers stay."""
        self._checked("builder", "prune", "--force", "--filter", "type=exec.cachemount")

    def forget(self, *tags: str) -> None:
        """Drop images, layers and cache mounts."""
        for tag in tags:
            self._docker("image", "rm", "--force", tag)
        self._checked("builder", "prune", "--force", "--all")
