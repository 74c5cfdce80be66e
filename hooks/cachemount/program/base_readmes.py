"""A README that says what is installed on the image of a Dockerfile: by other Dockerfiles, or by dev containers.

It is the one beside the Dockerfile, or one of a folder above that speaks of all its images.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice

from cachemount.dockerfile.images.lookup import short_name
from cachemount.files.kept import kept
from cachemount.files.reading import real_path, repository_of, upwards
from cachemount.late_pattern import late
from cachemount.program.readmes import examples, readmes, to_line_end
from cachemount.source import ContextFile

_BASE_IMAGES = r"\bbase[ -](?:docker[ -]|container[ -])?images?\b"
_HEADING = late(r"(?m)^[ \t]*(?:#+[ \t]+(.*)|(\S.*)\n[=-]{3,}[ \t]*$)")
_SAYS_BASE = late(rf"(?i){_BASE_IMAGES}")
# "This is a base image for use in other images", "This repository builds the base images of ..."
_IS_BASE = late(
    r"(?i)\bth(?:is|ese)(?:[ -][\w./-]+){0,4} (?:is|are|builds?|contains?|has|holds?|provides?)\b"
    rf"[^.\n]{{0,60}}?{_BASE_IMAGES}"
    # What happens to the image that this one begins with.
    r"(?! (?:bump|change|digest|refresh|release|tag|update|upgrade|version)(?:e?s)?\b)"
    # "Intended as a foundation for other images"
    r"|\b(?:foundation|basis|starting point) (?:for|of) (?:building )?"
    r"(?:other|your(?: own)?|our(?: own)?|derived|custom|further) (?:[\w-]+ )?images\b"
    r"|\b(?:(?:intended|meant|designed) to be used|used|serves?|intended|meant|designed) as (?:a|the)"
    r" (?:base|foundation|parent)(?: (?:docker |container )?image)? for (?:other|your|our|derived|custom|further|all) "
)
# "... is a reference implementation of the base image that ...", and not "... is built on the base image".
_ITSELF = r"(?!\b(?:against|by|for|from|on|over|that|to|upon|us(?:es?|ed|ing)|via|which|with(?:out)?)\b)"
_UP_TO = rf"(?:{_ITSELF}(?:[^.\n]|\n(?=\S))){{0,60}}?"
_IMAGE_IS_BASE = late(
    rf"(?i)\bthe (?:docker |container )?images? (?:is|are)\b{_UP_TO}{_BASE_IMAGES}(?= (?:for|in|of|that|used)\b)"
    # "The images can be used as base images for"
    rf"|\bimages? (?:are|can|is|may)\b(?:[^.\n]|\n(?=\S)){{0,80}}?\bas (?:an? |the )?{_BASE_IMAGES}\s(?:for|of)\b"
)
_BEGINS = r"(?im)(?:^|[.!?][ \t])[ \t>]*(?:the )?[`*_\[]*"
_IS_BASE_ITSELF = (
    r"[`*_\]]*(?:\([^)\n]*\))?(?: (?:docker |container )?images?)? (?:are|builds?|is|provides?)\b"
    rf"{_UP_TO}{_BASE_IMAGES}"
)
# The line below the title, where it is no sentence: "A small base image with the usual tools".
_BELOW_TITLE = late(r"(?:\s*(?:!?\[.*|<.*|[=-]{3,}[ \t]*)\n)*\s*")
_CALLED_BASE = late(
    rf"(?i)(?:(?:an?|our|the) )?(?:(?!\w*(?:ing|s)\b){_ITSELF}[\w.+/-]+ ){{0,4}}{_BASE_IMAGES}"
    r"(?: (?:for|used|with)\b(?![^.\n]*\b(?:are|can|comes?|is|may|was|will)\b)|\.?[ \t]*(?:\n|\Z))"
)
_SPEAKS_OF_IMAGES = late(
    r"(?i)\b(?:docker|container|base|ci)[ -]?images?\b|\bimages? (?:are|can|contains?|for|has|is|with)\b"
)
_IMAGES = late(r"(?i)\b(?:docker|container|oci|base|builder?|ci)[ -](?:[\w-]{1,30}[ -])?images\b|\bdockerfiles\b")
_OF_CONTAINERS = late(r"(?im)^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*\S*/devcontainers/")
_FEATURES = late(r"\"features\"[ \t]*:[ \t]*\{\s*\"")
_WORDS = late(r"[\w.-]+")


def readme_of(path: str, text: str) -> Iterator[ContextFile]:
    """Yield the README, beside a Dockerfile or in a folder above, that says that more is installed on its image.

    Its text goes to the end of the line that says so.
    """
    real = real_path(path)
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


def readme_of_images(path: str) -> Iterator[ContextFile]:
    """Yield the nearest README, beside a Dockerfile or in a folder above, that speaks of images.

    Its text is its title where that says that the repository is one of images, and else empty.
    """
    folder = os.path.dirname(real_path(path))
    for above in upwards(folder, repository_of(folder)):
        for name, content in readmes(above):
            if _SPEAKS_OF_IMAGES.search(content):
                shown = os.path.relpath(os.path.join(above, name), folder).replace(os.sep, "/")
                heading = _HEADING.search(content)
                title = (heading[1] or heading[2] or "").strip() if heading else ""
                yield ContextFile(path=shown, text=title if _IMAGES.search(title) else "", of_images=True)
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
    title = (heading[1] or heading[2] or "").strip() if heading else ""
    if heading and _SAYS_BASE.search(title):
        return heading.start()
    found = [_IS_BASE.search(text)]
    if heading and _SAYS_BASE.search(text):
        found.append(_IMAGE_IS_BASE.search(text))
        names = {title, *_WORDS.findall(title)[:1]}
        found += [re.search(f"{_BEGINS}{re.escape(name)}{_IS_BASE_ITSELF}", text) for name in names if name]
        below = _BELOW_TITLE.match(text, heading.end())
        found.append(_CALLED_BASE.match(text, below.end()) if below else None)
    return min((one.end() for one in found if one), default=None)
