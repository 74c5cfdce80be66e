"""A README that says what is installed on the image of a Dockerfile: by other Dockerfiles, or by dev containers.

It is the one beside the Dockerfile, or one of a folder above that speaks of all its images.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from cachemount.dockerfile.images.lookup import short_name
from cachemount.files.kept import kept
from cachemount.files.reading import repository_of, upwards
from cachemount.late_pattern import late
from cachemount.program.readmes import examples, readmes, to_line_end
from cachemount.source import ContextFile

_HEADING = late(r"(?m)^[ \t]*(?:#+[ \t]+(.*)|(\S.*)\n[=-]{3,}[ \t]*$)")
_SAYS_BASE = late(r"(?i)\bbase[ -](?:docker[ -]|container[ -])?images?\b")
# "This is a base image for use in other images", "This repository builds the base images of ..."
_IS_BASE = late(
    r"(?i)\bth(?:is|ese)(?:[ -][\w./-]+){0,4} (?:is|are|builds?|contains?|has|holds?|provides?)\b"
    r"[^.\n]{0,60}?\bbase[ -](?:docker[ -]|container[ -])?images?\b"
    # What happens to the image that this one begins with.
    r"(?! (?:bump|change|digest|refresh|release|tag|update|upgrade|version)(?:e?s)?\b)"
    # "Intended as a foundation for other images"
    r"|\b(?:foundation|basis|starting point) (?:for|of) (?:building )?"
    r"(?:other|your(?: own)?|our(?: own)?|derived|custom|further) (?:[\w-]+ )?images\b"
    r"|\b(?:(?:intended|meant|designed) to be used|used|serves?|intended|meant|designed) as (?:a|the)"
    r" (?:base|foundation|parent)(?: (?:docker |container )?image)? for (?:other|your|our|derived|custom|further|all) "
)
_OF_CONTAINERS = late(r"(?im)^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*\S*/devcontainers/")
_FEATURES = late(r"\"features\"[ \t]*:[ \t]*\{\s*\"")
_WORDS = late(r"[\w.-]+")


def readme_of(path: str, text: str) -> Iterator[ContextFile]:
    """Yield the README, beside a Dockerfile or in a folder above, that says that more is installed on its image.

    Its text goes to the end of the line that says so.
    """
    real = os.path.realpath(path)
    folder = os.path.dirname(real)
    for name, content in readmes(folder):
        at = _said(content, os.path.basename(folder))
        if at is None and _OF_CONTAINERS.search(text):
            features = _FEATURES.search(content)
            at = None if features is None else features.start()
        if at is not None:
            yield ContextFile(path=name, text=to_line_end(content, at))
            return
    for above in islice(upwards(folder, repository_of(folder)), 1, None):
        for name, content in readmes(above):
            if (at := _speaks_of_bases(content)) is not None:
                shown = os.path.relpath(os.path.join(above, name), folder).replace(os.sep, "/")
                yield ContextFile(path=shown, text=to_line_end(content, at))
                return


@kept
def _said(text: str, folder: str) -> int | None:
    """Return where a README says that images are built on that of its folder; None where it does not.

    It calls it a base image, or an example begins with an image of that name and has steps of its own.
    """
    if (at := _speaks_of_bases(text)) is not None:
        return at
    heading = _HEADING.search(text)
    title = (heading[1] or heading[2] or "") if heading else ""
    names = {folder.lower(), *(one.lower() for one in _WORDS.findall(title)[:1])}
    return next((at for at, image in examples(text) if short_name(image).lower() in names), None)


@kept
def _speaks_of_bases(text: str) -> int | None:
    """Return where a README calls what is built base images, in its first heading or a sentence; None without."""
    heading = _HEADING.search(text)
    if heading and _SAYS_BASE.search(heading[1] or heading[2] or ""):
        return heading.start()
    sentence = _IS_BASE.search(text)
    return None if sentence is None else sentence.start()
