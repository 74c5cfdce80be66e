"""The files of a build's context, as far as the repository has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cachemount.source import ContextFile


def nearest(context: Sequence[ContextFile], path: str) -> Mapping[str, str]:
    """Return the files of the nearest folder that has this one, by their paths; nothing where no folder has it."""
    folder = next((one.folder for one in context if one.path == path), None)
    return {one.path: one.text for one in context if one.folder == folder}


def may_leave_out(files: Mapping[str, str], path: str) -> bool:
    """Return whether the folder's .dockerignore may keep a file out of the build."""
    top = path.partition("/")[0]
    lines = (line.strip() for line in files.get(".dockerignore", "").splitlines())
    return any(
        top in line or line.lstrip("/").startswith(("*", "!", ".*")) for line in lines if not line.startswith("#")
    )
