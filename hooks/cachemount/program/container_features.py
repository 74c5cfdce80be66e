"""The devcontainer.json that installs more on the image of a Dockerfile, where no mount is.

Its features are installed in layers of their own, its commands run in the container.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from cachemount.dockerfile.images.lookup import lookup
from cachemount.files.kept import kept
from cachemount.files.reading import names_in, real_path, repository_of, text_inside_repository, upwards
from cachemount.program.devcontainer import LIFECYCLE, begins_with, has_features, in_workspace, lifecycle, target
from cachemount.program.readmes import to_line_end
from cachemount.records import Record
from cachemount.script_names import SHELL_SCRIPT
from cachemount.source import ContextFile, Elsewhere

_MOST_BYTES = 100_000
_MOST_FILES = 50
_NAME, _FOLDER = "devcontainer.json", ".devcontainer"
# Where a devcontainer.json says what its container is made of.
_SAYS_WHAT = ('"target"', '"dockerfile"', '"dockerFile"', '"service"', '"image"')


def containers_on(path: str) -> Iterator[ContextFile]:
    """Yield the first devcontainer.json that installs features, or by its commands, on the image of a Dockerfile.

    In the second case its text goes to the end of the line with the command.
    """
    real = real_path(path)
    root = repository_of(os.path.dirname(real))
    for folder in upwards(os.path.dirname(real), root):
        for one in _containers(folder, root):
            is_built = real in one.dockerfiles
            stages = one.stages if is_built else tuple(_stages(real, root, one.images))
            if is_built or stages:
                shown = os.path.relpath(one.path, root).replace(os.sep, "/")
                above = os.path.relpath(root, os.path.dirname(real))
                manager = "apt" if one.installs else ""
                yield ContextFile(path=shown, text=one.text, folder=above, stages=stages, at_run_time=manager)
                return


def stages_of_containers(path: str, root: str) -> Iterator[tuple[Elsewhere, str]]:
    """Yield the stages of a Dockerfile ("": the last) that dev containers are made of, each with the line that says so.

    Both paths are absolute.
    """
    for folder in upwards(os.path.dirname(path), root):
        for place in _places(folder):
            text = text_inside_repository(place, root, _MOST_BYTES)
            if not text:
                continue
            at = next((found for key in _SAYS_WHAT if (found := text.find(key)) >= 0), 0)
            line = Elsewhere(text.count("\n", 0, at) + 1, os.path.relpath(place, root).replace(os.sep, "/"))
            yield from ((line, stage) for dockerfile, stage in _extended(place, text, root) if dockerfile == path)
            yield from ((line, stage) for stage in _stages(path, root, tuple(_images(place, text, root))))


def _stages(path: str, root: str, images: tuple[str, ...]) -> Iterator[str]:
    """Yield the stages of a Dockerfile that one of the images may be of, as the repository builds it."""
    if not images:
        return
    from cachemount.program.given_names import given_names
    from cachemount.program.repository_images import telling_folders

    own = os.path.relpath(path, root).replace(os.sep, "/")
    folders = telling_folders(os.path.dirname(path))
    yield from dict.fromkeys(target for _, target in given_names(folders, own, root, images))


class _Container(Record):
    """A devcontainer.json that installs: its path and text, and the Dockerfiles and images that it begins with.

    `stages` has the one that it names of the first. `installs` is True where its commands do so, and no features.
    """

    path: str
    text: str
    dockerfiles: tuple[str, ...]
    images: tuple[str, ...]
    stages: tuple[str, ...]
    installs: bool


@kept
def _containers(folder: str, root: str) -> tuple[_Container, ...]:
    """Return each devcontainer.json of a folder that installs something, those with features first."""
    found = []
    for path in _places(folder):
        text = text_inside_repository(path, root, _MOST_BYTES)
        features = '"features"' in text and has_features(text)
        told = text if features else _installing(text, root)
        if told:
            one = _Container(
                path=path,
                text=told,
                dockerfiles=tuple(dockerfile for dockerfile, _ in _extended(path, text, root)),
                images=tuple(_images(path, text, root)),
                stages=tuple(filter(None, (target(text),))),
                installs=not features,
            )
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.installs))


def _installing(text: str, root: str) -> str:
    """Return the text of a devcontainer.json up to the first command that installs by apt; "" without one."""
    if not any(one in text for one in LIFECYCLE):
        return ""
    from cachemount.managers.apt import APT
    from cachemount.repairs.safety.unnamed_scripts import installs_packages

    for key, command in lifecycle(text):
        scripts = (one.split("/") for one in SHELL_SCRIPT.findall(command))
        texts = [text_inside_repository(os.path.join(root, *parts), root, _MOST_BYTES) for parts in scripts]
        if installs_packages([command, *texts], APT, has_rights=True):
            at = re.search(rf"(?m)^(?![ \t]*//).*\"{key}\"", text)
            return to_line_end(text, at.end() if at else 0)
    return ""


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


def _extended(path: str, text: str, root: str) -> Iterator[tuple[str, str]]:
    """Yield the Dockerfiles, by real paths, that a devcontainer.json has its container of, each with the stage."""
    named, _, _, service = begins_with(text)
    if named:
        shown = os.path.relpath(path, root).replace(os.sep, "/")
        yield real_path(os.path.join(os.path.dirname(path), in_workspace(named, shown))), target(text)
    found = _compose_files(path, text, root)
    for compose in found:
        # All paths are seen from the folder of the first file.
        yield from _built(compose, service, os.path.dirname(found[0]), root)


def _compose_files(path: str, text: str, root: str) -> list[str]:
    """Return the Compose files that a devcontainer.json names, if it names a service too."""
    _, _, files, service = begins_with(text)
    shown = os.path.relpath(path, root).replace(os.sep, "/")
    places = files[:_MOST_FILES] if service else []
    return [os.path.normpath(os.path.join(os.path.dirname(path), in_workspace(one, shown))) for one in places]


def _images(path: str, text: str, root: str) -> Iterator[str]:
    """Yield the images that a devcontainer.json installs its features on, without registry and tag."""
    from cachemount.program.build_files import images
    from cachemount.program.given_names import without_registry

    _, image, _, service = begins_with(text)
    names = [image] if image else []
    for compose in _compose_files(path, text, root):
        content = text_inside_repository(compose, root, _MOST_BYTES)
        names += [name for one in images(content) if one.label == service for name in one.names]
    yield from (without_registry(one) for one in names if lookup(one) is None)


def _built(compose: str, service: str, folder: str, root: str) -> Iterator[tuple[str, str]]:
    """Yield the Dockerfile and the stage that a service of a Compose file is built from, by the project's folder."""
    from cachemount.program.build_files import builds, place_of

    text = text_inside_repository(compose, root, _MOST_BYTES)
    for build in builds("compose.yaml", text) if text else ():
        place = place_of(build, ".") if build.label == service else ""
        if place:
            yield real_path(os.path.join(folder, place)), build.target or ""
