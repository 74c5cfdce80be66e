"""Comments by which an author shows that a step has no cache mount on purpose: in words, or a flag made a comment."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
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

# "Cache mounts were removed", "disabled the cache mount"; what is removed for a mount is another thing.
_OFF = (
    r"(?:removed|disabled?|deactivated?|dropped|omitted|skipped"
    r"|(?:turned|switched)\soff|(?:taken|left|commented)\sout)\b"
)
_TURNED_OFF = late(
    r"(?i)\b(?:cache[- ]mounts?|mount[- ]caches?)[`'\")]*\s(?:(?:for|of|on|in)\s\S+\s)?"
    rf"(?:(?:is|are|was|were|has|have|been|intentionally|deliberately|temporarily|now|currently|here)\s)*{_OFF}"
    rf"|\b{_OFF}[`'\"(]*\s(?:(?:the|this|these|those|all|any|our|buildkit|\w+'s)\s){{0,3}}"
    r"[`'\"(]*(?:--mount=type=cache|(?:buildkit\s)?(?:cache[- ]mounts?|mount[- ]caches?)\b)"
)
_WORD_OFF = late(rf"(?i)\b{_OFF}")
# "Caching is only for development. Removed to save space on the runner": a mount takes space there, not in the image.
_FOR_SPACE = late(
    rf"(?i)\bcach(?:e[sd]?|ing)\b.{{0,150}}\b{_OFF}[^.]{{0,40}}\bspace\b[^.]{{0,20}}\b(?:on|of|in)\s(?:the\s|an?\s|our\s)?"
    r"(?:[\w-]+\s){0,3}(?:runners?|agents?|workers?|ci|machines?|builders?|hosts?|servers?)\b"
)

# What is said of a stage whose result has to be the same each time: "Reproducible build (no caching)".
_SAME_EACH_TIME = late(r"(?i)\b(?:reproducib|determinis|hermetic)")
_NO_CACHING = late(r"(?i)\b(?:no|without)\s(?:any\s)?(?:build\s)?cach(?:ing|es?)\b(?!-)")

# A flag of the step that was made a comment: "#RUN --mount=type=cache,target=/var/cache/apt \".
_FLAG = late(r"(?:RUN\s+)?--mount=type=cache,.*\\|--mount=type=cache,\S+")
_RUN = late(r"(?i)RUN\s")
_MOUNTS = late(r"(?i)RUN\s+(?:--mount=type=cache,\S+\s+)+")
# "You can cache with --mount=…"
_INVITES = late(r"(?i)\byou\s(?:can|may|could)\s(?:also\s)?cache\s(?:\S+\s)?(?:with|by)\b")


def declined(facts: Facts, step: Step) -> Iterator[Withheld]:
    """Yield the reason not to mount a cache in a step whose comments, above it or in it, say that it has none.

    A flag of a mount that was made a comment says so too, as does a comment in the stage about all of it.
    """
    yield from facts.memo_all(_in_stage, step.stage)
    comments = facts.memo_all(_comments_of, step)
    said = [_words(one) for one in comments]
    text = " ".join(said)
    if "mount" not in text and "ache t" not in text:
        return
    here = step.instruction.span.start
    # Above the step the last line is one: else all of another step is a comment.
    last = [one for one in comments if one.span.start < here][-1:] + [one for one in comments if one.span.start > here]
    flag = None if _INVITES.search(text) else next((one for one in last if _FLAG.fullmatch(_words(one))), None)
    match = _DECLINES.search(text) or _TURNED_OFF.search(text)
    if match is None and _has_flags(said):
        match = _WORD_OFF.search(text)
    if match:
        yield _declined(facts, _that_says(comments, match.start()))
    elif flag or (flag := _same_step(step, [one for one in comments if one.span.start < here])):
        yield _declined(facts, flag)


def _declined(facts: Facts, comment: Comment) -> Withheld:
    return reasons.DECLINED.about(line=facts.dockerfile.source.position(comment.span.start).line)


def _that_says(comments: Iterable[Comment], at: int) -> Comment:
    """Return the one of some comments to which an offset in the words of all of them belongs."""
    for one in comments:
        last = one
        at -= len(_words(one)) + 1
        if at < 0:
            break
    return last


def _has_flags(said: Collection[str]) -> bool:
    """Return whether lines are flags that were made comments, and not all of a step."""
    return any(_FLAG.fullmatch(one) for one in said) and not any(_RUN.match(one) for one in said)


def _same_step(step: Step, above: Sequence[Comment]) -> Comment | None:
    """Return the comment in which the step with a mount begins that does what this one does, if one is above it."""
    for number, one in enumerate(above):
        if _MOUNTS.match(_words(one) + " "):
            lines: list[str] = []
            for line in map(_words, above[number:]):
                lines.append(line.removesuffix("\\"))
                if not line.endswith("\\"):
                    break
            script = step.run.script.text.replace("\\\n", " ")
            if _MOUNTS.sub("", " ".join(" ".join(lines).split()) + " ").split() == script.split():
                return one
    return None


def _words(comment: Comment) -> str:
    """Return what a comment says, whatever the number of its signs."""
    return " ".join(comment.text.lstrip("#").split())


def _in_stage(facts: Facts, stage: Stage) -> Iterator[Withheld]:
    """Yield the reason not to mount a cache in a stage that is built without one.

    It is to come out the same each time, or one of its steps leaves the mount out for want of space.
    """
    for _, one in comments_above(facts.dockerfile, stage.instruction):
        if _NO_CACHING.search(one.text) and _SAME_EACH_TIME.search(one.text):
            yield _declined(facts, one)
            return
    for step in facts.steps:
        if step.stage is stage and (comments := facts.memo_all(_comments_of, step)):
            text = " ".join(map(_words, comments))
            if "space" in text and (match := _FOR_SPACE.search(text)):
                yield _declined(facts, _that_says(comments, match.start()))
                return


def _comments_of(facts: Facts, step: Step) -> Iterator[Comment]:
    """Yield the comments in the lines right above an instruction, and those in it, in order."""
    above = [comment for _, comment in comments_above(facts.dockerfile, step.instruction)]
    yield from reversed(above)
    comments, (start, end) = facts.dockerfile.comments, step.instruction.span
    first = bisect_left(comments, start, key=lambda one: one.span.start)
    yield from takewhile(lambda one: one.span.start < end, comments[first:])
