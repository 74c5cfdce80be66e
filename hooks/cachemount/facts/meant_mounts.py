"""Which mounts that miss a directory were most likely meant for it."""

from __future__ import annotations

import posixpath
import re

from cachemount.facts import locations
from cachemount.facts.cleanups import paths, resolved
from cachemount.facts.expansion import expanded
from cachemount.facts.model import Directory, Mount, Step
from cachemount.facts.mounts import volume_options
from cachemount.managers.model import PackageManager


def looks_meant(step: Step, mount: Mount, directory: Directory, manager: PackageManager) -> bool:
    """Return whether a mount that misses the directory was most likely meant for it.

    One that a manager can do without is meant by a target that is like its own, and not by the manager's name.
    """
    options = volume_options(mount.flag.target)
    written = mount.flag.target.removesuffix(options).rstrip("/")
    target = (mount.target or mount.flag.target).removesuffix(options)
    places = paths([directory])
    if options and target in places:
        return True
    # A folder beside it for each platform or release: `/var/cache/apt-${TARGETPLATFORM}`.
    if re.sub(r"[-_.]\$(?:\w+|\{\w+\})\Z", "", written) in places:
        return True
    tails = [tail for tail in locations.tails(directory.cache) if tail != "/cache"]
    # A folder called `cache` may be anyone's.
    if written.endswith(tuple(tails)):
        return True
    if any(_close(target, place) for place in places):
        return True
    part, dotted = part_of(written, directory)
    if part and (dotted or not _is_named(step, target)):
        return True
    if directory.cache.optional and not directory.cache.once:
        return False
    last = posixpath.basename(written)
    kinds = ("", "-cache", "-store")
    if last in {f"{dot}{manager.name}{kind}" for dot in ("", ".") for kind in kinds}:
        return True
    return not _is_named(step, target) and (
        any(re.fullmatch(pattern, written) for pattern in manager.mistaken_for)
        or re.fullmatch(rf"\.{re.escape(manager.name)}[-_.]\w+", last) is not None
        or any(_misspelt(written, tail) for tail in tails)
    )


def part_of(written: str, directory: Directory) -> tuple[str, bool]:
    """Return what a target names in one of the usual places, and whether that is written as usual; "" for others.

    It is `index` in `.cargo/registry/index`, and in `cargo/registry/index`, as where a variable moves the home.
    """
    written = written.rstrip("/")
    places = [tail for tail in locations.tails(directory.cache) if tail.startswith("/.") or tail.count("/") > 1]
    undotted = [f"/{tail[2:]}" for tail in places if tail.startswith("/.") and tail.count("/") > 1]
    for place in (*places, *undotted):
        part = written.partition(f"{place}/")[2]
        if part:
            return part, place in places
    return "", False


def _is_named(step: Step, target: str) -> bool:
    """Return whether a command of the step, or a variable that it sees, says a directory or something in it."""
    values = [value for value in step.environment.variables.values() if value and value.startswith("/")]
    return any(locations.below(posixpath.normpath(value), target) for value in values) or any(
        path is not None and locations.below(path, target)
        for command, words in expanded(step)
        for word in words[1:]
        for path in [resolved(word.known.rpartition("=")[2], command, step) if "/" in word.known else None]
    )


def _misspelt(written: str, tail: str) -> bool:
    """Return whether a target ends as the cache does but for two letters of a long name: `.cache/pypotery`."""
    parts = tail.strip("/").split("/")
    for count in range(len(parts), 1, -1):
        end = "/" + "/".join(parts[:count])
        last = "/" + "/".join(written.split("/")[-count:])
        if len(end) >= 7 * count and last != end and _close(last, end):
            return True
    return False


def _close(one: str, other: str) -> bool:
    """Return whether two paths differ by at most two letters (put in, left out, changed or swapped)."""
    if abs(len(one) - len(other)) > 2:
        return False
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
    return row[-1] <= 2
