"""Dockerfiles that Go code of a repository builds by Docker's client, which takes the classic builder.

`ImageBuildOptions.Version` chooses it unless it is BuilderBuildKit: https://pkg.go.dev/github.com/docker/docker/api/types/build
The code is looked for in the module that a Dockerfile belongs to, where it requires the client. Which Dockerfile a call
builds is known where the module embeds the file (https://pkg.go.dev/embed) or names it near the call. A package that
asks the engine whether it offers BuildKit calls the classic builder for old engines alone.
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
from cachemount.program.builders.named_near import named_near
from cachemount.records import Record

_MOST_BYTES = 200_000
_MOST_FOLDERS = 2_000
_MOST_FILES = 3_000

# A module that a dependency alone needs is `// indirect`: https://go.dev/ref/mod#go-mod-file-require
_CLIENT = late(r"^(?:require)?[ \t]*github\.com/(?:docker/docker|moby/moby(?:/client)?) v[^\s/]+[ \t]*$", re.MULTILINE)
_SKIPPED = frozenset({"vendor", "node_modules", "testdata", "docs"})
_CALL = late(r"\.ImageBuild\(")
# Other interfaces have a method of that name too.
_OPTIONS = "ImageBuildOptions"
_OTHER_BUILDER = late(r"\bBuilderBuildKit\b|\bVersion:\s*\"2\"")
# https://pkg.go.dev/github.com/docker/docker/api/types#Ping
_ASKS = late(r"\bBuilderVersion[ \t]*==[ \t]*[\w.]*\bBuilderBuildKit\b")
_EMBED = late(r"^//go:embed[ \t]+(.+)$")


class _Code(Record):
    """The programs of a module that build images, each with its text, and the files that the module embeds."""

    programs: tuple[tuple[str, str], ...]
    embedded: tuple[str, ...]


def go_build(path: str, root: str) -> str:
    """Return the Go file, relative to its repository, that builds a Dockerfile by Docker's client; "" without one.

    Both paths are absolute, `path` is the Dockerfile's.
    """
    for folder in upwards(os.path.dirname(path), root):
        if "go.mod" not in names_in(folder):
            continue
        code = _code(folder, root)
        for program, text in code.programs:
            if any(_embeds(one, path) for one in code.embedded) or named_near(_CALL, text, path, root):
                return os.path.relpath(program, root).replace(os.sep, "/")
        return ""
    return ""


@kept
def _code(module: str, root: str) -> _Code:
    text = text_inside_repository(os.path.join(module, "go.mod"), root, _MOST_BYTES)
    if not _CLIENT.search(text):
        return _Code(programs=(), embedded=())
    programs: list[tuple[str, str]] = []
    embedded: list[str] = []
    asking: set[str] = set()
    for path in islice(nearest_files(module, ".go", _SKIPPED, _MOST_FOLDERS, mark="go.mod"), _MOST_FILES):
        text = text_inside_repository(path, root, _MOST_BYTES)
        if ".ImageBuild(" in text and _OPTIONS in text and not _OTHER_BUILDER.search(text):
            programs.append((path, text))
        if "BuilderBuildKit" in text and not path.endswith("_test.go") and _ASKS.search(text):
            asking.add(os.path.dirname(path))
        if "//go:embed" in text:
            embedded += _embedded(path, text)
    programs = [one for one in programs if os.path.dirname(one[0]) not in asking]
    return _Code(programs=tuple(programs), embedded=tuple(embedded) if programs else ())


def _embedded(program: str, text: str) -> Iterator[str]:
    """Yield the patterns of what a Go file embeds, as absolute paths."""
    for line in text.split("\n"):
        if directive := _EMBED.match(line):
            for word in directive[1].split():
                yield os.path.join(os.path.dirname(program), word.strip('"`').removeprefix("all:"))


def _embeds(pattern: str, path: str) -> bool:
    """Return whether what a directive embeds holds a file: by its name, a pattern, or as a file of a folder."""
    if "*" not in pattern and "?" not in pattern and "[" not in pattern:
        return path == pattern or path.startswith(pattern + os.sep)
    from fnmatch import fnmatchcase

    # A `*` of Go's ends at a slash.
    parts = pattern.count(os.sep) + 1
    return fnmatchcase(os.sep.join(path.split(os.sep)[:parts]), pattern)
