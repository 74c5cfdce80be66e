"""Base images for the proofs, made with debootstrap: no image can be pulled where they are built.

They carry the files of the official images that decide what a cache mount is worth.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from builds import room
from builds.builder import ImageBuilder
from builds.images import IMAGES, REPOSITORIES
from builds.registries import Registries

# As in Debian's official images: https://github.com/debuerreotype/debuerreotype/blob/master/scripts/debuerreotype-minimizing-config
_EMPTY = "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"
DOCKER_CLEAN = f"""\
DPkg::Post-Invoke {{ "{_EMPTY}"; }};
APT::Update::Post-Invoke {{ "{_EMPTY}"; }};

Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
"""
SUITE = "bookworm"
DEBIAN = f"debian:{SUITE}-slim"


class Bases:
    """Makes each image when a proof first asks for it."""

    def __init__(self, builder: ImageBuilder, registries: Registries, folder: Path) -> None:
        self._builder, self._registries, self._folder = builder, registries, folder
        self._made: set[str] = set()

    def need(self, tag: str) -> None:
        """Make an image unless it is there. Raises `RoomError` or `BuildError`."""
        if tag in self._made:
            return
        if tag == DEBIAN:
            self._debian()
        else:
            self.need(DEBIAN)
            if "/at/file/" in IMAGES[tag] and "repositories" not in self._made:
                self._serve()
                self._made.add("repositories")
            self._image(tag, IMAGES[tag])
        self._made.add(tag)

    def _image(self, tag: str, instructions: str) -> None:
        context = self._folder / re.sub(r"\W", "-", tag)
        context.mkdir(parents=True)
        text = f"FROM {DEBIAN}\n{instructions.replace('ADDRESS', self._registries.address)}"
        (context / "Dockerfile").write_text(text, encoding="utf-8")
        self._builder.build(context, tag)

    def _serve(self) -> None:
        """Small repositories for the managers whose registries are not reached."""
        self._image("repositories", REPOSITORIES)
        self._builder.copy_out("repositories", "/repositories/.", self._registries.files)

    def _debian(self) -> None:
        root = self._folder / "root"
        room.bootstrap(root, SUITE)
        (root / "etc/apt/apt.conf.d/docker-clean").write_text(DOCKER_CLEAN, encoding="utf-8")
        (root / "etc/apt/apt.conf.d/99proxy").write_text(
            f'Acquire::http::Proxy "{self._registries.address}";\n', encoding="utf-8"
        )
        for folder in ("var/cache/apt/archives", "var/lib/apt/lists"):
            shutil.rmtree(root / folder)
            (root / folder / "partial").mkdir(parents=True)
        self._builder.import_root(root, DEBIAN)
        shutil.rmtree(root)
