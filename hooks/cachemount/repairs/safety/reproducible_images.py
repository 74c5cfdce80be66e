"""Comments which say that an image has to be the same bit for bit: a fix changes apt's settings in it."""

from __future__ import annotations

from cachemount import reasons
from cachemount.dockerfile.model import Dockerfile
from cachemount.late_pattern import late
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import shortened

_REPRODUCIBLE = late(
    # Not the versions that a lock file tells: "keeps resolution byte-for-byte identical to CI".
    r"(?i)(?<!\bresolution )(?<!\bresolutions )\b(bit|byte)[- ](?:for|by)[- ]\1\b"
    # Not a library that is the same in two of them: "the image: same byte-identical libx.so".
    r"|\b(?:images?|builds?|digests?)\b[^.;]*\b(?:bit|byte)[- ]identical\b(?! \S+\.)"
    r"|\b(?:has to|have to|must|needs? to|should) be (?:\w+ )?reproducible\b"
)


def reproducible(dockerfile: Dockerfile) -> Withheld | None:
    """Return the reason not to change a file whose comments say that its image is compared with others by its bits."""
    for comment in dockerfile.comments:
        if _REPRODUCIBLE.search(" ".join(comment.text.replace("#", " ").split())):
            line = dockerfile.source.position(comment.span.start).line
            return reasons.REPRODUCIBLE.about(line=line, words=shortened(comment.text.strip("#*!=+- \t")))
    return None
