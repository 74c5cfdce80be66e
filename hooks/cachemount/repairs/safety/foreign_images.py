"""Images that are named like a manager's official one and that are not listed: their defaults may differ."""

from __future__ import annotations

import re

from cachemount import reasons
from cachemount.facts.model import Directory, Install
from cachemount.reasons import Withheld

# Manager -> names of images that most often move its cache, and the variable that says where to.
_NAMED = {
    "go": (r"\b(?:go|golang)\b", "GOPATH"),
    "cargo": (r"rust|cargo", "CARGO_HOME"),
    "pnpm": (r"pnpm", "PNPM_HOME"),
    "gradle": (r"gradle", "GRADLE_USER_HOME"),
    "bundler": (r"\b(?:ruby|rails|bundler)\b", "BUNDLE_PATH"),
    "composer": (r"composer", "COMPOSER_HOME"),
    "deno": (r"deno", "DENO_DIR"),
}


def moved_by_image(install: Install, directory: Directory) -> Withheld | None:
    """Return why the image may keep the directory elsewhere; None where that is not likely."""
    environment = install.step.environment
    pattern, variable = _NAMED.get(install.manager.name, ("", ""))
    # A cache that the variable does not move is in the same place wherever that leads.
    if environment.base is not None or directory.moved or not pattern or not _moves(variable, directory):
        return None
    if not re.search(pattern, environment.image.rpartition("/")[2].partition("@")[0]):
        return None
    return reasons.FOREIGN_IMAGE.about(image=environment.image, variable=variable)


def _moves(variable: str, directory: Directory) -> bool:
    """Return whether a variable moves the cache in the directory."""
    return any(re.match(rf"\${variable}\b", one) for one in directory.cache.locations)
