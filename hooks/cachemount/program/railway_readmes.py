"""A README by which Railway builds the Dockerfile of its folder, where no file of Railway says how.

Railway takes a file named Dockerfile by itself: https://docs.railway.com/builds/dockerfiles
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.reading import names_in
from cachemount.late_pattern import late
from cachemount.program.readmes import readmes

_MOST_FOLDERS = 30
# Folders whose folders are parts of one project, each with a README of its own.
_PARTS = ("apps", "crates", "packages", "services")
# Not "can be deployed on Railway"; of Railway's guides, those that deploy a program of some framework.
_DEPLOYED = late(
    r"(?<!\bbe )\bdeployed (?:on|to|via|with) (?:\[|\*\*)?Railway\b"
    r"|\bdocs\.railway\.(?:app|com)/guides/(?:angular|astro|axum|beego|django|express|fastapi|fastify|flask|gin|hono"
    r"|laravel|nest|next|nuxt|phoenix|play|rails|react|remix|rocket|sails|solid|spring|svelte|symfony|vue)",
    re.IGNORECASE,
)


def railway_readme(path: str, root: str) -> str:
    """Return the README, relative to its repository, by which Railway builds a Dockerfile; "" without one."""
    folder, name = os.path.split(path)
    if name != "Dockerfile" or any("railway" in one.lower() for place in (folder, root) for one in names_in(place)):
        return ""
    found = _deployed(folder)
    return os.path.relpath(found, root).replace(os.sep, "/") if found else ""


@kept
def _deployed(folder: str) -> str:
    """Return the README of a folder, or of a part of the project in it, that says so; "" without one."""
    for place in islice(_places(folder), _MOST_FOLDERS):
        for name, text in readmes(place):
            if "ailway" in text and _DEPLOYED.search(text):
                return os.path.join(place, name)
    return ""


def _places(folder: str) -> Iterator[str]:
    yield folder
    for parts in _PARTS:
        if parts in names_in(folder):
            inside = os.path.join(folder, parts)
            yield from (os.path.join(inside, one) for one in sorted(names_in(inside)) if "." not in one)
