"""Dockerfiles that a repository's code builds by a library that asks the engine for the classic builder.

The engine takes it unless `version=2` is asked for: https://docs.docker.com/reference/api/engine/version/v1.51/#tag/Image/operation/ImageBuild
What each library asks for:
- Testcontainers for Node.js: version 1, unless `.withBuildkit()` is called
  (https://github.com/testcontainers/testcontainers-node/blob/main/packages/testcontainers/src/generic-container/generic-container-builder.ts)
- dockerode: what its options say (https://github.com/apocas/dockerode/blob/master/lib/docker.js)
- Testcontainers for Java, and docker-java below it: nothing (https://github.com/testcontainers/testcontainers-java/issues/2857,
  https://github.com/docker-java/docker-java/issues/1657)
- Testcontainers for Go: nothing, unless a modifier does
  (https://github.com/testcontainers/testcontainers-go/blob/main/container.go); dockertest and go-dockerclient: what
  `Version` says (https://github.com/ory/dockertest/blob/v3/dockertest.go)
- Testcontainers for .NET, and Docker.DotNet below it: nothing (https://github.com/testcontainers/testcontainers-dotnet/issues/1756)
- bollard: version 1 by default (https://github.com/fussybeaver/bollard/issues/237). Testcontainers for Rust asks for
  BuildKit (https://github.com/testcontainers/testcontainers-rs/blob/main/testcontainers/src/core/client.rs).
- docker-api for Ruby: what its options say (https://github.com/upserve/docker-api/blob/master/lib/docker/image.rb)
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.nearest import nearest_files
from cachemount.files.reading import names_in, text_inside_repository, upwards
from cachemount.late_pattern import late
from cachemount.records import Record

_MOST_BYTES = 200_000
_MOST_FOLDERS = 2_000
_MOST_FILES = 3_000
_MOST_INSIDE = 100
_SKIPPED = frozenset({"build", "dist", "node_modules", "venv", "vendor", "target", "bin", "obj", "docs"})


class _Library(Record):
    """What tells of a kind of libraries: in a project's files, in a program, and of BuildKit there.

    `manifest` are the ends of the names of a project's files, `ends` those of programs. By what is in `testing` tests
    most often build the project's own image; `content` is a call whose Dockerfile is no file.
    """

    manifest: tuple[str, ...]
    requires: re.Pattern[str]
    ends: tuple[str, ...]
    call: re.Pattern[str]
    testing: re.Pattern[str]
    buildkit: re.Pattern[str]
    content: re.Pattern[str]


class Call(Record):
    """A build in a program: the program's path and text, where the call begins and its name ends, and of what kind."""

    program: str
    text: str
    start: int
    end: int
    is_test: bool


_NEVER = late(r"(?!)")
_VERSION = r"\bversion[\"']?\s*(?::|=>?)\s*[\"']?2\b"
_LIBRARIES = (
    _Library(
        manifest=("package.json",),
        requires=late(r"\"(?:dockerode|testcontainers|@testcontainers/[\w-]+)\"\s*:"),
        ends=(".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"),
        call=late(r"\bGenericContainer\s*\.fromDockerfile\(|\.buildImage\("),
        testing=late(r"fromDockerfile"),
        buildkit=late(rf"\.withBuildkit\(|\bbuildx\b|DOCKER_BUILDKIT|{_VERSION}"),
        content=_NEVER,
    ),
    _Library(
        manifest=("pom.xml", ".gradle", ".gradle.kts", "libs.versions.toml"),
        requires=late(r"testcontainers|docker-java"),
        ends=(".java", ".kt", ".groovy", ".scala"),
        call=late(r"\bImageFromDockerfile\(|\.buildImageCmd\("),
        testing=late(r"ImageFromDockerfile"),
        buildkit=late(r"\bbuildx\b|DOCKER_BUILDKIT"),
        content=late(r"\.withDockerfileFromBuilder\b|\.withFileFromString\(\s*\"Dockerfile\""),
    ),
    _Library(
        manifest=("go.mod",),
        requires=late(
            r"(?m)^(?:require)?[ \t]*github\.com/(?:testcontainers/testcontainers-go|ory/dockertest(?:/v\d+)?"
            r"|fsouza/go-dockerclient) v[^\s/]+[ \t]*$"
        ),
        ends=(".go",),
        call=late(r"\bFromDockerfile\{|\.BuildAndRun(?:With(?:Build)?Options)?\(|\bBuildImageOptions\{"),
        testing=late(r"FromDockerfile|BuildAndRun"),
        buildkit=late(r"\bBuilderBuildKit\b|\bVersion:\s*\"2\""),
        content=_NEVER,
    ),
    _Library(
        manifest=("Cargo.toml",),
        requires=late(r"(?m)^[ \t]*(?:bollard\b|\[[\w.-]*dependencies\.bollard\])"),
        ends=(".rs",),
        call=late(r"\.build_image\("),
        testing=_NEVER,
        buildkit=late(r"\bBuilderBuildKit\b|\bImageBuildBuildkit\w*|\bbuildx\b"),
        content=_NEVER,
    ),
    _Library(
        manifest=(".csproj", ".fsproj", "Directory.Packages.props", "Directory.Build.props"),
        requires=late(r"\"(?:Testcontainers(?:\.\w+)?|Docker\.DotNet(?:\.\w+)*)\""),
        ends=(".cs", ".fs"),
        call=late(r"\bImageFromDockerfileBuilder\(|\.BuildImageFromDockerfileAsync\("),
        testing=late(r"ImageFromDockerfileBuilder"),
        buildkit=late(r"\bBuildKitImageFromDockerfileBuilder\b|\bbuildx\b|\bVersion\s*=\s*\"2\""),
        content=_NEVER,
    ),
    _Library(
        manifest=("Gemfile", "Gemfile.lock", ".gemspec"),
        requires=late(r"(?m)^[^#\n]*\bdocker-api\b"),
        ends=(".rb", "Rakefile", ".rake"),
        call=late(r"\bImage\.build_from_(?:dir|tar)\b"),
        testing=late(r"build_from_dir"),
        buildkit=late(rf"\bbuildx\b|DOCKER_BUILDKIT|{_VERSION}"),
        content=_NEVER,
    ),
)
# A comment of any of the languages.
_COMMENT = late(r"[ \t]*(?://|#|\*|/\*)")


def engine_build(path: str, root: str) -> str:
    """Return the program, relative to its repository, that builds a Dockerfile by such a library; "" without one.

    Both paths are absolute, `path` is the Dockerfile's.
    """
    for folder in upwards(os.path.dirname(path), root):
        for project in _projects(folder, root):
            for call in _calls(project, root):
                from cachemount.program.builders.call_paths import may_build

                if may_build(call, path, project, root):
                    return os.path.relpath(call.program, root).replace(os.sep, "/")
    return ""


@kept
def _projects(folder: str, root: str) -> tuple[str, ...]:
    """Return the folders, among a folder and those two levels below it, whose project requires such a library."""
    places = [folder, *_inside(folder)]
    places += islice((one for place in places[1:] for one in _inside(place)), _MOST_INSIDE)
    return tuple(one for one in places if _required(one, root))


def _inside(folder: str) -> list[str]:
    names = (one for one in names_in(folder) if one not in _SKIPPED and not one.startswith("."))
    # Projects of .NET have dots in their names.
    folders = (one for one in names if "." not in one or os.path.isdir(os.path.join(folder, one)))
    return [os.path.join(folder, one) for one in islice(folders, _MOST_INSIDE)]


@kept
def _required(folder: str, root: str) -> tuple[_Library, ...]:
    """Return the libraries that the project in a folder requires."""
    found = []
    for library in _LIBRARIES:
        names = [one for one in names_in(folder) if one.endswith(library.manifest)]
        names += ["gradle/libs.versions.toml"] if ".gradle" in library.manifest and "gradle" in names_in(folder) else []
        texts = (text_inside_repository(os.path.join(folder, *one.split("/")), root, _MOST_BYTES) for one in names)
        if any(library.requires.search(one) for one in texts):
            found.append(library)
    return tuple(found)


@kept
def _calls(project: str, root: str) -> tuple[Call, ...]:
    return tuple(one for library in _required(project, root) for one in _calls_of(library, project, root))


def _calls_of(library: _Library, project: str, root: str) -> Iterator[Call]:
    """Yield the builds in the programs of a project."""
    mark = library.manifest[0] if library.manifest[0] in ("go.mod", "Cargo.toml") else ""
    dotted = ".csproj" in library.manifest
    files = nearest_files(project, library.ends, _SKIPPED, _MOST_FOLDERS, mark=mark, dotted=dotted)
    for program in islice(files, _MOST_FILES):
        text = text_inside_repository(program, root, _MOST_BYTES)
        if ("ocker" not in text and "build_image" not in text) or library.buildkit.search(text):
            continue
        for found in library.call.finditer(text):
            line = text.rfind("\n", 0, found.start()) + 1
            if not _COMMENT.match(text, line) and not library.content.search(text[found.start() : found.end() + 600]):
                is_test = library.testing.search(found[0]) is not None
                yield Call(program=program, text=text, start=found.start(), end=found.end(), is_test=is_test)
