"""A Dockerfile that its own build copies: what runs there may compare it with what it was.

One that is named `Dockerfile` is often put into an image for its readers; another name says that the file itself is
meant.
"""

from __future__ import annotations

import posixpath

from cachemount import reasons
from cachemount.dockerfile.model import Dockerfile
from cachemount.reasons import Withheld

_USUAL = ("Dockerfile", "Containerfile")


def copied_itself(dockerfile: Dockerfile) -> Withheld | None:
    """Return the reason not to change a file that one of its instructions copies by its name; None without one."""
    name = posixpath.basename(dockerfile.source.path.replace("\\", "/"))
    if name in _USUAL:
        return None
    for stage in dockerfile.stages:
        for one in stage.instructions:
            if (
                one.keyword in ("COPY", "ADD")
                and any(posixpath.basename(word) == name for word in one.operands[:-1])
                and not any(flag.name == "from" for flag in one.flags)
            ):
                return reasons.COPIES_ITSELF.about(line=dockerfile.source.position(one.span.start).line)
    return None
