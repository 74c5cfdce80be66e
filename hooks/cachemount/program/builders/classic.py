"""Dockerfiles that the repository's own code builds with the classic builder, which refuses `RUN --mount`.

By the engine's interface docker-py, docker-java and docker's Go client take it unless a version is given:
https://docs.docker.com/reference/api/engine/version/v1.51/#tag/Image/operation/ImageBuild ("version": "1" by default)
Testcontainers builds through them: https://java.testcontainers.org/features/creating_images/,
https://golang.testcontainers.org/features/build_from_dockerfile/
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, text_inside_repository, upwards
from cachemount.late_pattern import late
from cachemount.program.builders.build_commands import built_without_buildx
from cachemount.program.builders.named_near import named_near
from cachemount.program.builders.switched_off import switched_off
from cachemount.script_names import MAKEFILES

BY_INTERFACE = "a build by the engine's interface"
WITHOUT_BUILDX = "`docker build` where buildx is missing"

_MOST_BYTES = 200_000
# Of the folders and files that are looked at.
_MOST = 60

_SCRIPTS = (".sh", ".mk", ".bash")
_TESTS = late(r"(?i)(?:e2e|it|(?:unit|integration|functional|system|acceptance)?[_-]?tests?|testing|spec)\Z")
_LANGUAGES = (".py", ".go", ".java", ".kt")
# Calls of docker-py, and of Testcontainers for Python, Java and Go, and what names what they build.
_CALLS = late(
    r"\bimages\.build\(|\.buildImage\(|\bDockerImage\(|\bAPIClient\([^\n]*\)\.build\(|\bImageFromDockerfile\b|\bFromDockerfile\{"
)
_BUILDKIT = late(r"BuilderBuildKit|\bbuildx\b|DOCKER_BUILDKIT|\bversion[\"']?\s*:\s*[\"']2[\"']")


def classic_build(path: str, root: str) -> tuple[str, str] | None:
    """Return the file, relative to its repository, that builds a Dockerfile with the classic builder, and by what.

    Both paths are absolute, `path` is the Dockerfile's.
    """
    if off := switched_off(path, root):
        return off
    for folder in upwards(os.path.dirname(path), root):
        for name, files in _without_buildx(folder, root):
            if path in files:
                return name, WITHOUT_BUILDX
        for name, text in _tests(folder, root):
            if _may_build(name, text, path, root):
                return name, BY_INTERFACE
    return None


@kept
def _without_buildx(folder: str, root: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return the scripts of a folder that build where buildx is missing too, and the Dockerfiles that they name."""
    found = []
    for name in islice((one for one in names_in(folder) if one.endswith(_SCRIPTS) or one in MAKEFILES), _MOST):
        text = text_inside_repository(os.path.join(folder, name), root, _MOST_BYTES)
        if files := _paths(built_without_buildx(text), folder, root):
            found.append((_relative(folder, name, root), files))
    return tuple(found)


def _paths(named: Iterable[str], folder: str, root: str) -> frozenset[str]:
    """Return the paths that a file in a folder may name so."""
    return frozenset(os.path.normpath(os.path.join(place, one)) for one in named for place in (folder, root))


def _may_build(name: str, text: str, path: str, root: str) -> bool:
    """Return whether a program may build a Dockerfile; what Python code builds is told better than by what is near."""
    if name.endswith(".py"):
        from cachemount.program.builders.python_api import built_by_test

        if patterns := built_by_test(os.path.join(root, *name.split("/")), text, root):
            return any(one.fullmatch(path) for one in patterns)
    return named_near(_CALLS, text, path, root)


@kept
def _tests(folder: str, root: str) -> tuple[tuple[str, str], ...]:
    """Return the programs that build images, in the folders of tests in a folder or in one that it holds."""
    found = []
    for place in islice(_test_folders(folder), _MOST):
        for name in islice((one for one in names_in(place) if one.endswith(_LANGUAGES)), _MOST):
            text = text_inside_repository(os.path.join(place, name), root, _MOST_BYTES)
            if "ocker" in text and _CALLS.search(text) and not _BUILDKIT.search(text):
                found.append((_relative(place, name, root), text))
    return tuple(found)


def _test_folders(folder: str) -> Iterator[str]:
    """Yield the folders of tests in a folder and in those that it holds, and the folders in them."""
    inside = [name for name in names_in(folder) if "." not in name]
    tops = [name for name in inside if _TESTS.match(name)]
    tops += [
        f"{one}/{name}" for one in islice(inside, _MOST) for name in names_in(f"{folder}/{one}") if _TESTS.match(name)
    ]
    for top in tops:
        yield f"{folder}/{top}"
        yield from (f"{folder}/{top}/{name}" for name in names_in(f"{folder}/{top}") if "." not in name)


def _relative(folder: str, name: str, root: str) -> str:
    return os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")
