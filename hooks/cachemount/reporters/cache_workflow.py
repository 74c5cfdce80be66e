"""Steps of a GitHub workflow that keep the cache mounts of the Dockerfiles from one run to the next.

https://github.com/reproducible-containers/buildkit-cache-dance
"""

from __future__ import annotations

import json
import re

from cachemount.late_pattern import late
from cachemount.reporters.cache_map import entries
from cachemount.results import Run, slashed
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

_STEPS = """\
# The steps of a job that builds: put them between checkout and build.
- uses: docker/setup-buildx-action@v3
  id: buildx
- uses: actions/cache@v4
  id: cache-mounts
  with:
    path: |
{folders}
    # Name the lock files here too, so that new packages make a new cache.
    key: cache-mounts-${{{{ runner.os }}}}-${{{{ runner.arch }}}}-${{{{ hashFiles({files}) }}}}
    restore-keys: cache-mounts-${{{{ runner.os }}}}-${{{{ runner.arch }}}}-
- uses: reproducible-containers/buildkit-cache-dance@v3
  with:
    builder: ${{{{ steps.buildx.outputs.name }}}}
    cache-map: |
{map}
    skip-extraction: ${{{{ steps.cache-mounts.outputs.cache-hit }}}}
"""
# What has a meaning in a glob, in an expression or in YAML stays out of them.
_PLAIN = late(r"[\w./@+-]+", re.ASCII)


def write(run: Run, out: TextIO) -> None:
    files: list[str] = []
    found = entries(run, files.append)
    if not found:
        out.write("# No cache mounts were found.\n")
        return
    plain = [path for path in map(slashed, files) if _PLAIN.fullmatch(path) and not path.startswith(("/", "../"))]
    names = ", ".join(f"'{one}'" for one in dict.fromkeys(plain)) or "'**/*Dockerfile*'"
    folders = "\n".join(f"      {folder}" for folder in found)
    mapped = "\n".join(f"      {line}" for line in json.dumps(found, indent=2).splitlines())
    out.write(_STEPS.format(folders=folders, files=names, map=mapped))
