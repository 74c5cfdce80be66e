"""Comments by which an author shows that a step has no cache mount on purpose: in words, or a flag made a comment."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import takewhile

from cachemount import reasons
from cachemount.dockerfile.model import Comment, Stage
from cachemount.facts.model import Facts, Step
from cachemount.late_pattern import late
from cachemount.reasons import Withheld
from cachemount.repairs.text_edits import comments_above

_DECLINES = late(
    r"(?i)(?:\b(?:not|don't|never)\s(?:add|mount|us(?:e|ing)|want)(?:ing)?\s(?:any\s|an?\s|the\s)?"
    r"|\bavoid(?:ing)?\s(?:any\s|an?\s)?|\bno\s|\bwithout\s(?:any\s)?(?=\S+\smounts?\s(?:to|because|since|so)\b))"
    r"[`'\"(]*(?:--mount=type=cache|(?:buildkit\s)?(?:cache[- ]mounts?|mount[- ]caches?)\b)"
    r"|\b(?:cache[- ]mounts?|mount[- ]caches?)\s"
    r"(?:(?:is|are)(?:n't|\snot)|(?:can|must|should)(?:not|n't|\snot)\sbe)\sused\b"
    # The packages may well be: `--no-cache-dir` is explained so.
    r"|\b(?:can(?:not|'t|\snot)|(?:do|must|should)(?:n't|\snot)|never)\s(?:be\s)?cache\s(?:this|the|that)\s"
    r"(?:build\s)?(?:layer|step|instruction|command)\b"
)

# What is said of a stage whose result has to be the same each time: "Reproducible build (no caching)".
_SAME_EACH_TIME = late(r"(?i)\b(?:reproducib|determinis|hermetic)")
_NO_CACHING = late(r"(?i)\b(?:no|without)\s(?:any\s)?(?:build\s)?cach(?:ing|es?)\b(?!-)")

# A flag of the step that was made a comment: "#RUN --mount=type=cache,target=/var/cache/apt \".
_FLAG = late(r"(?:RUN\s+)?--mount=type=cache,.*\\")


def declined(facts: Facts, step: Step) -> Iterator[Withheld]:
    """Yield the reason not to mount a cache in a step whose comments, above it or in it, say that it has none.

    A flag of a mount that was made a comment says so too, as does a comment above the stage about all of it.
    """
    yield from facts.memo_all(_in_stage, step.stage)
    comments = facts.memo_all(_comments_of, step)
    text = " ".join(one.text for one in comments)
    if "mount" not in text and "cache t" not in text:
        return
    here = step.instruction.span.start
    # Above the step the last line is one: else all of another step is a comment.
    last = [one for one in comments if one.span.start < here][-1:] + [one for one in comments if one.span.start > here]
    if _DECLINES.search(" ".join(text.split())) or any(_FLAG.fullmatch(one.text) for one in last):
        yield reasons.DECLINED.about(line=facts.dockerfile.source.position(comments[0].span.start).line)


def _in_stage(facts: Facts, stage: Stage) -> Iterator[Withheld]:
    """Yield the reason not to mount a cache in a stage that is built without one so that it comes out the same."""
    for _, one in comments_above(facts.dockerfile, stage.instruction):
        if _NO_CACHING.search(one.text) and _SAME_EACH_TIME.search(one.text):
            yield reasons.DECLINED.about(line=facts.dockerfile.source.position(one.span.start).line)
            return


def _comments_of(facts: Facts, step: Step) -> Iterator[Comment]:
    """Yield the comments in the lines right above an instruction, and those in it, in order."""
    above = [comment for _, comment in comments_above(facts.dockerfile, step.instruction)]
    yield from reversed(above)
    comments, (start, end) = facts.dockerfile.comments, step.instruction.span
    first = bisect_left(comments, start, key=lambda one: one.span.start)
    yield from takewhile(lambda one: one.span.start < end, comments[first:])
