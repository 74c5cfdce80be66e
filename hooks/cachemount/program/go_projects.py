"""Projects in Go in the folders that a Dockerfile copies or enters: whether they have their modules, or need none.

In a folder without a go.mod, Go works in the project that the folder is in: https://go.dev/ref/mod#vendoring
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence
from itertools import islice

from cachemount.copied_names import ends_of, sources_of
from cachemount.files.reading import names_in, text_inside_repository
from cachemount.late_pattern import late
from cachemount.managers.go import GO
from cachemount.source import ContextFile

_MOST_BYTES = 1_000_000
_MOST_FOLDERS = 60
_PROJECT, _MODULES = "go.mod", "vendor/modules.txt"
# Modules whose files the program needs where it runs.
_LOADED = late("|".join(one.packages for one in GO.loaded))
_REQUIRES = late(r"(?m)^[ \t]*require\b")
_ENTERED = late(
    r"(?m)(?:^[ \t]*(?:WORKDIR|workdir)[ \t]+|\b(?:cd|pushd)[ \t]+|[ \t]-C[ =])[\"']?(?:\$\{?\w+\}?/)?([\w./-]*\w)"
)


def go_projects(text: str, folders: Sequence[tuple[str, str]]) -> Iterator[ContextFile]:
    """Yield the go.mod files, lists of modules and sources of folders that a Dockerfile's text names.

    `folders` may be the context, each with its path from the Dockerfile's. Of the sources, the first of each is named.
    """
    named = list(dict.fromkeys(_named(text)))[:_MOST_FOLDERS]
    for folder, above in folders:
        there = names_in(folder)
        found = [one for one in named if one.partition("/")[0] in there and names_in(_full(folder, one))]
        around = list(dict.fromkeys(up for one in found for up in _upwards(one)))
        vendored = [one for one in around if "modules.txt" in names_in(_full(folder, f"{one}/vendor"))]
        projects = {
            path: text_inside_repository(_full(folder, path), folder, _MOST_BYTES)
            for one in ("", *around)
            if _PROJECT in names_in(_full(folder, one) if one else folder)
            for path in [posixpath.join(one, _PROJECT)]
        }
        needs_none = any(one and not _REQUIRES.search(one) for one in projects.values())
        if not vendored and not needs_none and not (_PROJECT in there and "vendor" in there):
            # The context's own is read anyhow.
            loading = ((path, one) for path, one in projects.items() if path != _PROJECT and _LOADED.search(one))
            yield from (ContextFile(path=path, text=one, folder=above) for path, one in loading)
            continue
        lists = [f"{one}/{_MODULES}" for one in vendored]
        texts = {path: text_inside_repository(_full(folder, path), folder, _MOST_BYTES) for path in lists}
        for path, content in {**texts, **projects}.items():
            if content and path != _PROJECT:
                yield ContextFile(path=path, text=content, folder=above)
        for one in found:
            sources = sorted(name for name in names_in(_full(folder, one)) if name.endswith(".go"))
            if sources:
                yield ContextFile(path=f"{one}/{sources[0]}", text="", folder=above)


def _named(text: str) -> Iterator[str]:
    """Yield the folders of the context that a text may copy or enter."""
    paths = (one for path in sources_of(text) if (one := _folder_of(posixpath.normpath(path))) and "$" not in one)
    copied = list(islice(paths, _MOST_FOLDERS))
    entered, below = [], ""
    for path in islice(dict.fromkeys(_ENTERED.findall(text)), _MOST_FOLDERS):
        below = posixpath.normpath(path if path.startswith("/") else posixpath.join(below, path))
        entered += [path, below]
    ends = list(islice(dict.fromkeys(end for path in entered for end in ends_of(path)), _MOST_FOLDERS))
    yield from copied
    yield from ends
    yield from (f"{one}/{end}" for one in copied if "." not in posixpath.basename(one) for end in ends)


def _folder_of(path: str) -> str:
    """Return a folder of the context that is copied, or has the project's file that is; "" for the context itself."""
    folder, name = posixpath.split(path)
    return folder if name == _PROJECT else "" if path == "." else path


def _upwards(path: str) -> Iterator[str]:
    while path:
        yield path
        path = posixpath.dirname(path)


def _full(folder: str, path: str) -> str:
    return os.path.join(folder, *path.split("/"))
