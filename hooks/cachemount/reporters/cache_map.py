"""The `cache-map` of buildkit-cache-dance: a folder outside for each cache of the Dockerfiles.

https://github.com/reproducible-containers/buildkit-cache-dance#cachemap-options
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

from cachemount.late_pattern import late
from cachemount.reporters.documents import write_document
from cachemount.results import Run, printable, printable_path
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, TextIO

    from cachemount.cache_mounts import CacheMount

# The action writes the values into a Dockerfile and a shell command as they are.
_PLAIN = late(r"[\w./:@+=-]+", re.ASCII)


def write(run: Run, out: TextIO) -> None:
    write_document(entries(run), out, indent=2)


def entries(run: Run, found: Callable[[str], object] = str) -> dict[str, Any]:
    """Return the folders of the map with their caches; the paths of files that have some are handed to `found`."""
    caches: dict[str, CacheMount] = {}
    for result in run:
        if result.error:
            sys.stderr.write(f"{printable_path(result.path)}{result.place}: {printable(result.error)}\n")
        if result.mounts:
            found(result.path)
        for one in result.mounts:
            place = f"{printable_path(result.path)}:{one.line}: not in the map: {printable(one.flag)}"
            if one.id is None or one.target is None:
                sys.stderr.write(f"{place}: it holds a variable that only the builder knows\n")
            elif not all(_PLAIN.fullmatch(text) for text in (one.id, one.target, *(one.owner or ()))):
                sys.stderr.write(f"{place}: buildkit-cache-dance cannot take its characters\n")
            else:
                caches.setdefault(one.id, one)
    made: dict[str, Any] = {}
    for id_, one in caches.items():
        made[_folder(id_, made)] = _options(one)
    return made


def _options(one: CacheMount) -> str | dict[str, str]:
    """Return a target alone where it names the cache as well, else the options in the order of the documentation."""
    if one.id == one.target and one.owner is None:
        return one.target or ""
    options = {"target": one.target or ""}
    if one.id != one.target:
        options["id"] = one.id or ""
    if one.owner is not None:
        options["uid"], options["gid"] = one.owner
    return options


def _folder(id_: str, taken: dict[str, Any]) -> str:
    name = re.sub(r"[^A-Za-z0-9._]+", "-", id_).strip("-.") or "cache"
    number = 1
    folder = name
    while folder in taken:
        number += 1
        folder = f"{name}-{number}"
    return folder
