"""Scripts of a repository that write Dockerfiles into folders which they go through."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, real_path, repository_of, text_inside_repository
from cachemount.late_pattern import late
from cachemount.program.readmes import to_line_end
from cachemount.source import ContextFile

_MOST_BYTES = 100_000
_MOST_SCRIPTS = 60
_FOLDERS = ("", "bin", "build", "ci", "hack", "lib", "scripts", "tools")
_ENDS = (".sh", ".bash")
# `>"${target}/Dockerfile"`; what lies in a folder for the moment is no file of the repository.
_WRITES = late(
    r"(?i)>[ \t]*\"?\$\{?(?!\w*(?:tmp|temp|work|build|stag|ctx|context))\w+\}?(?:/[\w.${}-]+)*"
    r"/([\w.-]*(?:docker|container)file[\w.-]*)\"?"
)
_GENERATES = late(r"(?i)\b(?:re)?generat|\brender|\bemit")


def script_that_writes(path: str) -> Iterator[ContextFile]:
    """Yield the script that writes a Dockerfile of this name into a folder below the repository's root.

    Its text goes to the end of the line that does so.
    """
    folder, name = os.path.split(real_path(path))
    root = repository_of(folder)
    found = _writing(root).get(name) if folder != root else None
    if found is not None:
        shown = os.path.relpath(os.path.join(root, found[0]), folder).replace(os.sep, "/")
        yield ContextFile(path=shown, text=found[1], generated=True)


@kept
def _writing(root: str) -> dict[str, tuple[str, str]]:
    """Return the names of the Dockerfiles that scripts write, each with the script and its text up to the place."""
    found: dict[str, tuple[str, str]] = {}
    for place in _FOLDERS:
        folder = os.path.join(root, place)
        for name in islice((one for one in sorted(names_in(folder)) if one.endswith(_ENDS)), _MOST_SCRIPTS):
            text = text_inside_repository(os.path.join(folder, name), root, _MOST_BYTES)
            if "ile" in text and _GENERATES.search(text):
                for match in _WRITES.finditer(text):
                    found.setdefault(match[1], (posixpath.join(place, name), to_line_end(text, match.start())))
    return found
