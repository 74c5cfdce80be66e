"""The content of a cache mount: a step more in the user's own image, which reads the mount and names a few files.

The size that a builder tells does not do: each directory and each lock takes four kilobytes, and a tool's log or
an index of packages can be larger than a small package.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Sequence

from cachemount.cache_mounts import CacheMount
from cachemount.late_pattern import late
from cachemount.source import Source

ENOUGH = 3
# What tools leave beside packages: locks, marks, logs, state, and the binary index that apt makes of its lists.
_NO_PACKAGES = "|".join(
    (
        "*/lock|*.lock|*.lck|*-lock|*/.package-cache*|*/.global-cache",
        "*.log|*/_logs/*|*.tmp|*/tmp/*|*/CACHEDIR.TAG|*/.gitignore|*/.htaccess|*/gc.properties",
        "*/pkgcache.bin|*/srcpkgcache.bin|*/extended_states|*/selfcheck/*|*/_update-notifier-last-checked",
        "*/go-build/README|*/go-build/trim.txt",
    )
)
_LINE = late(r"#\d+ \d+\.\d+ (?P<mark>\S+) (?P<index>\d+) (?P<kind>file|other|end)(?: (?P<name>.*))?")
# In plain sh, as the smallest images have neither find nor awk. A folder that may not be read looks empty.
_SCRIPT = """\
look() { for f in "$1"/* "$1"/.[!.]* "$1"/..?*; do \
if [ -L "$f" ]; then :; \
elif [ -d "$f" ]; then look "$f" || return 1; \
elif [ -f "$f" ]; then case "${f#"$root"}" in PATTERNS) kind=other;; *) kind=file;; esac; \
[ -s "$f" ] || kind=other; \
if [ $kind = file ]; then files=$((files+1)); echo "MARK $index file $f"; [ $files -lt ENOUGH ] || return 1; \
else others=$((others+1)); [ $others -gt ENOUGH ] || echo "MARK $index other $f"; fi; fi; done; return 0; }
"""


def script(mounts: Sequence[tuple[int, CacheMount]], mark: str) -> str:
    """Return the commands that look into mounts. They come with their numbers; their targets are known."""
    text = _SCRIPT.replace("PATTERNS", _NO_PACKAGES)
    text = text.replace("MARK", mark).replace("ENOUGH", str(ENOUGH)).strip() + ";"
    for index, mount in mounts:
        assert mount.target is not None
        text += f" files=0 others=0 index={index} root={shlex.quote(mount.target)};"
        text += f' look "$root"; echo {mark} {index} end;'
    return text


def looking(source: Source, mounts: Sequence[tuple[int, CacheMount]], mark: str) -> str:
    """Return a Dockerfile that goes on, after one RUN, with a step that looks into the mounts of that RUN."""
    flags = " ".join(mount.flag for _, mount in mounts)
    step = f"RUN {flags} {json.dumps(['/bin/sh', '-c', script(mounts, mark)])}"
    return f"{source.text[: mounts[0][1].instruction.end]}\n{step}\n"


class Content:
    """Collects what the looking step prints."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._files: dict[int, list[str]] = {}
        self._others: dict[int, list[str]] = {}
        self._done: set[int] = set()

    def line(self, text: str) -> None:
        match = _LINE.fullmatch(text.rstrip())
        if match is None or match["mark"] != self._mark:
            return
        index = int(match["index"])
        if match["kind"] == "end":
            self._done.add(index)
        else:
            kept = self._files if match["kind"] == "file" else self._others
            kept.setdefault(index, []).append(match["name"] or "")

    def files(self, indexes: Iterable[int]) -> tuple[str, ...] | None:
        """Return some files that may be packages, () where there are none, None where no step has looked."""
        return self._found(self._files, indexes)

    def others(self, indexes: Iterable[int]) -> tuple[str, ...] | None:
        """Return some files that are no packages."""
        return self._found(self._others, indexes)

    def _found(self, kept: dict[int, list[str]], indexes: Iterable[int]) -> tuple[str, ...] | None:
        known = [index for index in indexes if index in self._done]
        return tuple(dict.fromkeys(name for index in known for name in kept.get(index, ()))) if known else None
