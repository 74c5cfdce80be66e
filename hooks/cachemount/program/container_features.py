"""The devcontainer.json whose features are installed on the image of a Dockerfile, each in a layer without mounts."""

from __future__ import annotations

import os
from collections.abc import Iterator

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, repository_of, text_inside_repository, upwards
from cachemount.program.devcontainer import in_workspace, with_features
from cachemount.source import ContextFile

_MOST_BYTES = 100_000
_MOST_FILES = 50
_NAME, _FOLDER = "devcontainer.json", ".devcontainer"


def features_on(path: str) -> Iterator[ContextFile]:
    """Yield the first devcontainer.json that installs features on the image of a Dockerfile."""
    real = os.path.realpath(path)
    root = repository_of(os.path.dirname(real))
    for folder in upwards(os.path.dirname(real), root):
        for name, text, extended in _with_features(folder, root):
            if real in extended:
                shown = os.path.relpath(name, root).replace(os.sep, "/")
                yield ContextFile(path=shown, text=text, folder=os.path.relpath(root, os.path.dirname(real)))
                return


@kept
def _with_features(folder: str, root: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return each devcontainer.json of a folder that has features: its path, its text, the Dockerfiles it extends."""
    found = []
    for path in _places(folder):
        text = text_inside_repository(path, root, _MOST_BYTES)
        if '"features"' in text and (extended := tuple(_extended(path, text, root))):
            found.append((path, text, extended))
    return tuple(found)


def _places(folder: str) -> Iterator[str]:
    """Yield where tools look for a devcontainer.json in a folder."""
    names = names_in(folder)
    # Without the dot it is one of those in a folder of .devcontainer, or of a tool that is told where it is.
    yield from (os.path.join(folder, name) for name in (f".{_NAME}", _NAME) if name in names)
    if _FOLDER not in names:
        return
    inside = os.path.join(folder, _FOLDER)
    yield os.path.join(inside, _NAME)
    folders = [name for name in names_in(inside) if "." not in name]
    yield from (os.path.join(inside, name, _NAME) for name in folders[:_MOST_FILES])


def _extended(path: str, text: str, root: str) -> Iterator[str]:
    """Yield the Dockerfiles, by their real paths, on whose images a devcontainer.json installs its features."""
    named, files, service = with_features(text)
    shown = os.path.relpath(path, root).replace(os.sep, "/")
    here = os.path.dirname(path)
    if named:
        yield os.path.realpath(os.path.join(here, in_workspace(named, shown)))
    found = [os.path.normpath(os.path.join(here, in_workspace(file, shown))) for file in files[:_MOST_FILES]]
    for compose in found if service else ():
        # All paths are seen from the folder of the first file.
        yield from _built(compose, service, os.path.dirname(found[0]), root)


def _built(compose: str, service: str, folder: str, root: str) -> Iterator[str]:
    """Yield the Dockerfile that a service of a Compose file is built from, by the folder of the project."""
    from cachemount.program.build_files import builds, place_of  # noqa: PLC0415 - few have features and Compose

    text = text_inside_repository(compose, root, _MOST_BYTES)
    for build in builds("compose.yaml", text) if text else ():
        place = place_of(build, ".") if build.label == service else ""
        if place:
            yield os.path.realpath(os.path.join(folder, place))
