"""What a script for Node.js imports, and which files of its folder that may be."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from cachemount.late_pattern import late

_IMPORT = late(r"\b(?:import|from|require)\s*\(?\s*([\"'])([^\"'\n]*)\1")
# They are gone when the script runs.
_TYPES = late(r"\b(?:import|export)\s+type\s+(?!from\b)[^;\"'`]*?\bfrom\s*[\"'][^\"'\n]*[\"']")
_ENDING = late(r"\.[cm]?[jt]sx?\Z")
_ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")


def imports(text: str) -> list[str]:
    """Return what a script imports, as it is written there, without what only its types need."""
    return list(dict.fromkeys(found for _quote, found in _IMPORT.findall(_TYPES.sub("", text))))


def is_of_project(name: str) -> bool:
    """Return whether an import is of a file of the project, by a path or by a name that its settings give it."""
    return name.startswith((".", "/", "#", "@/", "~", "$", "src/", "file:"))


def places(script: str, name: str) -> Iterator[str]:
    """Yield the paths in which a script's relative import may be found, as Node.js and TypeScript look for it."""
    if not name.startswith("."):
        return
    path = posixpath.normpath(posixpath.join(posixpath.dirname(script), name))
    if path.startswith(".."):
        return
    if ending := _ENDING.search(path):
        yield path
        # TypeScript is imported by the name of what is made of it.
        yield path[: ending.start()] + ending[0].replace("js", "ts")
    yield from (f"{path}{one}" for one in _ENDINGS)
    yield from (f"{path}/index{one}" for one in _ENDINGS)
