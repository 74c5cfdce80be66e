"""Compose and Bake files with Dockerfiles in them: where the user of the other program should look as well."""

from __future__ import annotations

import os
from collections.abc import Iterable

from cachemount.files.reading import text_inside_repository
from cachemount.late_pattern import late
from cachemount.program.discovery import is_host_name, walk

_MOST_FILES = 200
_MOST_BYTES = 500_000
_INLINE = late(r"\bdockerfile[_-]inline\b")


def inline_hosts(folders: Iterable[str]) -> list[str]:
    """Return the files below folders, among the first of each folder, that hold Dockerfiles."""
    hosts = [host for folder in folders for host in walk(folder, is_host_name)[:_MOST_FILES]]
    texts = ((host, text_inside_repository(host, os.path.dirname(host), _MOST_BYTES)) for host in hosts)
    return [host for host, text in texts if _INLINE.search(text)]
