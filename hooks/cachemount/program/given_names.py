"""The names that a repository gives to the images of a Dockerfile, among those that other files of it have."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cachemount.dockerfile.images.lookup import short_name, split
from cachemount.files.reading import real_path
from cachemount.late_pattern import late
from cachemount.program.repository_images import images_of, named_words
from cachemount.program.workflow_builds import build_steps

# What a name begins with that is of another registry than the public one.
_REGISTRY = late(r"(?:localhost|[^/]*[.:][^/]*)/(?=[^/]+/)")


def without_registry(image: str) -> str:
    """Return the name of an image without its registry and tag: a project pushes one image to several."""
    name = split(image)[0]
    found = _REGISTRY.match(name)
    return name[found.end() :] if found else name


def given_names(folders: Collection[str], own: str, root: str, wanted: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the names, of those that are wanted, that are given to images of a Dockerfile, each with the target.

    `own` is its path from the root of the repository, `folders` are those with files that may name an image. The names
    have no registry.
    """
    short = {short_name(one) for one in wanted}
    for place in folders:
        if short.isdisjoint(named_words(place)):
            continue
        for image in images_of(real_path(place), root):
            if image.path == own and (name := without_registry(image.name)) in wanted:
                yield name, image.target
    # A name of one word may be any word of a workflow.
    whole = [one for one in sorted(wanted) if "/" in one]
    for step in build_steps(root) if whole else ():
        named = [one for one in whole if re.search(rf"(?i)\b{re.escape(one)}(?![\w-])", step.workflow)]
        # The name may stand in another step.
        if named and step.builds(own):
            yield from ((one, step.target) for one in named)
