"""Mounts whose target has a variable that nobody knows before the build: what is known of where they are."""

from __future__ import annotations

import re

from cachemount.dockerfile.model import Dockerfile
from cachemount.facts.model import Directory, Install, Mount


def is_elsewhere(dockerfile: Dockerfile, mount: Mount, wanted: Directory) -> bool:
    """Return whether a mount serves a directory by no value of its variable: /var/cache/apt-$NAME is not in its way.

    A command may link the directory to the mount, or tell the manager of it: then the file names the place again.
    """
    start = mount.flag.target.partition("$")[0]
    if mount.target is not None or wanted.path is None or not start.startswith("/") or start == "/":
        return False
    places = [f"{one}/" for one in (wanted.path, *wanted.accepted)]
    if any(start.startswith(one) or one.startswith(start) for one in places):
        return False
    return (
        re.search(
            rf"(?<![\w=]){re.escape(start)}|(?<!target)(?<!dst)(?<!destination)={re.escape(start)}", dockerfile.code
        )
        is None
    )


def open_target(install: Install) -> str:
    """Return the target of a mount that may not hold what an install keeps in a place that is known; "" without one."""
    covers = (one.cover for one in install.directories if one.cover is not None and one.path is not None)
    return next((one.flag.target for one in covers if one.target is None), "")
