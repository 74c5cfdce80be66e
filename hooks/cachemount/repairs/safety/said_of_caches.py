"""Comments by which an author says what a step's cache is for: the layer or the image, or this step alone."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import takewhile

from cachemount import reasons
from cachemount.dockerfile.model import Instruction
from cachemount.facts.cleanups import cleanups_of
from cachemount.facts.model import Facts, Step
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Reason, Withheld
from cachemount.records import Record
from cachemount.repairs.safety.later_commands import shortened
from cachemount.repairs.safety.of_image import is_of_image
from cachemount.repairs.text_edits import comments_above

# "fetch the packages into a real image layer", "keep the cache in the image". "A cached layer" is what any step makes,
# and in a layer of the image is what any step installs.
_FOR_LAYER = late(
    r"(?i)\b(?:fetch|download|pull|resolv|cach|load|stor|bak|put)\w*\b[^.]{0,200}\binto\s(?:(?:an?|the|its|this|their)\s)?"
    r"(?:own\s)?(?:real|actual|genuine|image|docker\simage)\s(?:(?:docker|image)\s)?layers?\b"
    r"|\b(?:keep|leav|preserv|retain|persist|ship|bak|stor)(?:e|es|s|ing)?\s(?:[\w'`\"./~-]+\s){0,4}(?:caches?|store)[`'\"]?\s"
    r"(?:in|into|inside|with)\s(?:of\s)?(?:the|this|our|an?)\s(?:\w+\s)?(?:image|layer|container)s?\b"
)
# "Populate the npm cache", "warm up uv's cache": for what runs in the image, as no mount is there then.
_FILLS = late(
    r"(?i)\b(?:(?:pre[- ]?)?(?:populat|warm|prim|seed|fill|heat)(?:e|es|s|ing)?(?:[- ]?up)?)\s"
    r"(?:(?!from\b|docker|layer|build\b|buildkit|image|with\b)[\w'`\".@/-]+\s){0,3}[`'\"]?(?:caches?|store)\b(?!\s*-?mount)"
)
# "Pre-download the packages so that the tests can run offline."
_FETCHES = late(r"(?i)\b(?:pre-?)?(?:download|fetch|cach|load|warm|populat)")
_OFFLINE = late(
    r"(?i)\b(?:work|run|usable|available|start|usage|use|install)\w*\b[^.]{0,80}"
    r"\b(?:offline|without\s(?:an?\s|any\s|the\s)?(?:network|internet))\b"
)
# "to avoid module-cache contamination", "so that it does not pollute the shared cache", "has a cache of its own".
_APART = late(
    r"(?i)\bcaches?[-\s](?:contaminat|pollut|poison|corrupt)\w*"
    r"|\b(?:contaminat|pollut|poison|corrupt)(?:e|es|s|ing)?\s(?:(?!with\b|of\b|in\b|by\b|image)[\w'`\".-]+\s){0,3}caches?\b"
    r"|\b(?:separat|isolat)(?:e|es|ed|ing|ion)\s(?:(?:from|of|the|its|their|this)\s)*(?:(?!for\b|layer|to\b|in\b)[\w'`\".-]+\s){0,2}caches?\b"
    r"(?![-\s](?:layer|mount|stage|step)|d\b)"
)
# "do not keep the cache in the image", "to avoid leaving a cache in the layer"
_DENIED = late(
    r"(?i)(?:\b(?:not?|cannot|never|avoid\w*|without|prevent\w*|stop\w*|instead\sof|rather\sthan)|n't)\s+(?:\w+\s+){0,3}\Z"
)
_IN_SCRIPT = late(r"\n[ \t]*#+[ \t]*([^\n]*)")
_MOUNT = late(r"(?i)\bmount")
# They prepare a step, and a comment above them is about it as well.
_PREPARES = frozenset({"COPY", "ADD", "WORKDIR", "ENV", "ARG", "USER", "SHELL"})


class _Said(Record):
    """Comment lines that stand together, as one text, and the offset of the first."""

    text: str
    at: int


def said_of_cache(facts: Facts, step: Step, manager: PackageManager) -> Iterator[Withheld]:
    """Yield the reasons not to mount a manager's cache in a step whose comments say that it is meant otherwise."""
    own = facts.memo_all(_of_step, step)
    for one in (*own, *facts.memo_all(_before_step, step)):
        yield from _about(facts, reasons.FOR_LAYER, one, _FOR_LAYER)
    if is_of_image(facts, step) and (not manager.system or not _cleans_up(step, manager)):
        for one in (*own, *facts.memo_all(_of_script, step)):
            if not _MOUNT.search(one.text):
                yield from _about(facts, reasons.FOR_LAYER, one, _FILLS)
                yield from _about(facts, reasons.FOR_LAYER, one, _OFFLINE) if _FETCHES.search(one.text) else ()
    for one in (*own, *facts.memo_all(_above, step.stage.instruction)):
        yield from _about(facts, reasons.CACHE_APART, one, _APART)


def _cleans_up(step: Step, manager: PackageManager) -> bool:
    """Return whether a step removes what a manager has fetched, so that a comment is about the step alone."""
    directories = [one for install in step.installs if install.manager is manager for one in install.directories]
    return bool(cleanups_of(step, directories, [manager]))


def _about(facts: Facts, reason: Reason, said: _Said, pattern: re.Pattern[str]) -> Iterator[Withheld]:
    match = pattern.search(said.text)
    if match and (pattern is _APART or not _DENIED.search(said.text, 0, match.start())):
        line = facts.dockerfile.source.position(said.at).line
        yield reason.about(line=line, words=shortened(match[0]))


def _of_step(facts: Facts, step: Step) -> Iterator[_Said]:
    """Yield the comments right above an instruction, and those in it."""
    yield from _above(facts, step.instruction)
    comments, (start, end) = facts.dockerfile.comments, step.instruction.span
    first = bisect_left(comments, start, key=lambda one: one.span.start)
    for one in takewhile(lambda one: one.span.start < end, comments[first:]):
        yield _Said(text=one.text, at=one.span.start)


def _of_script(facts: Facts, step: Step) -> Iterator[_Said]:
    """Yield the comments in the heredoc of a step."""
    start, end = step.instruction.span
    text = facts.dockerfile.source.text[start:end]
    if "<<" in text:
        yield from (_Said(text=one[1], at=start + one.start(1)) for one in _IN_SCRIPT.finditer(text))


def _before_step(facts: Facts, step: Step) -> Iterator[_Said]:
    """Yield the comments above the instructions that prepare a step, without an empty line in between."""
    text = facts.dockerfile.source.text
    at = step.instruction
    for one in reversed([one for one in step.stage.instructions if one.span.start < at.span.start]):
        comments = [*comments_above(facts.dockerfile, at)]
        top = comments[-1][0] if comments else text.rfind("\n", 0, at.span.start) + 1
        if one.keyword not in _PREPARES or text[one.span.end : top].strip(" \t\r") != "\n":
            return
        at = one
        yield from _above(facts, at)


def _above(facts: Facts, instruction: Instruction) -> Iterator[_Said]:
    """Yield what the comment right above an instruction says."""
    lines = [comment for _, comment in comments_above(facts.dockerfile, instruction)]
    if lines:
        yield _Said(text=" ".join(one.text for one in reversed(lines)), at=lines[-1].span.start)
