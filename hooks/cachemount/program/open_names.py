"""Names of images that are known in part: an asterisk stands for a word that only the build tells, two for several."""

from __future__ import annotations

import re
from collections.abc import Collection

from cachemount.dockerfile.images.lookup import short_name


def meant(name: str, wanted: Collection[str]) -> list[str]:
    """Return the images, of those that are wanted, that a name without its tag is.

    With parts that are not known only one of several words tells them.
    """
    if "*" not in name:
        return [name] if name in wanted else []
    if "-" not in short_name(name) or "*" in short_name(name):
        return []
    pattern = re.escape(name).replace(r"\*\*", "[^/]+(?:/[^/]+)*").replace(r"\*", "[^/]+")
    return sorted(one for one in wanted if re.fullmatch(pattern, one))


def is_named_alike(name: str, references: Collection[str]) -> bool:
    """Return whether a Dockerfile with these references may begin with another repository's image of an open name."""
    return "*" in name and short_name(name) in {short_name(one) for one in references}
