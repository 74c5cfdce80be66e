"""What the manifests of a project in Rust say of git repositories, where no lock file is kept that says it.

Without a Cargo.lock, cargo fetches those of all members and of all kinds of dependencies to make one:
https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html#specifying-dependencies-from-git-repositories
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from itertools import islice

from cachemount.copied_names import copies, sources_of
from cachemount.files.reading import names_in, text_inside_repository
from cachemount.late_pattern import late
from cachemount.source import ContextFile

_MOST_BYTES = 1_000_000
_MOST_FOLDERS = 60
_MANIFEST, _LOCK = "Cargo.toml", "Cargo.lock"
_GIT = late(r"(?m)^[^#\n]*\bgit\s*=\s*[\"'].*")
_MEMBERS, _STRING = late(r"(?m)^[ \t]*members\s*=\s*\[([^\]]*)\]"), late(r"[\"']([^\"'$]+)[\"']")


def cargo_manifests(text: str, folders: Sequence[tuple[str, str]]) -> Iterator[ContextFile]:
    """Yield the lines about git repositories of the manifests that a Dockerfile copies, by the manifests' paths.

    `folders` may be the context, each with its path from the Dockerfile's: the first with a manifest counts. Where one
    has a lock file, that says it.
    """
    named = list(islice(dict.fromkeys(_named(text)), _MOST_FOLDERS))
    for folder, above in folders:
        there = names_in(folder)
        if _LOCK in there:
            return
        found = [one for one in named if not one or one.partition("/")[0] in there]
        members = [member for one in found for member in _members(folder, one)]
        places = islice(dict.fromkeys([*found, *members]), _MOST_FOLDERS)
        texts = {one: content for one in places if (content := _manifest(folder, one))}
        for one, content in texts.items():
            if lines := _GIT.findall(content):
                yield ContextFile(path=posixpath.join(one, _MANIFEST), text="\n".join(lines), folder=above)
        if texts:
            return


def _named(text: str) -> Iterator[str]:
    """Yield the folders of the context that a text copies, or copies a manifest of."""
    if any(posixpath.normpath(word) in (".", "*") for words in copies(text) for word in words[:-1]):
        yield ""
    for one in sources_of(text):
        if "$" not in one:
            yield posixpath.dirname(one) if posixpath.basename(one) == _MANIFEST else one


def _members(folder: str, project: str) -> Iterator[str]:
    """Yield the folders of the members that the workspace in a folder of the context names."""
    listed = _MEMBERS.search(_manifest(folder, project))
    for pattern in _STRING.findall(listed[1]) if listed else ():
        beside, _, last = posixpath.normpath(posixpath.join(project, pattern)).rpartition("/")
        if "*" in beside:
            continue
        for name in sorted(names_in(os.path.join(folder, *beside.split("/")))):
            if fnmatch(name, last):
                yield posixpath.join(beside, name)


def _manifest(folder: str, project: str) -> str:
    path = os.path.join(folder, *project.split("/"), _MANIFEST)
    return text_inside_repository(path, folder, _MOST_BYTES)
