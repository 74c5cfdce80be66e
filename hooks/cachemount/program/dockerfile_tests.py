"""Tests of a repository that name a Dockerfile, and may look for words in its text."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, real_path, repository_of, text_in
from cachemount.late_pattern import late
from cachemount.repairs.safety.demanded_words import is_test, names
from cachemount.source import ContextFile

_MOST_BYTES = 200_000
_MOST_FOLDERS = 300
_MOST_FILES = 250
_DEEPEST = 5

_ENDS = (".py", ".ts", ".js", ".mjs", ".cjs", ".go", ".rb", ".sh", ".bats", ".java", ".kt")
_SKIPPED = frozenset({"build", "dist", "node_modules", "venv", "vendor"})
# Of many tests those are read first whose names speak of it.
_LIKELY = late(r"(?i)docker|image|container|contract|build|release|deploy|make|package|entrypoint|runtime")


def tests_of(path: str) -> Iterator[ContextFile]:
    """Yield the tests of its repository that name a Dockerfile."""
    real = real_path(path)
    root = repository_of(os.path.dirname(real))
    for name, text in all_tests(root):
        if names(text, real):
            yield ContextFile(path=name, text=text, folder=os.path.relpath(root, os.path.dirname(real)))


@kept
def all_tests(root: str) -> tuple[tuple[str, str], ...]:
    """Return the tests of a repository that speak of Dockerfiles: their paths in it, and texts."""
    found = []
    for name in sorted(_paths(root), key=lambda one: _LIKELY.search(one) is None)[:_MOST_FILES]:
        text = text_in(root, name, _MOST_BYTES)
        if "ockerfile" in text or "ontainerfile" in text:
            found.append((name, text))
    return tuple(found)


def _paths(root: str) -> Iterator[str]:
    # Folders of tests come first, so that the many others of a large repository leave none of them out.
    waiting, of_tests = deque([""]), deque[str]()
    for _ in range(_MOST_FOLDERS):
        if not waiting and not of_tests:
            return
        folder = (of_tests or waiting).popleft()
        for name in names_in(os.path.join(root, *folder.split("/"))):
            path = f"{folder}/{name}".lstrip("/")
            if name.endswith(_ENDS):
                if is_test(path):
                    yield path
            elif "." not in name and name not in _SKIPPED and path.count("/") < _DEEPEST:
                (of_tests if is_test(f"{path}/") else waiting).append(path)
