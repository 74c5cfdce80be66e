"""A BuildKit, built from the Go module proxy and started for the builds of a test: a current one, or an older one.

`python tests/builds/buildkit.py` builds it and says where it is; `python tests/builds/buildkit.py v0.12.5` builds
another version. Needs root, Go, and Debian's runc; what is built is kept in the cache folder of the user, outside the
repository.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

VERSION = "v0.34.2"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cachemount-builds"
_MODULE = "github.com/moby/buildkit"
_START = 60
_CONFIG = """\
[worker.oci]
  enabled = true
  gc = false
  snapshotter = "overlayfs"
[worker.containerd]
  enabled = false
[registry."docker.io"]
  mirrors = ["ADDRESS"]
[registry."mcr.microsoft.com"]
  mirrors = ["ADDRESS"]
[registry."ADDRESS"]
  http = true
"""


class BuildKitError(Exception):
    """BuildKit cannot be had or does not start, or a build fails; with the last of what was said."""


class Built(NamedTuple):
    """Where the image is (a folder in OCI's layout, the digest of its manifest), and how long its build took."""

    layout: Path
    manifest: str
    seconds: float
    log: str


def programs(version: str = VERSION) -> Path:
    """Return the folder with buildkitd and buildctl; build them where they are missing. Raises `BuildKitError`."""
    folder = CACHE / f"buildkit-{version}"
    if not (folder / "buildkitd").exists():
        for program in ("go", "runc"):
            if shutil.which(program) is None:
                raise BuildKitError(f"needs {program}")
        with go_built(f"{_MODULE}@{version}", "buildctl", "buildkitd") as built:
            folder.mkdir(parents=True, exist_ok=True)
            # buildkitd last: it says that all is there.
            for name in ("buildctl", "buildkitd"):
                shutil.move(built / name, folder / name)
    return folder


@contextmanager
def go_built(module: str, *names: str, folder: str = "cmd") -> Iterator[Path]:
    """Build programs of a Go module (`path@version`) that are in `folder` there; return where they are.

    They go when the `with` block ends. Raises `BuildKitError`.
    """
    source = Path(json.loads(_said(["go", "mod", "download", "-json", module]))["Dir"])
    with tempfile.TemporaryDirectory() as work:
        copy = Path(work, "source")
        shutil.copytree(source, copy)
        for one in (copy, *copy.rglob("*")):
            one.chmod(one.stat().st_mode | 0o200)
        # What lies there is not all that is needed: a module has no `vendor` but for single files.
        shutil.rmtree(copy / "vendor", ignore_errors=True)
        packages = [f"./{folder}/{name}" for name in names]
        _said(["go", "build", "-mod=mod", "-trimpath", "-o", f"{work}/", *packages], folder=copy)
        yield Path(work)


def _said(command: list[str], folder: Path | None = None) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "CGO_ENABLED": "0"}
    )
    if done.returncode:
        raise BuildKitError(f"{' '.join(command)}\n{done.stderr[-3000:]}")
    return done.stdout


class BuildKit:
    """A daemon for as long as the `with` block lasts. `mirror` is the address of the registry with the base images."""

    def __init__(self, mirror: str, version: str = VERSION) -> None:
        self._mirror = mirror
        self._programs = programs(version)
        self.folder = Path(tempfile.mkdtemp(prefix="cachemount-buildkit-", dir="/var/tmp"))
        self._daemon: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> BuildKit:
        config = self.folder / "buildkitd.toml"
        config.write_text(_CONFIG.replace("ADDRESS", self._mirror), encoding="utf-8")
        command = [str(self._programs / "buildkitd"), "--config", str(config), "--addr", self.address]
        # The steps use the machine's network: the registries are there, and no bridge is needed.
        command += ["--root", str(self.folder / "root"), "--oci-worker-net=host"]
        with (self.folder / "log").open("ab") as log:
            self._daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        for _ in range(_START):
            if self._daemon.poll() is None and self._control("debug", "workers").returncode == 0:
                return self
            time.sleep(0.5)
        said = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
        self.__exit__()
        raise BuildKitError(f"buildkitd does not start:\n{said[-3000:]}")

    def __exit__(self, *_: object) -> None:
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def address(self) -> str:
        """Where the daemon listens."""
        return f"unix://{self.folder}/socket"

    def _control(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self._programs / "buildctl"), "--addr", self.address, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )

    def build(self, dockerfile: Path, context: Path, layout: Path, *options: str) -> Built:
        """Build a Dockerfile with a folder as its context. Raises `BuildKitError`.

        Images in one layout share the layers of their bases.
        """
        begin = time.monotonic()
        log = self.try_build(
            dockerfile,
            context,
            f"--output=type=oci,tar=false,dest={layout},compression=uncompressed,name=image",
            f"--metadata-file={self.folder}/metadata.json",
            *options,
        )
        said = json.loads((self.folder / "metadata.json").read_text(encoding="utf-8"))
        digest = said["containerimage.digest"].removeprefix("sha256:")
        return Built(layout, digest, time.monotonic() - begin, log)

    def try_build(self, dockerfile: Path, context: Path, *options: str) -> str:
        """Build without an image, as all versions can; return what was said. Raises `BuildKitError`."""
        done = self._control(
            "build",
            "--frontend=dockerfile.v0",
            f"--local=context={context}",
            f"--local=dockerfile={dockerfile.parent}",
            "--progress=plain",
            *options,
        )
        if done.returncode:
            raise BuildKitError(done.stdout[-6000:])
        return done.stdout

    def empty_mounts(self) -> None:
        """Drop the cache mounts; the layers stay. Raises `BuildKitError`."""
        done = self._control("prune", "--all", "--filter", "type==exec.cachemount")
        if done.returncode:
            raise BuildKitError(done.stdout[-3000:])

    def forget(self) -> None:
        """Drop all layers and cache mounts. Raises `BuildKitError`."""
        done = self._control("prune", "--all")
        if done.returncode:
            raise BuildKitError(done.stdout[-3000:])

    def keep(self, megabytes: int) -> None:
        """Drop the layers that were not used for longest, until no more is left than this. Raises `BuildKitError`."""
        done = self._control("prune", f"--keep-storage={megabytes}")
        if done.returncode:
            raise BuildKitError(done.stdout[-3000:])

    def mounts(self) -> str:
        """Return what the daemon says of its cache mounts."""
        return self._control("du", "--filter", "type==exec.cachemount").stdout

    def mount_targets(self) -> set[str]:
        """Return where its cache mounts were mounted."""
        said = self._control("du", "--verbose", "--filter", "type==exec.cachemount").stdout
        return set(re.findall(r"(?m)^Description:\s+cached mount (\S+) from ", said))


if __name__ == "__main__":
    print(programs(*sys.argv[1:]))
