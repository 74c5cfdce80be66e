"""A sign of life on the terminal while many files are checked and there is nothing to show."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from cachemount.results import FileResult
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

# So many seconds a run may be silent.
_PATIENCE = 1.0
_CLEAR = "\r\x1b[K"


def with_progress(
    results: Iterable[FileResult], out: TextIO, clock: Callable[[], float] = time.monotonic
) -> Iterator[FileResult]:
    """Yield the results; once a second, write to the terminal how many there were.

    That line is gone before anything else is written.
    """
    shown, last = False, clock()
    try:
        for count, result in enumerate(results, 1):
            if shown and _says_something(result):
                _write(out, _CLEAR)
                shown = False
            yield result
            now = clock()
            if now - last >= _PATIENCE:
                _write(out, f"{_CLEAR}files looked at: {count}")
                shown, last = True, now
    finally:
        if shown:
            _write(out, _CLEAR)


def _says_something(one: FileResult) -> bool:
    return bool(one.findings or one.suppressed or one.error or one.skipped or one.diff or one.fixes_made)


def _write(out: TextIO, text: str) -> None:
    out.write(text)
    out.flush()
