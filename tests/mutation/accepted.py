"""The survivors that are accepted, with the reason: `accepted.toml`."""

from __future__ import annotations

import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE = Path(__file__).parent / "accepted.toml"


def load() -> dict[str, dict[str, str]]:
    """By module, the names of the accepted mutants and the reason. Raises `ValueError` for one without a reason."""
    found: dict[str, dict[str, str]] = {}
    for entry in tomllib.loads(FILE.read_text(encoding="utf-8"))["accepted"]:
        if not entry["reason"].strip():
            raise ValueError(f"{FILE.name}: {entry['mutants'][0]} has no reason")
        found.setdefault(entry["module"], {}).update(dict.fromkeys(entry["mutants"], entry["reason"]))
    return found
