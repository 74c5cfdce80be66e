"""The baseline: the findings that a repository had when it took up the check, one JSON object a line.

The first line is `{"cachemount-baseline": 1}`; each other line is an entry: `path` (relative to the baseline's folder,
with `/`), `rule`, `manager` (or null), `step`, and `count` where it is not 1. Lines are sorted, so that a change to the
file reads as what it is and branches that drop different entries merge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from cachemount.fingerprints import Fingerprint
from cachemount.policy.model import ConfigError
from cachemount.records import Record, field
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

VERSION = 1

_HEAD = "cachemount-baseline"
_FIRST = f'{{"{_HEAD}": {VERSION}}}'
_KEYS = ("path", "rule", "manager", "step", "count")
# No file has more findings of a kind.
_MOST = 1_000_000
_TEXTS = ("path", "rule", "step")


class Baseline(Record, frozen=False):
    """The entries of a baseline file, by checked file, and the line (1-based) on which each stands."""

    path: str
    files: dict[str, Counter[Fingerprint]] = field(default_factory=dict)
    lines: dict[tuple[str, Fingerprint], int] = field(default_factory=dict)

    def add(self, path: str, one: Fingerprint, count: int = 1) -> None:
        self.files.setdefault(path, Counter())[one] += count

    @property
    def total(self) -> int:
        return sum(sum(entries.values()) for entries in self.files.values())


def parse(path: str, data: bytes) -> Baseline:
    """Read a baseline from the bytes of `path`. Raises `ConfigError`, with the line, for whatever is not one."""
    import json

    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(path, "is not UTF-8", data.count(b"\n", 0, error.start) + 1) from None
    baseline = Baseline(path=path)
    head = False
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        if line.startswith(("<<<<<<<", "=======", ">>>>>>>", "|||||||")):
            raise ConfigError(path, "has the marks of a merge conflict: keep the lines that both sides have", number)
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            raise ConfigError(path, "is not a line of a baseline, which is one JSON object", number) from None
        if not head:
            _check_head(path, value, number)
            head = True
            continue
        file, one, count = _entry(path, value, number)
        baseline.add(file, one, count)
        baseline.lines[file, one] = number
    if not head:
        raise ConfigError(path, f"is empty; a baseline begins with {_FIRST}")
    return baseline


def _check_head(path: str, value: object, line: int) -> None:
    if not isinstance(value, dict) or _HEAD not in value:
        raise ConfigError(path, f"is not a baseline, which begins with {_FIRST}", line)
    if value[_HEAD] != VERSION:
        message = f"has version {value[_HEAD]!r}; this version of cachemount reads {VERSION}"
        raise ConfigError(path, message, line)


def _entry(path: str, value: Any, line: int) -> tuple[str, Fingerprint, int]:
    if not isinstance(value, dict):
        raise ConfigError(path, "is not a line of a baseline, which is one JSON object", line)
    for key in value:
        if key not in _KEYS:
            raise ConfigError(path, f"unknown key `{key}`; known are {', '.join(_KEYS)}", line)
    for key in _TEXTS:
        if not isinstance(value.get(key), str):
            raise ConfigError(path, f"`{key}` {'has to be a string' if key in value else 'is missing'}", line)
    manager = value.get("manager")
    if manager is not None and not isinstance(manager, str):
        raise ConfigError(path, "`manager` has to be a string or null", line)
    count = value.get("count", 1)
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= _MOST:
        raise ConfigError(path, f"`count` has to be a whole number from 1 to {_MOST:,}", line)
    return value["path"], Fingerprint(value["rule"], manager, value["step"]), count


def render(files: Mapping[str, Mapping[Fingerprint, int]]) -> bytes:
    """Return the bytes of a baseline with these entries; those with a count below 1 are left out."""
    import json

    rows = []
    for path, entries in files.items():
        for one, count in entries.items():
            if count > 0:
                rows.append((path, one.rule, one.manager or "", one.step, one, count))
    lines = [_FIRST]
    for path, _, _, _, one, count in sorted(rows, key=lambda row: row[:4]):
        entry: dict[str, Any] = {"path": path, **one._asdict()}
        if count != 1:
            entry["count"] = count
        lines.append(json.dumps(entry))
    return ("\n".join(lines) + "\n").encode("ascii")
