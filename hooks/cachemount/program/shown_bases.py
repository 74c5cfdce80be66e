"""Files of a repository that show the image of a Dockerfile as a base, under the name that the repository gives it.

Documents, templates and examples do so by a Dockerfile that begins with it, Makefiles and scripts by a name that is
called a base image.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from cachemount.dockerfile.images.lookup import lookup
from cachemount.files.kept import kept
from cachemount.files.reading import names_in, real_path, repository_of, text_inside_repository
from cachemount.late_pattern import late
from cachemount.program.base_templates import templates
from cachemount.program.given_names import given_names, without_registry
from cachemount.program.readmes import examples, to_line_end
from cachemount.program.repository_images import telling_folders, telling_texts
from cachemount.program.shell_builds import commands, is_of_make
from cachemount.program.workflow_builds import build_steps
from cachemount.source import ContextFile

_MOST_BYTES = 100_000
_MOST_DOCUMENTS = 80
_MOST_TEMPLATES = 80
_LEVELS = 3
_DOCUMENTS = ("doc", "docs", "documentation", "site", "website")
_ENDS = (".md", ".mdx", ".rst", ".adoc")
_OF_PROJECT = ("Dockerfile", "Containerfile", "docker/Dockerfile", ".docker/Dockerfile")
_PROJECTS = ("pyproject.toml", "setup.cfg", "package.json", "Cargo.toml")
_PROJECT_NAME = late(r"(?m)^\s*\"?name\"?\s*[=:]\s*[\"']?(?:@[\w.-]+/)?([\w.-]+)")
# `BASE_IMAGE_NAME=team/server`, `-t $(BASE_IMAGE_NAME)-builder:$(TAG)`; a name without a folder is of one machine.
_BASE_NAME = late(r"(?m)^[ \t]*(?:export[ \t]+)?\w*BASE_?IMAGE\w*[ \t]*[?:]{0,2}=[ \t]*[\"']?[^\s\"']*/")
_BASE_TAG = late(r"(?:\s-t[ =]?|--tag[ =])[\"']?\$[({]?\w*BASE_?IMAGE\w*")


def shown_bases(path: str) -> Iterator[ContextFile]:
    """Yield the files that show the image of a Dockerfile as a base, each with its text to the end of the line."""
    folder = os.path.dirname(real_path(path))
    root = repository_of(folder)
    folders = telling_folders(folder)
    own = os.path.relpath(real_path(path), root).replace(os.sep, "/")
    if own in _OF_PROJECT:
        projects = _projects(root)
        for name, (document, text) in _shown(root).items():
            if name.rpartition("/")[2] in projects:
                yield ContextFile(path=_from(folder, root, document), text=text, base_of="")
    if not folders and not build_steps(root):
        return
    yield from _called_bases(folders, own, root)
    shown = {name: one for name, one in _shown(root).items() if one[0] != own}
    for name, target in given_names(folders, own, root, frozenset(shown)):
        document, text = shown[name]
        yield ContextFile(path=_from(folder, root, document), text=text, base_of=target)


@kept
def _projects(root: str) -> frozenset[str]:
    """Return the names of the project at the root of a repository, after which its image is called as well."""
    texts = (text_inside_repository(os.path.join(root, name), root, _MOST_BYTES) for name in _PROJECTS)
    return frozenset({os.path.basename(root), *(name for text in texts for name in _PROJECT_NAME.findall(text))})


def _from(folder: str, root: str, path: str) -> str:
    """Return a path of the repository as it is from a folder."""
    return os.path.relpath(os.path.join(root, path), folder).replace(os.sep, "/")


def _called_bases(folders: tuple[str, ...], own: str, root: str) -> Iterator[ContextFile]:
    from cachemount.program.build_files import place_of

    for place in folders:
        for name, text in telling_texts(place):
            for found in _BASE_TAG.finditer(text) if _BASE_NAME.search(text) else ():
                line = _whole_line(text, found.start())
                for build in commands(line, of_make=is_of_make(name)):
                    path = os.path.normpath(os.path.join(place, place_of(build, ".") or "."))
                    if os.path.relpath(path, root).replace(os.sep, "/") == own:
                        shown = _from(os.path.dirname(os.path.join(root, own)), place, name)
                        yield ContextFile(path=shown, text=to_line_end(text, found.start()), base_of=build.target or "")


def _whole_line(text: str, at: int) -> str:
    """Return the line with a character, with those that it goes on in, and those that go on in it."""
    begin = text.rfind("\n", 0, at) + 1
    while text.endswith("\\\n", 0, begin):
        begin = text.rfind("\n", 0, begin - 1) + 1
    end = text.find("\n", at)
    while end > 0 and text[end - 1] == "\\":
        end = text.find("\n", end + 1)
    return text[begin : end if end >= 0 else len(text)]


@kept
def _shown(root: str) -> dict[str, tuple[str, str]]:
    """Return the images that Dockerfiles with steps begin with in documents, templates and examples.

    With each goes the file, and its text to the end of the line. Images that are known are not the repository's own.
    """
    found: dict[str, tuple[str, str]] = {}
    for path in (*islice(_documents(root), _MOST_DOCUMENTS), *islice(templates(root), _MOST_TEMPLATES)):
        text = text_inside_repository(os.path.join(root, *path.split("/")), root, _MOST_BYTES)
        for at, image in examples(text) if "FROM " in text else ():
            name = without_registry(image)
            if "/" in name and lookup(image) is None:
                found.setdefault(name, (path, to_line_end(text, at)))
    return found


def _documents(root: str) -> Iterator[str]:
    """Yield the documents at the root of a repository, and those in folders of documents, the nearest first."""
    yield from (one for one in sorted(names_in(root)) if one.endswith(_ENDS))
    waiting = [(one, 1) for one in _DOCUMENTS if one in names_in(root)]
    while waiting:
        folder, level = waiting.pop(0)
        for name in sorted(names_in(os.path.join(root, *folder.split("/")))):
            if name.endswith(_ENDS):
                yield f"{folder}/{name}"
            elif level < _LEVELS and "." not in name:
                waiting.append((f"{folder}/{name}", level + 1))
