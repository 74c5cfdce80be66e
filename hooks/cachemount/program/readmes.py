"""The READMEs of a folder, Dockerfiles that a document shows, and its text up to the line that counts."""

from __future__ import annotations

import os
from collections.abc import Iterator

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, text_inside_repository
from cachemount.late_pattern import late

_MOST_BYTES = 100_000
_NAME = late(r"(?i)readme(?:\.(?:md|rst|txt|adoc))?")
# A block of code with a Dockerfile: its first lines up to the image that it begins with last, and its steps.
# What a template fills in, or a variable, may be the registry; of the image no more is read than up to one.
_BEGINS = late(r"(?m)^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(?:(?:\{\{[^{}\n]*\}\}|\$\w+|\$\{\w+\}|<[\w-]+>)/)?([\w./:@-]+)")
_STEP = late(r"(?m)^[ \t]*RUN[ \t]")
_ENDS = late(r"(?m)^[ \t]*(?:```|~~~|FROM[ \t])")


@kept
def readmes(folder: str) -> tuple[tuple[str, str], ...]:
    """Return the names and texts of a folder's READMEs."""
    names = [one for one in names_in(folder) if one[:1] in "Rr" and _NAME.fullmatch(one)]
    return tuple((one, text_inside_repository(os.path.join(folder, one), folder, _MOST_BYTES)) for one in sorted(names))


def examples(text: str) -> Iterator[tuple[int, str]]:
    """Yield the image that each Dockerfile with steps in a document begins with, and where its FROM stands."""
    for begin in _BEGINS.finditer(text):
        end = _ENDS.search(text, begin.end())
        if _STEP.search(text, begin.end(), end.start() if end else len(text)):
            yield begin.start(), begin[1]


def to_line_end(text: str, at: int) -> str:
    """Return a text to the end of the line with a character."""
    line_end = text.find("\n", at)
    return text[: line_end if line_end >= 0 else len(text)]
