"""A comment that speaks of builds by the classic builder, which refuses `RUN --mount`."""

from __future__ import annotations

from cachemount import reasons
from cachemount.facts.model import Facts
from cachemount.late_pattern import late
from cachemount.reasons import Withheld

_SAYS = late(
    r"(?i)\b(?:legacy|classic)\s(?:(?:remote|local|docker(?:'s)?|engine)\s){0,2}builders?\b"
    r"|\b(?:legacy|classic)\sdocker\sbuilds?\b|\bbuildkit\b[^.]{0,40}\blegacy\sbuilds?\b"
    r"|\b(?:builders?|builds?|daemons?|engines?|hosts?|runners?|works)\swithout\sbuildkit\b"
    r"|\bbuildkit\sis\s(?:optional|not\s(?:strictly\s)?(?:mandatory|needed|necessary|required))\b"
)
# The author knows it, and does not build with it.
_DECLINES = late(
    r"(?i)\bbuildkit\s(?!is\snot\b)(?:\w+\s){0,2}(?:needed|required)\b|\b(?:needs?|requires?)\s(?:docker\s)?buildkit\b"
    r"|\b(?:no(?:t|\slonger)?|\w+n't|never|fails?|breaks?)\s(?:\w+\s){0,3}(?:the\s)?(?:(?:legacy|classic)\s|without\sbuildkit)"
)


def built_by_classic(facts: Facts) -> Withheld | None:
    """Return why a builder may refuse new mounts, where a comment says that the classic one builds the file."""
    return facts.memo(_told)


def _told(facts: Facts) -> Withheld | None:
    comments = facts.dockerfile.comments
    for number, comment in enumerate(comments):
        # A sentence may go on in the next line.
        text = " ".join(" ".join(one.text for one in comments[number : number + 2]).split())
        said = _SAYS.search(text)
        if said and said.start() < len(comment.text) and not _DECLINES.search(text):
            line = facts.dockerfile.source.position(comment.span.start).line
            return reasons.CLASSIC_BUILDER.about(line=line, words=said[0])
    return None
