"""Whether a package manager may have the same cache in two images."""

from __future__ import annotations

from cachemount.dockerfile.images.model import BaseImage
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.type_checking import Protocol

_PYTHON = late(r"\bpython:(\d+\.\d+)")
_VERSION = late(r"\b(?:python|node):(\d+(?:\.\d+)?)")


class OfImage(Protocol):
    """What an image's reference and its entry in the table of images are known of."""

    @property
    def image(self) -> str: ...

    @property
    def base(self) -> BaseImage | None: ...


def differ(manager: PackageManager, one: OfImage, other: OfImage) -> bool:
    """Return whether a manager may not have the same cache in two images.

    Packages of one distribution are of no use to another. pip and pnpm keep what they compile by the version of Python
    and Node.js and not by the C library: https://github.com/pypa/pip/blob/main/src/pip/_internal/cache.py,
    https://github.com/pnpm/pnpm/tree/main/deps/graph-hasher
    """
    systems = [environment.base.distribution if environment.base else "" for environment in (one, other)]
    if systems[0] == systems[1] or not {"", "unknown"}.isdisjoint(systems):
        return False
    if manager.system:
        return True
    versions = {match[1] for environment in (one, other) if (match := _VERSION.search(environment.image))}
    return has_compiled(manager) and "alpine" in systems and len(versions) < 2


def has_compiled(manager: PackageManager) -> bool:
    """Return whether a manager's cache has what was compiled for one C library, and fails with another."""
    return manager.compiles or manager.keeps_builds


def fails_on_older(manager: PackageManager, one: OfImage, other: OfImage) -> bool:
    """Return whether two releases of a distribution have the same Python, by whose version alone pip keeps builds.

    What is compiled on the newer one may need a C library that the older one lacks.
    """
    if not manager.keeps_builds or one.base is None or other.base is None:
        return False
    releases = {one.base.release, other.base.release}
    versions = [match[1] for match in (_PYTHON.search(environment.image) for environment in (one, other)) if match]
    same = one.base.distribution == other.base.distribution == "debian"
    return same and "" not in releases and len(releases) == 2 and len(versions) == 2 and versions[0] == versions[1]
