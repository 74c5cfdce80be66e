"""Names of the files that instructions copy out of a build's context."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from cachemount.late_pattern import late

_COPY = late(r"(?im)^[ \t]*(?:COPY|ADD)[ \t]+([^\n]*)")
_SEPARATORS = late(r"[\[\]\",]")


def copies(code: str) -> Iterator[list[str]]:
    """Yield the words of each instruction that copies out of the build context, without its flags."""
    for line in _COPY.findall(code):
        if "--from" not in line:
            yield [word for word in _SEPARATORS.sub(" ", line).split() if not word.startswith("--")]


def copied_as(code: str, name: str) -> Iterator[str]:
    """Yield the files of the context that instructions copy by name, and that have a name where they are copied to."""
    for words in copies(code):
        renamed = posixpath.basename(words[-1]) == name and len(words) == 2 if words else False
        for word in words[:-1]:
            if renamed or posixpath.basename(word) == name:
                yield posixpath.normpath(word.lstrip("/"))
