"""Templates and examples of Dockerfiles in a repository: projects elsewhere are made of them, with images of their own.

Nobody builds a template where it lies, so no file of the repository says of which image it becomes.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator

from cachemount.files.reading import names_in
from cachemount.late_pattern import late
from cachemount.program.filled_templates import TEMPLATE_ENDS
from cachemount.program.repository_images import DOCKERFILE

# `{{cookiecutter.project}}` is the name of a folder that is filled in.
_FILLED_IN = "{{"
_NAMED = late(
    r"(?i)(?:.*[._-])?(?:blueprint|boilerplate|cookiecutter|example|sample|scaffold|scaffolding|skeleton|starter"
    r"|template)s?(?:[._-].*)?"
)
_OTHERS_WORK = frozenset({"bower_components", "node_modules", "site-packages", "vendor"})
_MOST_FOLDERS = 1_000
# How deep a folder of templates may lie, and a Dockerfile in it.
_LEVELS, _LEVELS_INSIDE = 3, 5


def templates(root: str) -> Iterator[str]:
    """Yield the paths of the templates and examples of Dockerfiles, from the root of a repository and with slashes."""
    waiting = deque([("", 0, False)])
    for _ in range(_MOST_FOLDERS):
        if not waiting:
            return
        folder, level, inside = waiting.popleft()
        for name in sorted(names_in(os.path.join(root, *folder.split("/")) if folder else root)):
            path = f"{folder}/{name}" if folder else name
            if DOCKERFILE.fullmatch(name):
                if inside or name.endswith(TEMPLATE_ENDS):
                    yield path
            elif _may_be_folder(name):
                begins = not inside and (_FILLED_IN in name or _NAMED.fullmatch(name) is not None)
                deeper = 1 if begins else level + 1
                if deeper <= (_LEVELS_INSIDE if inside or begins else _LEVELS):
                    waiting.append((path, deeper, inside or begins))


def _may_be_folder(name: str) -> bool:
    """Return whether a name is most likely that of a folder with files of the project; it costs a look to know."""
    return ("." not in name or _FILLED_IN in name) and name not in _OTHERS_WORK
