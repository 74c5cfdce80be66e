"""A README that says that a program writes the Dockerfiles beside it or below."""

from __future__ import annotations

import os
from collections.abc import Iterator

from cachemount.files.kept import kept
from cachemount.files.reading import real_path, repository_of, upwards
from cachemount.late_pattern import late
from cachemount.program.readmes import readmes, to_line_end
from cachemount.source import ContextFile

# What begins a sentence or an item: "Once the Dockerfile is generated" speaks of another one.
_BEGIN = r"(?:\A|\n[ \t]*\n|(?<=[.:!?])\s|\n[ \t]*(?:[-*>]|\d+\.)[ \t])[ \t]*\**(?:note:\s)?"
_WRITTEN = (
    r"(?:is|are)\s(?:auto(?:matically)?[ -]?)?(?:re)?generated\s(?:automatically\s)?"
    r"(?:by|from|on|thanks to|using|via|with)\b(?![^.\n]*\b(?:build[ -]?time|on the fly|(?:at )?run[ -]?time)\b)"
)
_ALL = late(
    rf"(?i){_BEGIN}(?:(?:all|all of the|all the|the|these)\s)?(?:\w+\s)?`?Dockerfiles`?\s"
    rf"(?:in this \w+\s|here\s)?{_WRITTEN}"
    r"|\b(?:do not|don't|never)\s(?:edit|modify|change)\s(?:the |these |any |generated )*`?Dockerfiles`?\s"
    r"(?:directly|manually|by hand)\b"
)
_ONE = late(rf"(?i){_BEGIN}(?:the|this)\s`?Dockerfile`?\s{_WRITTEN}")


def readme_of_generated(path: str) -> Iterator[ContextFile]:
    """Yield the README, beside a Dockerfile or in a folder above, that says that a program writes it.

    Its text goes to the end of the line that says so. One in a folder above has to speak of several.
    """
    folder = os.path.dirname(real_path(path))
    for place in upwards(folder, repository_of(folder)):
        if found := _generated(place, place == folder):
            name = os.path.relpath(os.path.join(place, found[0]), folder).replace(os.sep, "/")
            yield ContextFile(path=name, text=found[1], generated=True)
            return


@kept
def _generated(folder: str, is_own: bool) -> tuple[str, str] | None:
    """Return the name of a README in a folder that says so, and its text to that line."""
    for name, text in readmes(folder):
        several = _ALL.search(text) if "ockerfiles" in text else None
        found = several or (_ONE.search(text) if is_own and "generated" in text else None)
        if found:
            return name, to_line_end(text, found.end() - 1)
    return None
