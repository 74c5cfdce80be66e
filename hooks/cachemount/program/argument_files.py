"""Files with the arguments of a build, NAME=value on each line, as buildah and podman read them.

https://docs.podman.io/en/latest/markdown/podman-build.1.html#build-arg-file-path
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from cachemount.files.reading import text_inside_repository
from cachemount.records import replace
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from cachemount.embedded.model import Build

_MOST_BYTES = 100_000


def arguments_in(path: str, root: str) -> Iterator[tuple[str, str]]:
    """Yield the arguments that a file of a repository gives; both paths are absolute."""
    for line in text_inside_repository(path, root, _MOST_BYTES).splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            yield name, value


def with_files(build: Build, folder: str, root: str) -> Build:
    """Return a build that a command in a folder makes, with what its files of arguments give; its own win."""
    if not build.argument_files:
        return build
    paths = [os.path.join(folder, one) for one in build.argument_files]
    given: dict[str, str | None] = {name: value for one in paths for name, value in arguments_in(one, root)}
    return replace(build, arguments=tuple(sorted({**given, **dict(build.arguments)}.items())))
