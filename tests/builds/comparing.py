"""What differs between two images, caches, logs and times aside."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from builds import oci

# Each is a path whose files are not compared: caches and logs, and what is written anew at each run.
ASIDE = (
    r"/var/cache/.*",
    r"/var/log/.*",
    r"/var/lib/apt/lists(/.*)?",
    r"/tmp/.*",
    r"(/root|/home/[^/]+|/app)/\.cache(/.*)?",
    r"(/root|/home/[^/]+)/\.npm(/.*)?",
    r"(/root|/home/[^/]+)/\.(gradle|m2)(/.*)?",
    r"/usr/local/share/\.cache(/.*)?",
    r"(/root|/home/[^/]+)/\.bun/install/cache(/.*)?",
    r"(/root|/home/[^/]+)/\.bundle/cache(/.*)?",
    r"(/root|/home/[^/]+)/\.local/share/gem/specs(/.*)?",
    r"(/root|/home/[^/]+)/\.local/share/pnpm/store(/.*)?",
    r"(/root|/home/[^/]+)/\.local/state/pipx/log/.*",
    r"/usr/local/bundle(/ruby/[^/]+)?/cache(/.*)?",
    r"/go/pkg(/.*)?",
    r"(/root|/home/[^/]+)/\.config/go/telemetry(/.*)?",
    r"/usr/local/cargo/(registry|git|\.global-cache|\.package-cache).*",
    r"/var/lib/dpkg/[^/]*-old",
    r"/etc/(passwd|group|shadow|gshadow)-",
    r"/dev(/.*)?|/proc(/.*)?|/sys(/.*)?|/run(/.*)?",
    r"/etc/(hosts|resolv\.conf|hostname)",
)
# Files whose content has times in it: that they are there is compared.
TIMED = (
    r".*\.pyc|.*/target/.*|.*\.jar"
    # virtualenv writes the lines of this one in any order.
    r"|.*/virtualenvs/.*/pip-[^/]*/RECORD"
    r"|.*/\.modules\.yaml|.*/\.pnpm-workspace-state-v1\.json|.*/pnpm-state\.json|.*/pnpm/store/.*/index/.*\.json"
    r"|.*/\.yarn/install-state\.gz|/var/lib/pacman/local/.*/desc"
)
# What repairs change on purpose.
MEANT = {
    "/etc/apt/apt.conf.d/docker-clean": "the hook that empties apt's cache is removed",
    "/etc/apt/apt.conf.d/keep-cache": "apt is told to keep packages",
    "/usr/share/libalpm/hooks/package-cleanup.hook": "the hook that empties pacman's cache is removed",
    "/var/lib/apt/extended_states": "which packages apt chose itself is in the mount on /var/lib/apt",
}
_PARTS = ("Env", "Cmd", "Entrypoint", "User", "WorkingDir", "Labels", "ExposedPorts", "Volumes", "OnBuild", "Shell")


def differences(before: tuple[Path, str], after: tuple[Path, str]) -> tuple[list[str], list[str]]:
    """Return what differs unexpectedly, and what repairs are meant to change.

    Each image is a layout and its manifest."""
    aside, timed = re.compile("|".join(ASIDE)), re.compile(TIMED)
    old, new = oci.files(*before), oci.files(*after)
    around = _around({*old, *new}, aside)
    found, meant = [], []
    for path in sorted(set(old) | set(new)):
        one, other = old.get(path), new.get(path)
        if one == other or aside.fullmatch(path) or (path in around and None in (one, other)):
            continue
        if path in MEANT:
            meant.append(f"{path}: {MEANT[path]}")
        elif one is None:
            found.append(f"{path}: only in the repaired image")
        elif other is None:
            found.append(f"{path}: missing in the repaired image")
        elif (one.kind, one.mode, one.owner) != (other.kind, other.mode, other.owner):
            found.append(f"{path}: {one.kind} {one.mode:o} {one.owner}, then {other.kind} {other.mode:o} {other.owner}")
        elif one.kind != "folder" and one.content != other.content and not timed.fullmatch(path):
            found.append(f"{path}: another content")
    settings, others = _config(*before), _config(*after)
    for part in _PARTS:
        if part == "Env":
            variables, kept = set(settings.get(part) or ()), set(others.get(part) or ())
            meant += [f"ENV {one}: a setting that switches the cache off is removed" for one in variables - kept]
            found += [f"ENV {one}: only in the repaired image" for one in kept - variables]
        elif settings.get(part) != others.get(part):
            found.append(f"{part}: {settings.get(part)}, then {others.get(part)}")
    return found, meant


def _around(paths: set[str], aside: re.Pattern[str]) -> set[str]:
    """Return the folders that hold files which are left aside, and no others."""
    left = {path for path in paths if aside.fullmatch(path)}
    around = {parent for path in left for parent in _parents(path)}
    return around - {parent for path in paths - left - around for parent in _parents(path)}


def _parents(path: str) -> list[str]:
    return [path[:end] for end, letter in enumerate(path) if letter == "/" and end]


def _config(layout: Path, manifest: str) -> dict[str, Any]:
    config = oci.document(layout, manifest)["config"]["digest"]
    found: dict[str, Any] = oci.document(layout, config)["config"]
    return found


def layer_bytes(layout: Path, manifest: str) -> int:
    """Return the bytes in the layers of an image, those of its base included."""
    return sum(layer["size"] for layer in oci.document(layout, manifest)["layers"])
