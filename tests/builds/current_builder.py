"""A current BuildKit with the methods of `Builder`, for the proofs that are measured."""

from __future__ import annotations

import json
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from builds import oci, room
from builds.builder import Built
from builds.buildkit import VERSION, BuildKit
from builds.oci import Registry


class CurrentBuilder:
    """A daemon, and a registry with the images that it has built, for as long as the `with` block lasts."""

    def __init__(self) -> None:
        self._ends = ExitStack()

    def __enter__(self) -> CurrentBuilder:
        folder = Path(self._ends.enter_context(tempfile.TemporaryDirectory(dir="/var/tmp")))
        self._layout, self._asked = folder / "images", folder / "asked"
        self._asked.mkdir()
        registry = self._ends.enter_context(Registry(self._layout))
        self._daemon = self._ends.enter_context(BuildKit(registry.address))
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    @property
    def version(self) -> str:
        """Of the daemon."""
        return f"BuildKit {VERSION}"

    def import_root(self, root: Path, tag: str) -> None:
        """Make an image of a folder."""
        config = {"Env": [f"PATH={room.PATH}"], "Cmd": ["bash"]}
        oci.tag(self._layout, tag, oci.pack(self._layout, root, config))

    def build(self, context: Path, tag: str) -> Built:
        """Build the Dockerfile in a folder. Raises `BuildKitError`."""
        begin = time.monotonic()
        self._daemon.try_build(context / "Dockerfile", context)
        seconds = time.monotonic() - begin
        # The image is written in a turn of its own: how long that takes has nothing to do with downloads.
        image = self._daemon.build(context / "Dockerfile", context, self._layout)
        oci.tag(self._layout, tag if ":" in tag else f"{tag}:latest", image.manifest)
        return Built(tag, seconds)

    def run(self, tag: str, command: list[str]) -> str:
        """Run a program in the image; return what was said. Raises `BuildKitError` where it fails."""
        return self._ask(f"FROM {tag}\nRUN --network=none {json.dumps(command)}\n")

    def copy_out(self, tag: str, path: str, folder: Path) -> None:
        """Copy a path of an image into a folder. Raises `BuildKitError`."""
        self._ask(f"FROM scratch\nCOPY --from={tag} {path} /\n", f"--output=type=local,dest={folder}")

    def _ask(self, dockerfile: str, *options: str) -> str:
        (self._asked / "Dockerfile").write_text(dockerfile, encoding="utf-8")
        return self._daemon.try_build(self._asked / "Dockerfile", self._asked, *options)

    def forget_mounts(self) -> None:
        """Empty the cache mounts; the layers stay. Raises `BuildKitError`."""
        self._daemon.empty_mounts()

    def forget(self, *_: str) -> None:
        """Drop all layers and cache mounts. Raises `BuildKitError`."""
        self._daemon.forget()
