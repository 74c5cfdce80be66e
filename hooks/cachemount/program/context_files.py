"""The files of a build's context that decide whether a fix is safe, as far as the repository tells.

Which folder is the context only the command of the build says: it is most often that of the Dockerfile, or one above.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from cachemount.files.reading import repository_of, text_inside_repository
from cachemount.late_pattern import late
from cachemount.source import ContextFile

_MOST_BYTES = 1_000_000
_MOST_NAMES = 30
_DEEPEST = 20
_RUN_BY_IMAGE = late(r"(?im)^[ \t]*(?:CMD|ENTRYPOINT)[ \t]+((?:[^\n]*\\\r?\n)*[^\n]*)")
_PATH = late(r"[\w./-]*[\w-]+(?:\.(?:sh|bash|ash))?")
_SHELL_SCRIPT = late(r"(?<![\w:./-])[\w./-]*[\w-]+\.(?:sh|bash)(?![\w.-])")
_BASES = late(r"(?im)^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)")
_COPIES_ALL = late(r"(?im)^[ \t]*(?:COPY|ADD)[ \t]+(?:--\S+[ \t]+)*\.")
_COPIED = late(r"(?im)^[ \t]*(?:COPY|ADD)[ \t]+([^\n]*)")


def context_files(path: str, text: str) -> tuple[ContextFile, ...]:
    """Return the files that a Dockerfile's text gives reason to look for, those of the nearest folder first."""
    own = os.path.dirname(os.path.abspath(path))
    found = [*_dockerfile_of_base(os.path.abspath(path), text)]
    names = list(dict.fromkeys(_names(text)))[:_MOST_NAMES]
    if not names:
        return tuple(found)
    for folder in _folders(own):
        above = os.path.relpath(folder, own).replace(os.sep, "/")
        for name in names:
            content = text_inside_repository(os.path.join(folder, *name.split("/")), folder, _MOST_BYTES)
            if content:
                found.append(ContextFile(path=name, text=content, folder=above))
    return tuple(found)


def _dockerfile_of_base(path: str, text: str) -> Iterator[ContextFile]:
    """Yield the repository's own Dockerfile, where another one begins with an image of the repository's name."""
    root = repository_of(os.path.dirname(path))
    name = os.path.basename(root).lower()
    if not name or not any(_short(base) == name for base in _BASES.findall(text)):
        return
    for place in ("Dockerfile", "docker/Dockerfile"):
        full = os.path.join(root, *place.split("/"))
        content = "" if full == path else text_inside_repository(full, root, _MOST_BYTES)
        if content:
            folder = os.path.relpath(root, os.path.dirname(path)).replace(os.sep, "/")
            yield ContextFile(path=place, text=content, folder=folder, of_image=name)
            return


def _short(reference: str) -> str:
    return reference.rpartition("/")[2].partition(":")[0].partition("@")[0].lower()


def _names(text: str) -> Iterator[str]:
    if re.search(r"\bgo\b", text) and _COPIES_ALL.search(text):
        yield from ("go.mod", "vendor/modules.txt", ".dockerignore")
    if "yarn" in text:
        yield from (".yarnrc.yml", "package.json", ".dockerignore")
    if re.search(r"\bdeno\b", text):
        yield from ("deno.json", "deno.jsonc", "deno.lock")
    if re.search(r"\bapt(?:-get)?\b", text):
        yield from _shell_scripts(text)
    if re.search(r"\buv\b", text):
        yield from _copied(text, "pyproject.toml")
    if re.search(r"\buv\b|_NO_CACHE", text):
        yield from _scripts(text)


def _copied(text: str, name: str) -> Iterator[str]:
    """Yield a name, and the paths with it that a COPY says."""
    yield name
    for words in _COPIED.findall(text):
        for word in words.split():
            if word.strip("\"',[]").endswith(f"/{name}"):
                yield word.strip("\"',[]./")


def _shell_scripts(text: str) -> Iterator[str]:
    """Yield where the shell scripts may be that a step runs or a COPY names."""
    for word in dict.fromkeys(_SHELL_SCRIPT.findall(text)):
        yield word.lstrip("./")
        yield os.path.basename(word)


def _scripts(text: str) -> Iterator[str]:
    """Yield where the scripts may be that the image runs."""
    ran = {word for words in _RUN_BY_IMAGE.findall(text) for word in _PATH.findall(words)}
    scripts = {word for word in ran if word.endswith(("sh", ".bash")) or "/" in word}
    for words in _COPIED.findall(text):
        for word in words.replace('"', " ").replace(",", " ").split():
            if any(os.path.basename(word) == os.path.basename(script) for script in scripts):
                yield word.lstrip("./")
    for script in sorted(scripts):
        parts = [part for part in script.split("/") if part not in ("", ".", "..")]
        for start in range(len(parts)):
            yield "/".join(parts[start:])


def _folders(folder: str) -> Iterator[str]:
    """Yield the folder of a Dockerfile, and those above it in its repository."""
    yield folder
    root = repository_of(folder)
    if not os.path.lexists(os.path.join(root, ".git")):
        return
    for _ in range(_DEEPEST):
        if folder == root:
            return
        folder = os.path.dirname(folder)
        yield folder
