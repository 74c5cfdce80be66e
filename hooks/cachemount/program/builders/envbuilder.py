"""Which Dockerfiles documents and scripts have envbuilder build, which is made of kaniko and ignores cache mounts.

Its settings name the folder of `devcontainer.json`, or the Dockerfile: https://github.com/coder/envbuilder/blob/main/docs/env-variables.md
"""

from __future__ import annotations

import os
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, text_inside_repository
from cachemount.late_pattern import late

_MOST_BYTES = 200_000
_MOST_FILES = 60
_FOLDERS = ("", "docs", "scripts", ".coder", "coder")
_ENDS = (".md", ".mdx", ".rst", ".sh", ".tf", "Makefile")
# What says that a folder is of a dev container.
_SIGNS = ("devcontainer.json", ".devcontainer", ".devcontainer.json")
_NAMED = late(r"\bENVBUILDER_(?:DEVCONTAINER_DIR|DOCKERFILE_PATH)[\"']?\s*[:=]\s*[\"']?([\w./-]*\w)")
_SOURCE = late(r"\bENVBUILDER_GIT_URL[\"']?\s*[:=]\s*[\"']?[^\s\"'#]*/([\w.-]+?)(?:\.git)?(?=[\s\"'#]|\Z)")
_DEFAULT = ".devcontainer"


def envbuilder_build(path: str, root: str) -> str:
    """Return the file, relative to its repository, that has envbuilder build a Dockerfile; "" without one.

    Both paths are absolute, `path` is the Dockerfile's.
    """
    folder = os.path.dirname(path)
    if not any(one in names_in(folder) for one in _SIGNS):
        return ""
    places = {os.path.relpath(one, root).replace(os.sep, "/") for one in (folder, path)}
    for name, named in _files(root):
        # In front of it is where envbuilder has put the repository.
        if any(f"/{one}".endswith(f"/{place}") for one in named for place in places):
            return name
    return ""


@kept
def _files(root: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return the files of a repository that run envbuilder, each with the folders and Dockerfiles that it names."""
    found = []
    for folder in _FOLDERS:
        place = os.path.join(root, folder)
        inside = names_in(place) if not folder or folder in names_in(root) else {}
        for name in islice((one for one in sorted(inside) if one.endswith(_ENDS)), _MOST_FILES):
            text = text_inside_repository(os.path.join(place, name), root, _MOST_BYTES)
            if "ENVBUILDER_" in text:
                found.append((f"{folder}/{name}".lstrip("/"), _named(text, os.path.basename(root))))
    return tuple(found)


def _named(text: str, repository: str) -> frozenset[str]:
    named = _NAMED.findall(text)
    if not named and repository in _SOURCE.findall(text):
        named.append(_DEFAULT)
    return frozenset(named)
