"""The files of a folder and of those inside it, the nearest first."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Collection, Iterator

from cachemount.files.reading import names_in


def nearest_files(
    top: str, end: str | tuple[str, ...], skipped: Collection[str], most: int, *, mark: str = "", dotted: bool = False
) -> Iterator[str]:
    """Yield the paths of files whose names have an end, or one of several, from at most so many folders.

    Those of one folder come in the order of their names. Left out are folders with a dot in their names unless they may
    be `dotted`, those that are `skipped`, and those inside that hold the `mark`: a file that another project begins
    with.
    """
    waiting = deque([top])
    for _ in range(most):
        if not waiting:
            return
        folder = waiting.popleft()
        names = names_in(folder)
        if mark and folder != top and mark in names:
            continue
        for name in sorted(names):
            if name.endswith(end):
                yield os.path.join(folder, name)
            elif name not in skipped and ("." not in name or (dotted and _is_dotted_folder(folder, name))):
                waiting.append(os.path.join(folder, name))


def _is_dotted_folder(folder: str, name: str) -> bool:
    return not name.startswith(".") and os.path.isdir(os.path.join(folder, name))
