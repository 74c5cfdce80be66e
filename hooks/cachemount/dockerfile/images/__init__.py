"""The table of base images, in files by what the images are for."""

from __future__ import annotations

from cachemount.dockerfile.images import applications, hardened, languages, platforms, services, systems, vendors
from cachemount.dockerfile.images.model import BaseImage

__all__ = ["IMAGES", "BaseImage"]

# The first entry that matches counts: the special before the general.
IMAGES: tuple[BaseImage, ...] = (
    *vendors.IMAGES,
    *hardened.IMAGES,
    *applications.IMAGES,
    *languages.IMAGES,
    *platforms.IMAGES,
    *services.IMAGES,
    *systems.IMAGES,
)
