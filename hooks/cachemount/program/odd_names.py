"""Compose files whose names do not say so, as `docker/cpu.yaml`, which users name with `docker compose -f`."""

from __future__ import annotations

from collections.abc import Collection

from cachemount.late_pattern import late
from cachemount.program.discovery import host_kind

# Of a folder. Those of other programs are read in vain.
_MOST = 10
_SERVICES = late(r"(?m)^services:[ \t]*(?:#.*)?\r?$")


def may_be_compose(names: Collection[str]) -> list[str]:
    """Return the first of the names in a folder that may be of Compose files."""
    found = (one for one in names if one.endswith((".yml", ".yaml")) and not one.startswith(".") and not host_kind(one))
    return sorted(found)[:_MOST]


def is_compose(text: str) -> bool:
    """Return whether a text in YAML is of a Compose file that builds something."""
    return "build:" in text and _SERVICES.search(text) is not None
