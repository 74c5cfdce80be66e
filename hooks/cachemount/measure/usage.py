"""A builder's report on its cache: `docker buildx du` and `docker system df`, read into records."""

from __future__ import annotations

import json
import re

from cachemount.late_pattern import late
from cachemount.records import Record
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_UNITS = {
    "": 1,
    "k": 10**3,
    "m": 10**6,
    "g": 10**9,
    "t": 10**12,
    "p": 10**15,
    "ki": 2**10,
    "mi": 2**20,
    "gi": 2**30,
    "ti": 2**40,
    "pi": 2**50,
}
_SIZE = late(r"\s*(\d+(?:\.\d+)?)\s*([kmgtp]?i?)b?\s*", re.IGNORECASE)
_FIELD = late(r"(ID|Parents?|Created at|Mutable|Reclaimable|Shared|Size|Description|Usage count|Last used|Type):")
_IDENTITY = late(r"[0-9a-z]{8,}")
# https://github.com/moby/buildkit/blob/master/solver/llbsolver/mounts/mount.go: the id stands there since BuildKit 0.9.
_MOUNT = late(r'cached mount (?P<target>.+?) from (?P<command>.*?)(?: with id (?P<id>"(?:[^"\\]|\\.)*"))?', re.DOTALL)
_MOUNTS = "exec.cachemount"


class MountUsage(Record):
    """A cache mount that the builder keeps.

    `record` is the builder's own name for it, `size` in bytes as the builder rounds them, `target` where it was first
    mounted and `command` what ran there. `id` is the mount's id with its namespace, None where the builder is too old
    to say it.
    """

    record: str
    size: int
    target: str
    command: str
    id: str | None


class UnreadableUsageError(Exception):
    """The builder said something else than expected; `str(error)` is what."""


def read_lines(text: str) -> tuple[MountUsage, ...]:
    """Read what `docker buildx du --format json` prints: one JSON object per line. Raises `UnreadableUsageError`."""
    return _mounts([_loaded(line) for line in text.splitlines() if line.strip()], "Type")


def read_list(text: str) -> tuple[MountUsage, ...]:
    """Read what `docker system df -v --format '{{json .BuildCache}}'` prints. Raises `UnreadableUsageError`."""
    found = _loaded(text)
    if found is None:
        return ()
    if not isinstance(found, list):
        raise UnreadableUsageError(text[:80])
    return _mounts(found, "CacheType")


def read_blocks(text: str) -> tuple[MountUsage, ...]:
    """Read what `docker buildx du --verbose` prints: `Field:  value` lines, a blank line between records.

    Raises `UnreadableUsageError`.
    """
    records: list[dict[str, str]] = []
    field = ""
    after_blank = True
    for line in text.split("\n"):
        match = _FIELD.match(line)
        if match is not None and match[1] == "ID" and after_blank:
            records.append({})
        after_blank = not line.strip()
        if match is not None and records and (match[1] not in records[-1]):
            field = match[1]
            records[-1][field] = line[match.end() :].strip()
        elif match is None and records and field == "Description":
            # A command may have several lines.
            records[-1][field] += "\n" + line
    return _mounts(list(records), "Type")


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise UnreadableUsageError(text[:80]) from None


def _mounts(records: list[Any], kind: str) -> tuple[MountUsage, ...]:
    found = []
    for record in records:
        if not isinstance(record, dict):
            raise UnreadableUsageError(str(record)[:80])
        if record.get(kind) == _MOUNTS:
            found.append(_mount(record))
    return tuple(found)


def _mount(record: dict[str, Any]) -> MountUsage:
    match = _MOUNT.fullmatch(str(record.get("Description", "")).strip())
    # Records that are in use have a star after their name.
    name = str(record.get("ID", "")).rstrip("*")
    if match is None or not _IDENTITY.fullmatch(name):
        raise UnreadableUsageError(f"a cache mount described as {record.get('Description')!r}"[:120])
    return MountUsage(
        record=name,
        size=_bytes(str(record.get("Size", ""))),
        target=match["target"],
        command=match["command"],
        id=_unquoted(match["id"]) if match["id"] else None,
    )


def _unquoted(literal: str) -> str:
    """Return the string that Go's `%q` wrote; its escapes are those of JSON, but for a few that no id has."""
    try:
        return str(json.loads(literal))
    except ValueError:
        return literal[1:-1]


def _bytes(text: str) -> int:
    match = _SIZE.fullmatch(text)
    if match is None:
        raise UnreadableUsageError(f"a size of {text!r}"[:80])
    return round(float(match[1]) * _UNITS[match[2].lower()])
