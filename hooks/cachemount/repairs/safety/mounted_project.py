"""A store that its manager keeps on the file system of the project, where a mount lies over that.

pnpm tries whether it can link files from the project into the home. Where it cannot, it keeps the store at the root of
the project's own file system: run with 12.21, and https://pnpm.io/settings#storedir
"""

from __future__ import annotations

from cachemount import reasons
from cachemount.facts.locations import below
from cachemount.facts.model import Directory, Install
from cachemount.reasons import Withheld


def keeps_elsewhere(install: Install, directory: Directory) -> Withheld | None:
    """Return the reason why a store is not where a mount would be; None where nothing lies over the project."""
    cache, folder = directory.cache, install.variables["WORKDIR"]
    named = directory.moved.startswith("-") or directory.moved in cache.explicit or " " in directory.moved
    if not cache.exact_target or named or folder is None or directory.path is None:
        return None
    for mount in install.step.mounts:
        if mount.target is not None and below(folder, mount.target) and not below(directory.path, mount.target):
            return reasons.PROJECT_MOUNTED.about(
                target=mount.target, manager=install.manager.name, path=directory.path, type=mount.flag.type
            )
    return None
