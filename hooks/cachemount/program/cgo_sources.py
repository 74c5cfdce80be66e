"""Files of a project in Go whose C reads headers in other folders of the project: Go does not see that these change.

It looks at the files right in a package's folder alone: https://github.com/golang/go/issues/26366 (run with 1.26).
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence

from cachemount.copied_names import sources_of
from cachemount.files.kept import kept
from cachemount.files.reading import FileError, is_inside_repository, names_in, read
from cachemount.late_pattern import late
from cachemount.source import ContextFile

_MOST_BYTES, _MOST_FILES, _MOST_PROJECTS = 1_000_000, 20_000, 5
_PROJECT = "go.mod"
_WITH_C = late(r"(?m)^[ \t]*(?:import[ \t]*(?:\([ \t]*)?)?\"C\"")
_HEADERS, _C = (".h", ".hh", ".hpp", ".hxx"), (".c", ".cc", ".cpp", ".cxx", ".m")
_READS = late(r"(?m)^[ \t/*]*#[ \t]*(?:include[ \t]+\"([^\"\n]*/[^\"\n]*)\"|cgo\b[^\n]*FLAGS:[^\n]*)")
_FOLDER = late(r"(?<!\S)-(?:I|iquote|isystem)[ \t]*(?:\$\{SRCDIR\}/?)?([^\s$\"/][^\s$\"]*)")
# Go builds nothing in them, or not for the project.
_LEFT_OUT = frozenset({"node_modules", "testdata", "vendor"})


def cgo_sources(text: str, folders: Sequence[tuple[str, str]]) -> Iterator[ContextFile]:
    """Yield the first file of each project that a Dockerfile copies, or is in, whose C reads headers of other folders.

    Its text is the line that says so. `folders` may be the context, each with its path from the Dockerfile's.
    """
    if "CGO_ENABLED=0" in text and "CGO_ENABLED=1" not in text:
        return
    named = [one for one in dict.fromkeys(sources_of(text)) if "$" not in one and not posixpath.splitext(one)[1]]
    for folder, above in folders:
        there = names_in(folder)
        if _PROJECT in there:
            projects = [""]
        else:
            inside = (one for one in named if one.partition("/")[0] in there)
            projects = [one for one in inside if _PROJECT in names_in(os.path.join(folder, *one.split("/")))]
        for project in projects[:_MOST_PROJECTS]:
            path, line = _first(os.path.join(folder, *project.split("/")) if project else folder)
            if path:
                yield ContextFile(path=posixpath.join(project, path), text=line, folder=above)
        if projects:
            return


@kept
def _first(project: str) -> tuple[str, str]:
    """Return the path of a file whose C reads headers of other folders, and the line; "" where there is none."""
    packages = _packages(project)
    for place, names in packages.items():
        in_go = [name for name in names if name.endswith(".go") and not name.endswith("_test.go")]
        texts = {name: one for name in in_go if _WITH_C.search(one := _text(project, place, name))}
        if not texts:
            continue
        texts.update((name, _text(project, place, name)) for name in names if name.endswith((*_HEADERS, *_C)))
        for name, one in texts.items():
            for found in _READS.finditer(one):
                places = [found[1]] if found[1] else _FOLDER.findall(found[0])
                if any(_is_elsewhere(project, place, path) for path in places):
                    return posixpath.join(place, name), found[0].strip(" \t/*")
    return "", ""


def _packages(project: str) -> dict[str, list[str]]:
    """Return the files of each folder with files in Go; nothing where the project has no headers, or too many files."""
    found: dict[str, list[str]] = {}
    count, has_headers = 0, False
    for folder, folders, names in os.walk(project):
        count += len(names) + 1
        if count > _MOST_FILES:
            return {}
        folders[:] = sorted(one for one in folders if one not in _LEFT_OUT and one[0] not in "._")
        has_headers = has_headers or any(name.endswith(_HEADERS) for name in names)
        if any(name.endswith(".go") for name in names):
            below = os.path.relpath(folder, project).replace(os.sep, "/")
            found["" if below == "." else below] = sorted(names)
    return found if has_headers else {}


def _text(project: str, place: str, name: str) -> str:
    """Return the text of a source; "" for one in Go without C, which most are, or one that cannot be read."""
    path = os.path.join(project, *place.split("/"), name) if place else os.path.join(project, name)
    try:
        data = read(path, _MOST_BYTES).data
    except FileError:
        return ""
    if (name.endswith(".go") and b'"C"' not in data) or not is_inside_repository(path, project):
        return ""
    return data.decode("utf-8", "replace").replace("\r\n", "\n")


def _is_elsewhere(project: str, place: str, path: str) -> bool:
    """Return whether a path from a package's folder is in another folder of the project, and there."""
    full = os.path.normpath(os.path.join(project, *place.split("/"), *path.split("/")))
    own = os.path.normpath(os.path.join(project, *place.split("/")))
    return (full if os.path.isdir(full) else os.path.dirname(full)) != own and os.path.exists(full)
