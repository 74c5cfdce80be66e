"""Dockerfiles that AWS CodeBuild builds by `docker build` in one of its images with a Docker before 23.

So are `standard` before 7.0 and those of Amazon Linux 2, without buildx: https://github.com/aws/aws-codebuild-docker-images.
The build specification has the commands; what sets up the project names the image.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.nearest import nearest_files
from cachemount.files.reading import text_inside_repository
from cachemount.late_pattern import late
from cachemount.program.builders.buildkit_on import BUILDKIT_ON

_MOST_BYTES = 200_000
_MOST_FOLDERS, _MOST_FILES = 300, 600
_SKIPPED = frozenset({"dist", "docs", "node_modules", "third_party", "vendor", "venv"})
_ENDS = (".yml", ".yaml", ".json", ".tf", ".hcl", ".ts", ".py", ".sh", ".template")
_SPECIFICATION = late(r"buildspec[\w.-]*\.ya?ml|[\w.-]+[._-]buildspec\.ya?ml")
_BUILD = late(r"\bdocker[ \t]+(?:image[ \t]+)?build[ \t]")
_BUILDKIT = late(rf"{BUILDKIT_ON}|\bbuildx\b")
_OLD = late(
    r"\baws/codebuild/(?:standard:[1-6]\.|amazonlinux2-x86_64-standard:[1-4]\.|amazonlinux2-aarch64-standard:[12]\.|docker:)"
    r"|\bLinuxBuildImage\.(?:STANDARD_[1-6]_0|AMAZON_LINUX_2(?:_[234])?)\b"
)


def codebuild_build(path: str, root: str) -> tuple[str, str] | None:
    """Return the build specification, relative to its repository, of a Dockerfile, and how it builds; None without one.

    Both paths are absolute, `path` is the Dockerfile's.
    """
    name = next((one for one, files in _specifications(root) if path in files), "")
    return (name, "docker build in an image of CodeBuild with Docker 20") if name else None


@kept
def _specifications(root: str) -> tuple[tuple[str, frozenset[str]], ...]:
    found = []
    for path in _files(root):
        if _SPECIFICATION.fullmatch(os.path.basename(path)):
            text = text_inside_repository(path, root, _MOST_BYTES)
            if _BUILD.search(text) and not _BUILDKIT.search(text):
                name = os.path.relpath(path, root).replace(os.sep, "/")
                found.append((name, frozenset(_built(text, root))))
    return tuple(found) if found and _has_old_image(root) else ()


def _files(root: str) -> Iterator[str]:
    return islice(nearest_files(root, _ENDS, _SKIPPED, _MOST_FOLDERS), _MOST_FILES)


def _has_old_image(root: str) -> bool:
    texts = (text_inside_repository(one, root, _MOST_BYTES) for one in _files(root))
    return any(_OLD.search(one) for one in texts)


def _built(text: str, root: str) -> Iterator[str]:
    from cachemount.program.build_files import place_of
    from cachemount.program.shell_builds import commands

    for place in (place_of(one, ".") for one in commands(text)):
        if place:
            yield os.path.normpath(os.path.join(root, place))
