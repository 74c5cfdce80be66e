"""What the name of a Dockerfile and of its folder says of the image: others are built on it, or it is for platforms."""

from __future__ import annotations

from cachemount.facts.model import Facts
from cachemount.late_pattern import late

# docker/base-image/Dockerfile, Dockerfile.base: what is built on it may install without fetching the lists.
_BASE = late(r"(?i)(?:\A|[/._-])base(?:[/._-]|\Z)")
# Dockerfile-go-builder, deps.Dockerfile: an image that holds what others build with.
_BUILDER = late(r"(?i)(?:\A|[/._-])(?:base|build(?:er|box|[_-]?env)|deps|dependencies|toolchain)(?:[/._-]|\Z)")
_PLATFORMS = late(r"(?i)multi[_-]?(?:arch|platform)")


def is_base(facts: Facts) -> bool:
    """Return whether the file is of an image that others begin with."""
    return _BASE.search(_name(facts)) is not None


def is_builder(facts: Facts) -> bool:
    """Return whether the file is of an image that others are built in."""
    return _BUILDER.search(_name(facts)) is not None


def is_for_platforms(facts: Facts) -> bool:
    """Return whether the file is of an image for several platforms, by its name or what the repository builds."""
    return bool(facts.dockerfile.source.platforms) or _PLATFORMS.search(_name(facts)) is not None


def _name(facts: Facts) -> str:
    return "/".join(facts.dockerfile.source.path.replace("\\", "/").split("/")[-2:])
