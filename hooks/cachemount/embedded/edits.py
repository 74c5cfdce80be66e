"""Edits of a Dockerfile as edits of the file that it stands in."""

from __future__ import annotations

from cachemount import reasons
from cachemount.embedded import interpolation
from cachemount.embedded.model import Inline
from cachemount.findings import Edit, Fix
from cachemount.records import replace
from cachemount.source import Source, Span


def place_fix(source: Source, inline: Inline, own: Fix, instruction: Span) -> Fix:
    """Return the fix with its positions in the host file; without edits where it cannot be written there."""
    if inline.withheld:
        return replace(own, edits=(), safe=False, withheld=inline.withheld)
    if any(_meet(place, edit.span) for place in inline.unknown for edit in own.edits):
        return replace(own, edits=(), safe=False, withheld=reasons.COMPOSE_VARIABLE.about())
    withheld = own.withheld
    if any(_meet(place, instruction) for place in inline.unknown):
        withheld = withheld or reasons.COMPOSE_FILLS.about()
    edits = tuple(_edit(source.text, inline, edit) for edit in own.edits)
    return replace(own, edits=edits, safe=own.safe and not withheld, withheld=withheld)


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _edit(host: str, inline: Inline, edit: Edit) -> Edit:
    start, end = edit.span
    text = interpolation.escape(edit.text)
    begins = [not start or inline.text[start - 1] == "\n", not end or inline.text[end - 1] == "\n"]
    if all(begins) and text[-1:] in ("", "\n"):
        # Whole lines come and go with their indentation.
        lines = [inline.indentation + line if line else "" for line in text.split("\n")]
        places = [host.rfind("\n", 0, inline.offsets[at]) + 1 for at in edit.span]
        return replace(edit, span=Span(*places), text=inline.newline.join(lines))
    places = [inline.offsets[at] for at in edit.span]
    goes_on = inline.text[end : end + 1] not in ("", "\n")
    return replace(
        edit,
        span=Span(*places),
        text=_indented(inline, text, goes_on=goes_on),
        joint=_indented(inline, edit.joint, goes_on=True),
    )


def _indented(inline: Inline, text: str, *, goes_on: bool) -> str:
    """Return the text with its lines as the host has them; with `goes_on`, something follows it on the last line."""
    first, *rest = text.split("\n")
    last = len(rest) - 1
    lines = [
        inline.indentation + line if line or (number == last and goes_on) else "" for number, line in enumerate(rest)
    ]
    return inline.newline.join([first, *lines])
