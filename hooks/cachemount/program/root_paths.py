"""Paths as services read them: relative to the root of the repository, wherever the program was started."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from cachemount.files.reading import repository_of
from cachemount.records import replace
from cachemount.results import FileResult


def from_root(results: Iterable[FileResult]) -> Iterator[FileResult]:
    """Yield the results with paths relative to the root of the repository that the current folder is in.

    A file outside of it keeps its path.
    """
    here = os.getcwd()
    root = repository_of(here)
    for result in results:
        path = _relative(result.path, here, root)
        yield replace(
            result,
            path=path,
            findings=tuple(replace(one, path=path) for one in result.findings),
            suppressed=tuple(replace(one, path=path) for one in result.suppressed),
        )


def _relative(path: str, here: str, root: str) -> str:
    full = os.path.normpath(os.path.join(here, path))
    inside = full.startswith(root.rstrip(os.sep) + os.sep)
    return os.path.relpath(full, root) if inside else path
