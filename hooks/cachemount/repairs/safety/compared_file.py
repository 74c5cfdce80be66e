"""Files that tests compare as a whole, or of which a program makes what they compare."""

from __future__ import annotations

from cachemount import reasons
from cachemount.dockerfile.model import Dockerfile
from cachemount.reasons import Withheld


def compared_file(dockerfile: Dockerfile) -> Withheld | None:
    """Return the reason not to change a file, as the line or the folder tells that says so."""
    file = next((one for one in dockerfile.source.context if one.compares), None)
    if file is None:
        return None
    return reasons.COMPARED_FILE.about(where=f"line {file.last_line}" if file.text else f"the name {file.path}")
