"""Which Dockerfiles Railway builds, which refuses a mount without an id of its service.

Its file may have any name and folder, as the service says: https://docs.railway.com/config-as-code. It names the
Dockerfile from the root of the repository, or of the service's folder.
"""

from __future__ import annotations

import os

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, text_inside_repository, upwards
from cachemount.files.workflows import workflows
from cachemount.late_pattern import late

_MOST_BYTES = 100_000

_NAME = late(r"railway[\w.-]*\.(?:json|toml)|[\w.-]*railway\.(?:json|toml)")
_OTHER_BUILDER = late(r"(?i)\bbuilder[\"']?\s*[:=]\s*[\"'](?:nixpacks|railpack|heroku|paketo)")
# In a workflow: https://docs.railway.com/cli/up
_UP = late(r"(?m)^(?![ \t]*#).*?(?<![\w-])railway[ \t]+up\b")
_FILE = late(r"\bdockerfilePath[\"']?\s*[:=]\s*[\"']([^\"']+)")


def uses_dockerfile(text: str) -> bool:
    """Return whether a file of Railway leaves its builder to be a Dockerfile's."""
    return not _OTHER_BUILDER.search(text)


def railway_build(path: str, root: str) -> str:
    """Return the file, relative to its repository, that has Railway build a Dockerfile; "" without one.

    Both paths are absolute, `path` is the Dockerfile's.
    """
    for folder in upwards(os.path.dirname(path), root):
        for name, files in _files(folder, root):
            if path in files:
                return os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")
    return ""


def railway_command(path: str, root: str) -> str:
    """Return the workflow that has Railway build a folder, and so the file named Dockerfile in it; "" without one.

    That is the root's, unless the workflow names the other's folder: which one a service has, only Railway knows.
    """
    folder, name = os.path.split(path)
    inside = os.path.relpath(folder, root).replace(os.sep, "/")
    if name != "Dockerfile":
        return ""
    return next((one for one, text in _deploying(root) if inside == "." or inside in text), "")


@kept
def _deploying(root: str) -> tuple[tuple[str, str], ...]:
    """Return the workflows of a repository that hand a folder to Railway, with their texts."""
    texts = (
        (one, text_inside_repository(os.path.join(root, *one.split("/")), root, _MOST_BYTES)) for one in workflows(root)
    )
    return tuple((one, text) for one, text in texts if "railway" in text and _UP.search(text))


@kept
def _files(folder: str, root: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the files of Railway in a folder, each with the Dockerfiles that it may name."""
    found = []
    for name in names_in(folder):
        if not name.endswith((".json", ".toml")) or not _NAME.fullmatch(name):
            continue
        text = text_inside_repository(os.path.join(folder, name), root, _MOST_BYTES)
        if text and uses_dockerfile(text):
            named = _FILE.search(text)
            # By default the Dockerfile at the root of the service, which may be the folder of the file.
            file = (named[1] if named else "Dockerfile").lstrip("/")
            places = (folder, root) if named else (folder,)
            found.append((name, tuple(os.path.normpath(os.path.join(one, file)) for one in places)))
    return tuple(found)
