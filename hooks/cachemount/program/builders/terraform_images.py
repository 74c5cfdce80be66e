"""Dockerfiles that Terraform's provider for Docker builds with the classic builder.

It takes that before 2.17.0, in 3.5.0 where no `builder` is named, and where `use_legacy_builder` is set:
https://github.com/kreuzwerker/terraform-provider-docker/blob/master/CHANGELOG.md,
https://github.com/kreuzwerker/terraform-provider-docker/issues/728
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.nearest import nearest_files
from cachemount.files.reading import names_in, text_inside_repository
from cachemount.late_pattern import late

PROVIDER = "Terraform's provider for Docker without BuildKit"

_MOST_BYTES = 200_000
_MOST_FOLDERS, _MOST_FILES = 300, 300
_SKIPPED = frozenset({"dist", "docs", "node_modules", "third_party", "vendor", "venv"})
_LOCK = ".terraform.lock.hcl"
_COMMENT = late(r"(?m)^[ \t]*(?:#|//).*$")
_IMAGE = late(r"\bresource[ \t]+\"docker_image\"[ \t]+\"[^\"\n]*\"[ \t]*\{")
_BUILD = late(r"(?m)^[ \t]*build[ \t]*\{((?:[^{}]|\{[^{}]*\})*)\}")
_LOCKED = late(r"\bprovider[ \t]+\"[^\"\n]*kreuzwerker/docker\"[ \t]*\{[^{}]*?\bversion[ \t]*=[ \t]*\"(\d+)\.(\d+)\.")
# With two numbers `~>` takes the newest of a major version.
_REQUIRED = (
    late(
        r"\bsource[ \t]*=[ \t]*\"kreuzwerker/docker\"[^{}]*?\bversion[ \t]*=[ \t]*\"(?:=|~>)?[ \t]*(\d+)\.(\d+)\.\d+\""
    ),
    late(
        r"\bversion[ \t]*=[ \t]*\"(?:=|~>)?[ \t]*(\d+)\.(\d+)\.\d+\"[^{}]*?\bsource[ \t]*=[ \t]*\"kreuzwerker/docker\""
    ),
)
_FIRST_WITH_BUILDKIT, _WITHOUT_AGAIN = (2, 17), (3, 5)
_BUILDER = late(r"(?m)^[ \t]*builder[ \t]*=")
_LEGACY = late(r"(?m)^[ \t]*use_legacy_builder[ \t]*=[ \t]*true\b")
_TEXT = r"[ \t]*=[ \t]*(?:abspath\()?\"(?:\$\{(?:abspath\()?path\.\w+\)?\}/?)?([\w./-]*)\""
_CONTEXT = late(rf"(?m)^[ \t]*(?:context|path){_TEXT}")
_HERE = late(r"(?m)^[ \t]*(?:context|path)[ \t]*=[ \t]*(?:abspath\()?path\.\w+")
_FILE = late(rf"(?m)^[ \t]*dockerfile{_TEXT}")


def terraform_build(path: str, root: str) -> str:
    """Return the file of Terraform, relative to its repository, that has a Dockerfile built so; "" without one.

    Both paths are absolute, `path` is the Dockerfile's.
    """
    return next((name for name, files in _built(root) if path in files), "")


@kept
def _built(root: str) -> tuple[tuple[str, frozenset[str]], ...]:
    found = []
    for file in islice(nearest_files(root, ".tf", _SKIPPED, _MOST_FOLDERS), _MOST_FILES):
        text = text_inside_repository(file, root, _MOST_BYTES)
        if "docker_image" in text and _IMAGE.search(text := _COMMENT.sub("", text)):
            folder = os.path.dirname(file)
            files = frozenset(_files(text, folder, root, is_old=_is_old(folder, root)))
            found.append((os.path.relpath(file, root).replace(os.sep, "/"), files))
    return tuple(found)


@kept
def _is_old(folder: str, root: str) -> bool:
    """Return whether the provider that a folder locks, or else requires, takes the classic builder."""
    locked = _LOCKED.findall(text_inside_repository(os.path.join(folder, _LOCK), root, _MOST_BYTES))
    names = [] if locked else [one for one in names_in(folder) if one.endswith(".tf")]
    texts = [text_inside_repository(os.path.join(folder, one), root, _MOST_BYTES) for one in names]
    versions = locked or [pair for text in texts for pattern in _REQUIRED for pair in pattern.findall(text)]
    numbers = [(int(major), int(minor)) for major, minor in versions]
    return any(one < _FIRST_WITH_BUILDKIT or one == _WITHOUT_AGAIN for one in numbers)


def _files(text: str, folder: str, root: str, *, is_old: bool) -> Iterator[str]:
    """Yield the paths of what images are built of: from the folder, where it is run, or from the root."""
    for build in _BUILD.findall(text):
        if not _LEGACY.search(build) and (not is_old or _BUILDER.search(build)):
            continue
        contexts = _CONTEXT.findall(build)[:1] or ([""] if _HERE.search(build) else [])
        file = (_FILE.findall(build) or ["Dockerfile"])[0]
        for place in (folder, root):
            yield from (os.path.normpath(os.path.join(place, one.lstrip("/"), file.lstrip("/"))) for one in contexts)
