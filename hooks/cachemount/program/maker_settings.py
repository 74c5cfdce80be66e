"""Settings of a program that writes the Dockerfile beside them.

https://github.com/sapcc/go-makefile-maker#dockerfile
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from cachemount.files.reading import names_in, real_path, text_inside_repository
from cachemount.late_pattern import late
from cachemount.program.readmes import to_line_end
from cachemount.source import ContextFile

_MOST_BYTES = 100_000
_NAME = "Makefile.maker.yaml"
_ENABLED = late(r"(?m)^dockerfile:[ \t\r]*(?:#.*)?\n(?:[ \t]+\S.*\n|[ \t\r]*(?:#.*)?\n)*?[ \t]+enabled:[ \t]*true\b")


def maker_of(path: str) -> Iterator[ContextFile]:
    """Yield the settings beside a Dockerfile that let a program write it, to the line that begins with it."""
    folder, name = os.path.split(real_path(path))
    if name != "Dockerfile" or _NAME not in names_in(folder):
        return
    text = text_inside_repository(os.path.join(folder, _NAME), folder, _MOST_BYTES)
    if found := _ENABLED.search(text):
        yield ContextFile(path=_NAME, text=to_line_end(text, found.start()), generated=True)
