"""The tables of base images, in files by what the images are for."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from cachemount.dockerfile.images.model import BaseImage

__all__ = ["BaseImage", "table"]

# The first entry that matches counts: the special before the general.
_TABLES = ("vendors", "hardened", "applications", "languages", "platforms", "services", "systems")


@cache
def table(name: str = "") -> tuple[BaseImage, ...]:
    """Return the entries of one table, or those of all."""
    if not name:
        return tuple(image for one in _TABLES for image in table(one))
    images: tuple[BaseImage, ...] = import_module(f"{__name__}.{name}").IMAGES
    return images
