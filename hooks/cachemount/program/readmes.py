"""The READMEs of a folder, and their text up to the line that counts."""

from __future__ import annotations

import os

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, text_inside_repository
from cachemount.late_pattern import late

_MOST_BYTES = 100_000
_NAME = late(r"(?i)readme(?:\.(?:md|rst|txt|adoc))?")


@kept
def readmes(folder: str) -> tuple[tuple[str, str], ...]:
    """Return the names and texts of a folder's READMEs."""
    names = [one for one in names_in(folder) if one[:1] in "Rr" and _NAME.fullmatch(one)]
    return tuple((one, text_inside_repository(os.path.join(folder, one), folder, _MOST_BYTES)) for one in sorted(names))


def to_line_end(text: str, at: int) -> str:
    """Return a text to the end of the line with a character."""
    line_end = text.find("\n", at)
    return text[: line_end if line_end >= 0 else len(text)]
