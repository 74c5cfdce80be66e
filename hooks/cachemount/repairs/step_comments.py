"""Comments above a step which say that it cleans up: those words go with its last clean-up."""

from __future__ import annotations

from cachemount.dockerfile.model import Dockerfile, Instruction
from cachemount.findings import Edit
from cachemount.late_pattern import late
from cachemount.repairs.text_edits import comments_above
from cachemount.source import Span

# At the end of a comment, of caches alone: ", and clean up to reduce image size".
_CLEANS = late(
    r"(?i)(?:,?\s+(?:and|&|then)(?:\s+(?:then|finally))?\s+|,\s+)"
    r"(?:clean(?:s|ing|ed)?(?:[ -]?ups?)?|clear(?:s|ing|ed)?|(?:remov|delet|purg)(?:e|es|ing|ed))"
    r"(?:[\s'-]+(?:up|the|its|any|all|after(?:wards?)?|apt|apt-get|apk|yum|dnf|pip|npm|package|packages|manager|managers|cached?"
    r"|caches|lists?|index(?:es)?|metadata|to|reduce|keep|save|minimi[sz]e|shrink|docker|image|images|layer|layers|size|sizes"
    r"|space|small(?:er)?|down|in|same|for|of))*(?=[ \t]*[.!]?[ \t]*\Z)"
)
_STILL_CLEANS = late(r"(?<![\w./-])(?:rm|unlink|find|(?:auto)?(?:clean|purge|remove)|autoremove|prune)(?![\w.-])")


def without_cleaning(dockerfile: Dockerfile, instruction: Instruction, removed: list[Span]) -> list[Edit]:
    """Return the edit that takes from the comment above a step that it cleans up, where nothing in it does any more."""
    above = next((one for _, one in comments_above(dockerfile, instruction)), None)
    text, (start, end) = dockerfile.source.text, instruction.span
    match = None if above is None else _CLEANS.search(text[above.span.start : above.span.end].rstrip("\r"))
    if above is None or match is None:
        return []
    rest, at = "", start
    for span in sorted(removed):
        rest += text[at : span.start]
        at = max(at, span.end)
    if _STILL_CLEANS.search(rest + text[at:end]):
        return []
    return [Edit(span=Span(above.span.start + match.start(), above.span.start + match.end()), text="")]
