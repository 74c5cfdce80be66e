"""Blocks of a Dockerfile that a program writes: a comment begins them and another one ends them.

What stands outside of them is written by people, and the program leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from cachemount import reasons
from cachemount.dockerfile.model import Comment, Dockerfile
from cachemount.findings import Fix
from cachemount.late_pattern import late
from cachemount.reasons import Withheld
from cachemount.records import Record
from cachemount.repairs.safety.later_commands import shortened

_WORD = late(r"(?<![a-z])(?:auto[ _-]?)?generated(?![a-z])")
# What begins a mark: signs, or a word that says which end of the block it is.
_END = late(r"\W*(?:</|(?:end|finish|stop)(?![a-z]))")
_START = late(r"\W*(?:[<[{>]|(?:begin|start)(?:ning)?(?![a-z]))|[^\w\s]*#?region\b")
_NAMES = late(r"[a-z0-9]+")
_BETWEEN = frozenset({"auto", "end", "endregion", "finish", "of", "stop", "the"})


class Block(Record, kw_only=False):
    """A block that a program writes, from the comment that begins it to the one that ends it."""

    first: Comment
    last: Comment


def blocks(dockerfile: Dockerfile) -> tuple[Block, ...]:
    """Return the blocks of a Dockerfile that a program writes, in order."""
    return tuple(_blocks(dockerfile)) if "generated" in dockerfile.source.text.lower() else ()


def within(dockerfile: Dockerfile, fix: Fix) -> Withheld | None:
    """Return the reason not to make a fix that changes a block which a program writes; None where it changes none."""
    for block in blocks(dockerfile):
        if any(block.first.span.end < one.span.start < block.last.span.start for one in fix.edits):
            position = dockerfile.source.position
            return reasons.GENERATED_BLOCK.about(
                line=position(block.first.span.start).line,
                words=shortened(block.first.text.strip("#*!=+->< \t")),
                end=position(block.last.span.start).line,
            )
    return None


def _blocks(dockerfile: Dockerfile) -> Iterator[Block]:
    begun: Comment | None = None
    for comment in dockerfile.comments:
        text = comment.text.lower()
        if not _WORD.search(text):
            continue
        if not _END.match(text):
            begun = comment if _START.match(text) else None
        elif begun is not None and _names(text) <= _names(begun.text.lower()):
            yield Block(begun, comment)
            begun = None


def _names(text: str) -> set[str]:
    return {*_NAMES.findall(text)} - _BETWEEN
