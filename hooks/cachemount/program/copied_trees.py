"""Folders of the repository that a Dockerfile copies to where they are called alike: what lies in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from cachemount.files.reading import names_in, real_path, repository_of
from cachemount.late_pattern import late

# COPY root/ /root/
_ALIKE = late(r"(?im)^[ \t]*(?:COPY|ADD)[ \t]+(?:--(?!from)\S+[ \t]+)*(?:\./)?([\w-]+)/?[ \t]+/\1/?[ \t]*\r?$")
_MOST = 2_000


def trees(path: str, text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the folders, each with the paths of what is in it, whichever folder of the repository is the context.

    One that is not in the repository, or holds very much, is left out.
    """
    names = dict.fromkeys(_ALIKE.findall(text))
    if not names:
        return ()
    folder = os.path.dirname(real_path(path))
    root = repository_of(folder)
    above = [folder]
    while above[-1] != root:
        above.append(os.path.dirname(above[-1]))
    found = []
    for name in names:
        places = [os.path.join(one, name) for one in above if name in names_in(one)]
        inside = [[*islice(_paths(place), _MOST + 1)] for place in places]
        if inside and all(0 < len(paths) <= _MOST for paths in inside):
            found.append((name, tuple(path for paths in inside for path in paths)))
    return tuple(found)


def _paths(place: str) -> Iterator[str]:
    """Yield the paths of what is in a folder; too many where a folder is a link, which leads elsewhere."""
    for folder, folders, files in os.walk(place):
        if any(os.path.islink(os.path.join(folder, one)) for one in folders):
            yield from [""] * (_MOST + 1)
            return
        below = os.path.relpath(folder, place).replace(os.sep, "/")
        yield from (name if below == "." else f"{below}/{name}" for name in sorted((*folders, *files)))
