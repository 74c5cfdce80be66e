"""Files that bind mounts lay over those of the image, as if a COPY had brought them for one step."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from cachemount.facts import locations
from cachemount.facts.context import nearest
from cachemount.facts.model import Facts, Mount, Step


def is_brought(facts: Facts, step: Step, pattern: re.Pattern[str], in_file: str) -> bool:
    """Return whether a bind mount brings what a COPY would make a setting with: the pattern is found in that.

    The file has to have `in_file` where that is given and its text is known.
    """
    for mount in step.mounts:
        if mount.flag.type != "bind" or mount.target in (None, "/") or mount.flag.problem:
            continue
        # A folder may be mounted as well as a file. Its name in the context says nothing.
        if not pattern.search(f"COPY . {mount.target}/"):
            continue
        texts = list(_texts(facts, mount)) if in_file else []
        if not texts or any(re.search(in_file, text) for text in texts):
            return True
    return False


def text_at(facts: Facts, step: Step, path: str) -> str | None:
    """Return the text of the file that a mount lays over a path; "" where it is not known, None where no mount does."""
    for mount in reversed(step.mounts):
        if mount.target in (None, "/") or mount.flag.problem or not locations.below(path, mount.target or ""):
            continue
        source = _source(mount)
        if mount.flag.type != "bind" or source is None:
            return ""
        place = posixpath.normpath(posixpath.join(source, posixpath.relpath(path, mount.target)))
        return nearest(facts.dockerfile.source.context, place).get(place, "")
    return None


def _texts(facts: Facts, mount: Mount) -> Iterator[str]:
    """Yield the text of the file that a mount takes from the build's context, or of those in the folder, if known."""
    source, context = _source(mount), facts.dockerfile.source.context
    if source is None:
        return
    files = nearest(context, source)
    if source in files:
        yield files[source]
    else:
        yield from (one.text for one in context if locations.below(one.path, source))


def _source(mount: Mount) -> str | None:
    """Return the path of a bind mount in the build's context; None where it takes from elsewhere."""
    options = mount.flag.options
    return None if "from" in options else posixpath.normpath(options.get("source", ".").lstrip("/") or ".")
