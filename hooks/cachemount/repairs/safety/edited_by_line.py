"""Files of which a workflow or a script edits lines by their numbers: lines that a fix adds move what is meant."""

from __future__ import annotations

from cachemount import reasons
from cachemount.dockerfile.model import Dockerfile
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import shortened


def edited_by_line(dockerfile: Dockerfile) -> Withheld | None:
    """Return the reason not to change a file that is edited so below its first FROM: what is above stays there."""
    source = dockerfile.source
    first = source.position(dockerfile.stages[0].instruction.span.start).line
    file = next((one for one in source.context if one.by_line > first), None)
    if file is None:
        return None
    words = shortened(file.text.rpartition("\n")[2].strip("#*!=+- \t"))
    return reasons.EDITED_BY_LINE.about(line=file.last_line, words=words)
