"""An id for a new mount, made as those that the file gives its other cache mounts."""

from __future__ import annotations

import posixpath

from cachemount.facts.model import Facts, Mount, Step
from cachemount.facts.service_ids import service_of_ids
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager

# Variables at the end or the beginning, with what joins them to the name: `npm-${TARGETARCH}`.
_AT_END = late(r"(?:[-_./:]*\$(?:\w+|\{\w+\}))+\Z")
_AT_BEGINNING = late(r"\A(?:\$(?:\w+|\{\w+\})[-_./:]*)+")
_VARIABLE = late(r"\$\{?(\w+)")
# What tells a lock file's contents: a step that runs again because they changed would find an empty cache.
_OF_CONTENT = late(r"(?i)(?:\A|_)(?:bust(?:er)?|check_?sum|digest|hash|key|lock|md5|sha\d*|sum)(?:_|\Z)")


def like_siblings(facts: Facts, step: Step, target: str, manager: PackageManager) -> str:
    """Return an id with the variables that all ids of the file's cache mounts have; "" where not all have them."""
    if service := service_of_ids(facts):
        return f"{service}{target}"
    around = facts.memo(_around_names)
    if around is None:
        return ""
    before, after = around
    names = _VARIABLE.findall(before + after)
    if any(name not in step.environment.settings or _OF_CONTENT.search(name) for name in names):
        return ""
    taken = {one.flag.options["id"]: one.target for one in _caches(facts)}
    short = f"{before}{_name(target, manager)}{after}"
    if taken.get(short, target) == target:
        return short
    return f"{before}{target.strip('/').replace('/', '-')}{after}"


def _name(target: str, manager: PackageManager) -> str:
    name = posixpath.basename(target).lstrip(".")
    parent = posixpath.basename(posixpath.dirname(target))
    if name == manager.name and parent == "lib":
        return f"{name}-{parent}"
    return name if manager.name in name else f"{manager.name}-{name}"


def _caches(facts: Facts) -> list[Mount]:
    return [mount for step in facts.mounted for mount in step.caches if not mount.flag.options.get("from")]


def _around_names(facts: Facts) -> tuple[str, str] | None:
    """Return what stands before and after the names in all ids of the file; None where they are not alike."""
    found = {_around(mount.flag.options.get("id", "")) for mount in _caches(facts)}
    return found.pop() if len(found) == 1 else None


def _around(name: str) -> tuple[str, str] | None:
    end, beginning = _AT_END.search(name), _AT_BEGINNING.search(name)
    if end is not None and end.start():
        return "", end[0]
    if beginning is not None and beginning.end() < len(name):
        return beginning[0], ""
    return None
