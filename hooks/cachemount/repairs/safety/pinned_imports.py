"""Whether a project of Deno is known to have no lock file, which pins what it imports."""

from __future__ import annotations

from cachemount.facts.context import nearest
from cachemount.facts.model import Facts

_PROJECT = ("deno.json", "deno.jsonc")


def lacks_lock(facts: Facts) -> bool:
    """Return whether the folder with the project's settings has no lock file; False where no folder is known."""
    context = facts.dockerfile.source.context
    found = next((files for name in _PROJECT if (files := nearest(context, name))), None)
    return found is not None and "deno.lock" not in found
