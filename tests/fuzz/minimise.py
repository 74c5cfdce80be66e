"""Making an input that breaks something as small as can be."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence

from fuzz.suite import kind_of
from fuzz.watchdog import limit

SECONDS = 5.0
_TOKEN = re.compile(r"\w+|\s|[^\w\s]")


def failure(check: Callable[[str], None], text: str) -> BaseException | None:
    """Return the error that a text causes; None where all holds."""
    try:
        with limit(SECONDS):
            check(text)
    except Exception as error:
        return error
    return None


def minimise(check: Callable[[str], None], text: str, kind: str, *, patience: float = 30.0) -> str:
    """Return a small part of the text that breaks the same thing, found within so many seconds."""
    end = time.monotonic() + patience

    def breaks(candidate: str) -> bool:
        if time.monotonic() > end:
            return False
        error = failure(check, candidate)
        return error is not None and kind_of(error) == kind

    size = len(text) + 1
    while len(text) < size:
        size = len(text)
        for pieces in (re.findall(r"[^\n]*\n|[^\n]+", text), _TOKEN.findall(text), list(text)):
            if "".join(pieces) == text:
                text = _fewer(pieces, breaks)
    return text


def _fewer(pieces: Sequence[str], breaks: Callable[[str], bool]) -> str:
    """Leave out runs of pieces, long ones first."""
    kept = list(pieces)
    length = max(1, len(kept) // 2)
    while True:
        at = 0
        while at < len(kept):
            candidate = kept[:at] + kept[at + length :]
            if len(candidate) < len(kept) and breaks("".join(candidate)):
                kept = candidate
            else:
                at += length
        if length == 1:
            return "".join(kept)
        length //= 2
