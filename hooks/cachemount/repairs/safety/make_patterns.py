"""Targets of a Makefile that are patterns, or have a variable in their names."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cachemount.late_pattern import late
from cachemount.repairs.safety.open_makefiles import is_for_any

_STANDS_FOR_ANY = late(r"%|\$\([^()]*\)|\$\{[^{}]*\}|\$")


def matching(targets: Collection[str], suffixes: Collection[str], names: Sequence[str]) -> list[str]:
    """Return the targets that names may stand for, or that may stand for them: one of both is a pattern."""
    patterns = [_STANDS_FOR_ANY.split(name) for name in names if "%" in name]
    return [
        target
        for target in (targets if names else ())
        if any(_fits(one, target) for one in patterns) or _stands_for(target, names) or is_for_any(target, suffixes)
    ]


def _stands_for(target: str, names: Sequence[str]) -> bool:
    parts = _STANDS_FOR_ANY.split(target) if "%" in target or "$" in target else []
    return bool(parts) and any(_fits(parts, name) for name in names)


def _fits(parts: Sequence[str], name: str) -> bool:
    """Return whether a name is these parts with anything between them."""
    if len(parts) == 1:
        return name == parts[0]
    first, *middle, last = parts
    at, end = len(first), len(name) - len(last)
    if at > end or not (name.startswith(first) and name.endswith(last)):
        return False
    for part in middle:
        at = name.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True
