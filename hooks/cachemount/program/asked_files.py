"""The files of a project that a Dockerfile's steps ask for, to choose a branch: whether the repository has them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from cachemount.copied_names import ASKS_FOR_FILE
from cachemount.files.reading import names_in, text_inside_repository
from cachemount.late_pattern import late
from cachemount.source import ContextFile

_ASKS = late(rf"\b(?:if|elif)\s+(?:\\\r?\n\s*)?{ASKS_FOR_FILE}")
_IGNORED = ".dockerignore"
_MOST, _MOST_BYTES = 20, 100_000


def asked_files(full: str, text: str, folders: Sequence[tuple[str, str]]) -> Iterator[ContextFile]:
    """Yield the files without their text, given the path of the Dockerfile and the folders that may be the context.

    With them come the lists of what contexts leave out. None where the Dockerfile has such a list of its own.
    """
    if any(f"{os.path.basename(full)}.dockerignore" in names_in(folder) for folder, _ in folders[:1]):
        return
    names = list(dict.fromkeys(_ASKS.findall(text)))[:_MOST]
    for folder, above in folders:
        there = names_in(folder)
        yield from (ContextFile(path=name, text="", folder=above) for name in names if name in there)
        if names and _IGNORED in there:
            left_out = text_inside_repository(os.path.join(folder, _IGNORED), folder, _MOST_BYTES)
            yield ContextFile(path=_IGNORED, text=left_out, folder=above)
