"""Features of a dev container, which are installed on the finished image in layers without mounts."""

from __future__ import annotations

from cachemount.facts.model import Facts, Install
from cachemount.late_pattern import late
from cachemount.repairs.safety.copied_stages import stays_out
from cachemount.source import Elsewhere

_NAME = late(r"(?:^|/)\.?devcontainer\.json$")


def features(facts: Facts, install: Install) -> Elsewhere | None:
    """Return the line that says which features are installed on the image of an install; None where none are known."""
    found = next((one for one in facts.dockerfile.source.context if _NAME.search(one.path)), None)
    places = [one.path for one in install.directories if one.path is not None]
    if found is None or stays_out(facts, install.step.stage, places):
        return None
    return Elsewhere(found.text.count("\n", 0, max(found.text.find('"features"'), 0)) + 1, found.path)
