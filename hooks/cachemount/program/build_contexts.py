"""Which folder is the context of a Dockerfile's builds, as far as the files around it tell.

Compose and Bake files say it with `context`, scripts and Makefiles with `docker build -f FILE FOLDER`, workflows by
Docker's action.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain

from cachemount.files.kept import kept
from cachemount.files.reading import real_path, repository_of, text_inside_repository, upwards
from cachemount.program.build_files import builds, hosts, place_of, places_of
from cachemount.program.repository_images import telling_folders, telling_texts
from cachemount.program.shell_builds import commands, is_of_make
from cachemount.program.workflow_builds import build_steps
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from cachemount.embedded.model import Build

_MOST_BYTES = 100_000


@kept
def context_of(path: str) -> str:
    """Return the context of a Dockerfile, from its folder (".", ".."); "" where builds differ or none is known."""
    full = real_path(path)
    beside = os.path.dirname(full)
    root = repository_of(beside)
    found = {*_by_commands(full), *_by_hosts(full, root), *_by_workflows(full, root)}
    if len(found) != 1 or None in found:
        return ""
    return os.path.relpath(str(found.pop()), beside).replace(os.sep, "/")


@kept
def has_builds(path: str) -> bool:
    """Return whether a file around a Dockerfile is seen to build it."""
    full = real_path(path)
    root = repository_of(os.path.dirname(full))
    return any(True for _ in chain(_by_commands(full), _by_hosts(full, root), _by_workflows(full, root)))


def _by_commands(path: str) -> Iterator[str | None]:
    for folder in telling_folders(os.path.dirname(path)):
        for name, text in telling_texts(folder):
            for build in commands(text, of_make=is_of_make(name)) if name not in hosts(folder) else ():
                if _is_of(build, folder, path):
                    yield build.folder and real_path(os.path.join(folder, build.folder))


def _by_hosts(path: str, root: str) -> Iterator[str | None]:
    for folder in upwards(os.path.dirname(path), root):
        for name in hosts(folder):
            host = os.path.join(folder, name)
            text = text_inside_repository(host, folder, _MOST_BYTES)
            for build in builds(host, text) if "build" in text or "target" in text else ():
                for place in places_of(host, root):
                    if _is_of(build, place, path):
                        yield build.context and real_path(os.path.join(place, build.context))


def _by_workflows(path: str, root: str) -> Iterator[str | None]:
    file = os.path.relpath(path, root).replace(os.sep, "/")
    for step in build_steps(root):
        if step.file == file:
            yield real_path(os.path.join(root, step.context)) if step.context else None


def _is_of(build: Build, folder: str, path: str) -> bool:
    place = place_of(build, ".")
    return place != "" and real_path(os.path.join(folder, place)) == path
