"""Settings that the images below a Dockerfile bring, where Dockerfiles beside it have the names of those images.

`ghcr.io/team/php/fpm` is most likely that of `php-fpm.dockerfile`, which may begin with another one in turn.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from cachemount.copied_names import copies
from cachemount.dockerfile.images.lookup import lookup, split
from cachemount.files.reading import names_in, repository_of, text_inside_repository
from cachemount.late_pattern import late
from cachemount.source import ContextFile

_MOST_BYTES = 100_000
_MOST_BASES = 10
_PLACE = "/etc/apt/apt.conf"
_NAMED = late(r"(?i)(?:Docker|Container)file[._-](?P<end>.+)|(?P<begin>.+)\.(?:Docker|Container)file")
_BASES = late(r"(?im)^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)")


def settings_of_bases(path: str, text: str) -> Iterator[ContextFile]:
    """Yield the Dockerfiles of images below a Dockerfile that put settings of apt in place, and the files with them."""
    folder, own = os.path.split(os.path.abspath(path))
    named = _named(names_in(folder), own)
    for image in dict.fromkeys(_BASES.findall(text)) if named else ():
        name = _file_of(image, named)
        seen = {own}
        while name and name not in seen and len(seen) <= _MOST_BASES:
            seen.add(name)
            base = text_inside_repository(os.path.join(folder, name), folder, _MOST_BYTES)
            if _PLACE in base:
                yield ContextFile(path=name, text=base, in_base=image)
                yield from _copied(base, folder, image)
            below = (_file_of(one, named) for one in _BASES.findall(base))
            name = next((one for one in below if one and one not in seen), "")


def _named(names: Mapping[str, None], own: str) -> dict[str, str]:
    """Return the Dockerfiles among names by what each is called beside that."""
    found = {}
    for name in names:
        if name != own and (match := _NAMED.fullmatch(name)):
            found[(match["end"] or match["begin"]).lower()] = name
    return found


def _file_of(image: str, named: Mapping[str, str]) -> str:
    """Return the Dockerfile that has the name of an image, or of as much of its end as possible; "" where none has.

    A name without a folder is that of a stage, or of an image of the public registry.
    """
    parts = split(image)[0].split("/")
    if len(parts) < 2 or lookup(image) is not None:
        return ""
    ends = ("-".join(parts[start:]) for start in range(1, len(parts)))
    return next((named[end] for end in ends if end in named), "")


def _copied(base: str, folder: str, image: str) -> Iterator[ContextFile]:
    """Yield the files that a Dockerfile copies to where the settings are."""
    root = repository_of(folder)
    for words in copies(base):
        for word in words[:-1] if words and words[-1].startswith(_PLACE) else ():
            for place in dict.fromkeys((folder, root)):
                full = os.path.join(place, *word.split("/"))
                if text := text_inside_repository(full, folder, _MOST_BYTES):
                    yield ContextFile(path=word.removeprefix("./"), text=text, in_base=image)
                    break
