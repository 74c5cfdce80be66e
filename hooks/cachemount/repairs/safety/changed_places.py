"""Commands that may remove, move or give away a folder that a mount would keep them from."""

from __future__ import annotations

from collections.abc import Collection

from cachemount.facts import locations
from cachemount.facts.model import Step
from cachemount.repairs.safety.later_commands import commands_of

_CHANGES_FOLDERS = frozenset({"chgrp", "chmod", "chown", "cp", "find", "mv", "rm", "rmdir", "tar"})


def changes_places(step: Step, places: Collection[str]) -> bool:
    """Return whether a command of a step may remove, move or give away one of the places, which a mount prevents."""
    for called in commands_of(step):
        if "-modcache" in called.texts:
            return True
        texts = called.texts if called.name in _CHANGES_FOLDERS else []
        # What is copied stays as it is, but for where it goes to: `-t` says that as well.
        for text in texts[-1:] if called.name == "cp" and not {"-t", "--parents"} & {*texts} else texts:
            path = text.rstrip("/*")
            moved = text[:1] not in ("/", "-") and called.command.directory != ""
            if not text or text[:1] == "~" or not path or moved:
                return True
            if any(locations.below(place, path) or locations.below(path, place) for place in places):
                return True
    return False
