"""What differs between two images, what lies in cache mounts and what differs by chance aside.

Only what was seen to differ between two builds of one and the same Dockerfile counts as chance: each shape is built
twice as it is written, and a kind of `CHANCE` is left aside only where it differed between these two.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builds import oci

# Kinds of files whose content or name has times in it, or is in another order each time, by path.
CHANCE = {
    "logs": r"/var/log/.*",
    "compiled Python, with the time of its source": r".*\.pyc",
    "archives of Java, with times": r".*\.jar",
    "the list of pip's files that virtualenv writes in any order": r".*/pip-[^/]*\.(dist-info|virtualenv)/RECORD",
    "pipenv's messages to itself, named by chance": r"/tmp/pipenv-(request|response)-\w+\.json",
    "when virtualenv last asked for a newer pip": r".*/virtualenv/wheel/.*/pip\.json",
    "when pip last asked for a newer pip": r".*/pip/selfcheck/[0-9a-f]+",
    "pnpm's notes on node_modules, packages and its store, with times": (
        r".*/(\.modules\.yaml|\.pnpm-workspace-state-v1\.json|pnpm-state\.json)"
        r"|.*/pnpm/metadata-v[\d.]+/.*\.json|.*/store/v\d+/index/.*\.json"
    ),
    "pacman's notes on packages, with times": r"/var/lib/pacman/local/.*/desc",
    "dnf's history and RPM's database, with times": (
        r"/usr/lib/sysimage/libdnf5/transaction_history\.sqlite(-shm|-wal)?|/var/lib/rpm/rpmdb\.sqlite(-shm|-wal)?"
    ),
    "the number that zypper makes up for itself": r"/var/lib/zypp/AnonymousUniqueId",
    "Go's counts of its own use, with dates": r"(/root|/home/[^/]+)/\.config/go/telemetry/.*",
    "Deno's notes on packages and code, in databases": (r".*/deno/(\w+_cache_v\d+(-shm|-wal)?|npm/.*/registry\.json)"),
    "opam's logs and notes on what it installed": r".*/\.opam/(log/.*|.*/\.opam-switch/install/.*\.changes)",
    "cpan's notes on its index and on what is installed": r".*/\.cpan/Metadata|.*/perllocal\.pod",
    "Bower's working folders, named by chance": r"/tmp/[0-9a-f]{32}(/bower)?",
    "code that Node compiled": r"/tmp/(node-compile-cache|v8-compile-cache-\d+)/.*",
    "npm's logs, named by time": r".*/\.npm/_logs/.*",
    "pipx's logs, named by time": r".*/pipx/log(s)?/.*",
}
# What fixes change on purpose, and what follows from a mount, by path.
MEANT = {
    r"/etc/apt/apt\.conf\.d/docker-clean": "the hook that empties apt's cache is removed",
    r"/etc/apt/apt\.conf\.d/keep-cache": "apt is told to keep packages",
    r"/etc/zypp/repos\.d/[^/]+\.repo": "zypper's repositories are told to keep packages",
    r"/usr/share/libalpm/hooks/package-cleanup\.hook": "the hook that empties pacman's cache is removed",
    r"/root/\.cpan/FTPstats\.yml": "cpan's list of the hosts that were asked is not there where none was",
    r"/tmp/\.[0-9a-f]{16}-[0-9a-f]{8}\.hm": "Bun leaves the file with which it tried to link from its cache",
    r".*/\.yarn/install-state\.gz": "Yarn's notes have packages in another order where the cache had some of them",
    "/var/cache/ldconfig/aux-cache": "ldconfig's cache has times and inodes in it, which a layer more changes",
    "/var/cache/apt/archives/lock": "apt's lock, which is empty, stays where the clean-up took its folder away",
    "/var/cache/apt/archives/partial": "apt's empty folder for what it fetches is in the mount beside it",
    "/var/lib/apt/extended_states": "which packages apt chose itself is in the mount on /var/lib/apt",
}
# Folders that the clean-up of the first image took away, and that are there for the sake of a mount in them: empty.
LEFT_EMPTY = {"/var/cache/apt/archives": "the clean-up took the folder away, and apt's mount in it leaves it empty"}
# What is in a mount in place of the image, by path: it may be missing, and not be there for the first time.
MOVED = {r"/var/cache/apk/APKINDEX\.[0-9a-f]+\.tar\.gz": "apk's index is in the mount on /etc/apk/cache"}
_PARTS = ("Env", "Cmd", "Entrypoint", "User", "WorkingDir", "Labels", "ExposedPorts", "Volumes", "OnBuild", "Shell")
Image = tuple[Path, str]
"""A layout and the manifest in it."""


@dataclass
class Differences:
    """What differs unexpectedly, what fixes are meant to change, and which kinds of `CHANCE` were left aside."""

    found: list[str] = field(default_factory=list)
    meant: list[str] = field(default_factory=list)
    aside: set[str] = field(default_factory=set)


def chance_of(one: Image, other: Image, caches: Collection[str] = ()) -> Differences:
    """Return how two builds of one Dockerfile differ."""
    return differences(one, other, caches, CHANCE)


def differences(before: Image, after: Image, caches: Collection[str] = (), chance: Collection[str] = ()) -> Differences:
    """Return how two images differ; not by kinds of `chance`.

    In the `caches`, the targets of cache mounts, files of the first image may be missing or have another content. New
    ones would be what is left of a cache that is mounted in other steps alone.
    """
    said = Differences()
    old, new = oci.files(*before), oci.files(*after)
    paths = {*old, *new}
    inside = {path for path in paths if any(path == cache or path.startswith(f"{cache}/") for cache in caches)}
    around = _around(paths, inside)
    above = {parent for cache in caches for parent in oci.parents(cache)}
    for path in sorted(paths):
        one, other = old.get(path), new.get(path)
        if one == other:
            continue
        table = MEANT if other is not None else {**MEANT, **MOVED}
        if one is None and _empty_folder(new, path):
            table = {**MEANT, **LEFT_EMPTY}
        meant = next((why for pattern, why in table.items() if re.fullmatch(pattern, path)), None)
        if meant is not None:
            said.meant.append(f"{path}: {meant}")
        elif path in above and _only_the_mode(one, other):
            said.meant.append(f"{path}: the folder above a mount has the mode that the builder gives it")
        elif path in inside:
            if one is None and other is not None and other.kind != "folder":
                _compare(said, path, one, other, chance)
        elif not (path in around and None in (one, other)):
            _compare(said, path, one, other, chance)
    _compare_settings(said, _config(*before), _config(*after))
    return said


def _compare(
    said: Differences, path: str, one: oci.Entry | None, other: oci.Entry | None, chance: Collection[str]
) -> None:
    if one is not None and other is not None:
        if (one.kind, one.mode, one.owner) != (other.kind, other.mode, other.owner):
            said.found.append(
                f"{path}: {one.kind} {one.mode:o} {one.owner}, then {other.kind} {other.mode:o} {other.owner}"
            )
            return
        if one.kind == "folder" or one.content == other.content:
            return
    kind = next((name for name in chance if re.fullmatch(CHANCE[name], path)), None)
    if kind is not None:
        said.aside.add(kind)
    elif one is None:
        said.found.append(f"{path}: only in the repaired image")
    elif other is None:
        said.found.append(f"{path}: missing in the repaired image")
    else:
        said.found.append(f"{path}: another content")


def _empty_folder(files: dict[str, oci.Entry], path: str) -> bool:
    """Return whether a folder has nothing in it but what a fix is meant to leave there."""
    inside = (name for name in files if name.startswith(f"{path}/"))
    return files[path].kind == "folder" and all(any(re.fullmatch(one, name) for one in MEANT) for name in inside)


def _only_the_mode(one: oci.Entry | None, other: oci.Entry | None) -> bool:
    return (
        one is not None
        and other is not None
        and (one.kind, one.owner) == (other.kind, other.owner) == ("folder", one.owner)
    )


def _compare_settings(said: Differences, settings: dict[str, Any], others: dict[str, Any]) -> None:
    for part in _PARTS:
        if part == "Env":
            variables, kept = set(settings.get(part) or ()), set(others.get(part) or ())
            said.meant += [f"ENV {one}: a setting that switches the cache off is removed" for one in variables - kept]
            said.found += [f"ENV {one}: only in the repaired image" for one in kept - variables]
        elif settings.get(part) != others.get(part):
            said.found.append(f"{part}: {settings.get(part)}, then {others.get(part)}")


def _around(paths: set[str], inside: set[str]) -> set[str]:
    """Return the folders that hold caches, and nothing else."""
    around = {parent for path in inside for parent in oci.parents(path)}
    return around - {parent for path in paths - inside - around for parent in oci.parents(path)}


def _config(layout: Path, manifest: str) -> dict[str, Any]:
    config = oci.document(layout, manifest)["config"]["digest"]
    found: dict[str, Any] = oci.document(layout, config)["config"]
    return found


def layer_bytes(layout: Path, manifest: str) -> int:
    """Return the bytes in the layers of an image, those of its base included."""
    return sum(layer["size"] for layer in oci.document(layout, manifest)["layers"])
