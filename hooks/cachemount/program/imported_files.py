"""The files of a build's context that its scripts in Python and for Node.js import."""

from __future__ import annotations

import os
from collections.abc import Iterator

from cachemount.files.reading import names_in, text_inside_repository
from cachemount.node_imports import imports, places
from cachemount.script_names import NODE_SCRIPT, PYTHON_IMPORT
from cachemount.source import ContextFile

_MOST_BYTES = 1_000_000
_MOST_NAMES = 100
_MOST_FILES = 30
# A module that imports another one, and so on.
_MOST_IMPORTS = 2


def imported(script: str, name: str, folder: str, above: str) -> Iterator[ContextFile]:
    """Yield the files that a script imports from the context, given its text and its path there."""
    if name.endswith(".py"):
        yield from _of_python(script, name, folder, above)
    elif NODE_SCRIPT.fullmatch(name):
        yield from _of_node(script, name, folder, above)


def _of_node(script: str, name: str, folder: str, above: str) -> Iterator[ContextFile]:
    """Yield the files that a script for Node.js imports by their paths, and those that they import."""
    found, waiting, level = {name}, [(name, script)], 0
    while waiting and level <= _MOST_IMPORTS:
        paths = [path for one, text in waiting for wanted in imports(text) for path in places(one, wanted)]
        waiting, level = [], level + 1
        for path in dict.fromkeys(paths):
            beside, _, last = path.rpartition("/")
            if path in found or last not in names_in(os.path.join(folder, *beside.split("/"))):
                continue
            content = text_inside_repository(os.path.join(folder, *path.split("/")), folder, _MOST_BYTES)
            if content and len(found) < _MOST_FILES:
                found.add(path)
                waiting.append((path, content))
                yield ContextFile(path=path, text=content, folder=above)


def _of_python(script: str, name: str, folder: str, above: str, depth: int = 0) -> Iterator[ContextFile]:
    """Yield the modules that a script in Python imports from its own folder."""
    beside = name.rpartition("/")[0]
    there = names_in(os.path.join(folder, *beside.split("/")))
    for module in list(dict.fromkeys(PYTHON_IMPORT.findall(script)))[:_MOST_NAMES]:
        parts = module.strip(".").split(".")
        if parts[0] not in there and f"{parts[0]}.py" not in there:
            continue
        path = "/".join((*filter(None, (beside,)), *parts)) + ".py"
        content = text_inside_repository(os.path.join(folder, *path.split("/")), folder, _MOST_BYTES)
        if content and path != name:
            yield ContextFile(path=path, text=content, folder=above)
            if depth < _MOST_IMPORTS:
                yield from _of_python(content, path, folder, above, depth + 1)
