"""Other Dockerfiles of a repository: the one of the image that a file begins with, and those beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator

from cachemount.dockerfile.images.lookup import short_name
from cachemount.files.reading import names_in, repository_of, text_inside_repository
from cachemount.late_pattern import late
from cachemount.program.repository_images import DOCKERFILE
from cachemount.source import ContextFile

_MOST_BYTES = 1_000_000
_MOST_FILES = 20
# With a line feed in front of the text: a pattern that begins with one is found ten times as fast as one with `^`.
_BASES = late(r"(?i)\n[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)")
_ARGUMENT = late(r"\$\{?(\w+)\}?")


def dockerfile_of_base(path: str, text: str) -> Iterator[ContextFile]:
    """Yield the repository's own Dockerfile, where another one begins with an image that most likely is of it.

    The image has the repository's name, or is an argument that only the build tells.
    """
    beside = os.path.dirname(path)
    root = repository_of(beside)
    name = _own_image(os.path.basename(root).lower(), text)
    for place in ("Dockerfile", "docker/Dockerfile") if name else ():
        full = os.path.join(root, *place.split("/"))
        content = "" if full == path else text_inside_repository(full, root, _MOST_BYTES)
        if content:
            yield ContextFile(
                path=place, text=content, folder=os.path.relpath(root, beside).replace(os.sep, "/"), of_image=name
            )
            return


def siblings(path: str, programs: Collection[str]) -> Iterator[ContextFile]:
    """Yield the Dockerfiles beside one that name one of the programs too."""
    folder, own = os.path.split(path)
    names = [name for name in names_in(folder) if name != own and DOCKERFILE.fullmatch(name)]
    for name in sorted(names)[:_MOST_FILES]:
        text = text_inside_repository(os.path.join(folder, name), folder, _MOST_BYTES)
        if any(program in text for program in programs):
            begins = "".join(f"FROM {base}\n" for base in _BASES.findall(f"\n{text}"))
            yield ContextFile(path=name, text=begins, sibling=True)


def _own_image(repository: str, text: str) -> str:
    """Return the image of a FROM that most likely is the repository's own, in lower case; "" where none is."""
    for base in _BASES.findall(f"\n{text}") if "$" in text or (repository and repository in text.lower()) else ():
        argument = _ARGUMENT.fullmatch(base)
        if argument and re.search(rf"(?im)^[ \t]*ARG[ \t]+{argument[1]}[ \t]*\r?$", text):
            return str(base).lower()
        if short_name(base).lower() == repository:
            return repository
    return ""
