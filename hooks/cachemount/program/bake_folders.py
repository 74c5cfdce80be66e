"""Folders with Bake files that need not be above a Dockerfile: Bake is called at the root, with the file's path."""

from __future__ import annotations

import os

from cachemount.files.kept import kept
from cachemount.files.reading import names_in

# As repositories call those with what builds their images.
_FOLDERS = (
    ".ci", ".docker", ".github", "bake", "build", "ci", "containers", "deploy", "deployment", "docker", "hack", "infra",
)  # fmt: skip


@kept
def bake_folders(root: str) -> tuple[str, ...]:
    """Return the folders at the root of a repository that have a Bake file, among those with a usual name."""
    names = names_in(root)
    folders = [os.path.join(root, one) for one in _FOLDERS if one in names]
    return tuple(one for one in folders if any("bake" in name and _is_bake(name) for name in names_in(one)))


def _is_bake(name: str) -> bool:
    from cachemount.program.discovery import host_kind

    return host_kind(name) == "bake"
