"""Check and repair: what a repair may touch, and that it comes to rest."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from functools import cache
from random import Random

from cachemount import engine, fixer
from cachemount.dockerfile.model import Comment, Dockerfile, Instruction, UnreadableDockerfileError
from cachemount.dockerfile.reader import read
from cachemount.engine import MAX_ROUNDS, Report
from cachemount.findings import Edit, Fix
from cachemount.managers import MANAGERS
from cachemount.source import Source
from fuzz import dockerfiles, seeds
from fuzz.suite import BrokenError, Suite, expect, to_bytes
from fuzz.suites.commands_kept import commands_kept
from fuzz.suites.reader import instructions

_EDITED = ("RUN", "ENV", "ARG")
_PLATFORM = re.compile(r"(?i:ARG) (?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)")
_ABOUT_CLEANING = re.compile(r"(?i)clea[nr]|remov|delet|purg|tidy|prune|shrink|slim|reduc|small|size|cache|lists")


def check(text: str) -> None:
    source = Source(path="Dockerfile", text=text)
    report = engine.check(source)
    chance = zlib.crc32(to_bytes(text))
    if chance % 4 == 0:
        expect(engine.check(source) == report, "another report the second time")
    unreadable = any(one.rule == "unreadable-dockerfile" for one in report.findings)
    if unreadable:
        expect(engine.fix(source)[0].text == text, "a repair of what cannot be read")
        return
    unsafe = chance % 3 == 0
    _report(report, read(source))
    fixed, rest = _rounds(source, report, unsafe=unsafe)
    expect(not engine.made_together(rest, unsafe=unsafe), "a repair is left to make")
    if chance % 5 == 0:
        made, said = engine.fix(source, unsafe=unsafe)
        expect(made.text == fixed.text, "the repair is another than its edits")
        expect(said.findings == rest.findings, "another report on the repaired text")
        again, _ = engine.fix(fixed, unsafe=unsafe)
        expect(again.text == fixed.text, "a second repair changes the text", repr(again.text))


def _report(report: Report, dockerfile: Dockerfile) -> None:
    text = report.source.text
    spans = {one.span for one in instructions(dockerfile)} | {one.span for one in dockerfile.comments}
    order = [(one.span, one.rule) for one in report.findings]
    expect(order == sorted(order), "findings out of order", order)
    for one in (*report.findings, *(hidden.finding for hidden in report.suppressed)):
        expect(one.instruction in spans, "a finding on no instruction", one)
        inside = one.instruction.start <= one.span.start <= one.span.end <= one.instruction.end
        expect(inside, f"{one.rule} outside its instruction", (one.span, one.instruction))
        expect(one.message, f"{one.rule} without a message")
        if one.fix is not None:
            expect(one.fix.edits, "a repair without edits")
            expect(one.fix.safe == (not one.fix.withheld), "a repair that is safe and is not", one.fix)
            at = -1
            for edit in one.fix.edits:
                expect(0 <= edit.span.start <= edit.span.end <= len(text), "an edit outside the text", edit)
                expect(edit.span.start >= at, "edits of a repair overlap", one.fix.edits)
                at = edit.span.end


def _rounds(source: Source, report: Report, *, unsafe: bool) -> tuple[Source, Report]:
    """Make the repairs round by round, and look at each."""
    for _ in range(MAX_ROUNDS):
        fixes = engine.made_together(report, unsafe=unsafe)
        if not fixes:
            break
        text, count = fixer.apply(source.text, fixes)
        expect(count > 0, "repairs of which none is made")
        changed = Source(path=source.path, text=text)
        made = [fix for number, fix in enumerate(fixes) if _is_made(source.text, fixes, number)]
        _round(read(source), _readable(changed), [edit for fix in made for edit in fix.edits])
        _ends(source.text, text)
        source, report = changed, engine.check(changed)
    return source, report


def _is_made(text: str, fixes: list[Fix], number: int) -> bool:
    return fixer.apply(text, fixes[: number + 1])[1] > fixer.apply(text, fixes[:number])[1]


def _readable(source: Source) -> Dockerfile:
    try:
        return read(source)
    except UnreadableDockerfileError as error:
        raise BrokenError("a repair makes the file unreadable", (str(error), source.text)) from None


def _round(before: Dockerfile, after: Dockerfile, edits: list[Edit]) -> None:
    old, new = instructions(before), instructions(after)
    for edit in edits:
        _place(before, old, edit)
    _comments(before, after, edits)
    left = matched(before, after, old, new)
    for one, same in left:
        if one.keyword != "RUN" or one.run is None or same.run is None:
            if one.keyword not in _EDITED:
                expect(
                    before.source.slice(one.span) == after.source.slice(same.span),
                    "a repair changes other instructions",
                    one.keyword,
                )
            continue
        expect(one.run.form == same.run.form, "a repair changes the form of a RUN")
        if before.source.slice(one.span) != after.source.slice(same.span):
            had = {mount.problem for mount in one.run.mounts}
            worse = [mount.problem for mount in same.run.mounts if mount.problem and mount.problem not in had]
            expect(not worse, "a repair writes a mount that BuildKit refuses", worse)
            # A cache that the step does not use may go.
            kept, there = ([each.type for each in run.mounts if each.type != "cache"] for run in (one.run, same.run))
            expect(len(there) >= len(kept), "a repair takes a mount away")
            commands_kept(before, one, after, same)


def _comments(before: Dockerfile, after: Dockerfile, edits: list[Edit]) -> None:
    """Expect that all comments stay, some at another place, but for those above a clean-up, which say what it does."""
    # Two fixes can share an edit.
    edits = [edit for number, edit in enumerate(edits) if edit not in edits[:number]]
    lines = (line.strip() for edit in edits for line in edit.text.split("\n"))
    moved = Counter(line[1:].strip() for line in lines if line.startswith("#"))
    inside = [edit for edit in edits if _in_comment(before, edit)]
    left = Counter(_edited(before, one, inside) for one in before.comments) + moved
    for edit in edits:
        span = edit.span
        taken = [one.text for one in before.comments if span.start <= one.span.start and one.span.end <= span.end]
        left -= Counter(taken)
        lost = not moved.keys() >= {*taken}
        expect(not lost or any(map(_ABOUT_CLEANING.search, taken)), "a repair takes a comment away", taken)
    expect(Counter(one.text for one in after.comments) == left, "a repair changes comments", repr(after.source.text))


def _in_comment(dockerfile: Dockerfile, edit: Edit) -> bool:
    """Return whether an edit writes another folder where a comment names one, or takes away that it cleans up."""
    text, span = dockerfile.source.text, edit.span
    named = edit.text.startswith("/") and text.startswith("/", span.start)
    # The last but one of a list may get the "and" of what goes.
    kept = set(re.findall(r"[\w.+-]+", edit.text)) <= set(re.findall(r"[\w.+-]+", text[span.start : span.end]))
    cleans = kept and _ABOUT_CLEANING.search(text, span.start, span.end) is not None
    return (named or cleans) and any(
        one.span.start < span.start and span.end <= one.span.end for one in dockerfile.comments
    )


def _edited(dockerfile: Dockerfile, comment: Comment, edits: list[Edit]) -> str:
    """Return the text of a comment after the edits that lie in it."""
    start, end = comment.span
    text = dockerfile.source.text[start:end]
    for edit in sorted(edits, key=lambda one: one.span, reverse=True):
        if start < edit.span.start and edit.span.end <= end:
            text = text[: edit.span.start - start] + edit.text + text[edit.span.end - start :]
    return comment.text if text == dockerfile.source.text[start:end] else text[1:].strip()


def _place(dockerfile: Dockerfile, old: list[Instruction], edit: Edit) -> None:
    text, span = dockerfile.source.text, edit.span
    if span.start == span.end and any(one.span.end == span.start for one in old) and _is_step_below(edit.text):
        return
    for one in old:
        if (
            one.span.start <= span.start
            and span.end <= one.span.end
            and (span.end > span.start or span.start > one.span.start)
        ):
            expect(one.keyword in _EDITED, "an edit of another instruction", (one.keyword, edit))
            return
    if _in_comment(dockerfile, edit):
        return
    starts_line = span.start == 0 or text[span.start - 1] == "\n"
    if span.start == span.end:
        expect(starts_line and edit.text.strip().startswith(("RUN ", "run ")), "an insertion of no instruction", edit)
        expect(edit.text.endswith("\n"), "an insertion that ends no line", edit)
        return
    gone = [one for one in old if span.start <= one.span.start and one.span.end <= span.end]
    expect(
        len(gone) == 1 and gone[0].keyword in ("ENV", "ARG") and not edit.text,
        "an edit of more than an instruction",
        edit,
    )


def _is_step_below(text: str) -> bool:
    """Return whether a text inserted at the end of an instruction is a step below it, or arguments of the platform."""
    below = text.strip()
    is_known = below.startswith(("RUN ", "run ")) or all(map(_PLATFORM.fullmatch, below.splitlines()))
    return text.lstrip("\r\n") != text and is_known


def matched(
    before: Dockerfile, after: Dockerfile, old: list[Instruction], new: list[Instruction]
) -> list[tuple[Instruction, Instruction]]:
    """Return the instructions that were there before and still are.

    The others are inserted steps and settings that were removed.
    """
    pairs = []
    at = 0
    for one in old:
        skipped = at
        while skipped < len(new) and not _same(before, one, after, new[skipped]):
            skipped += 1
        inserted = new[at:skipped]
        if skipped == len(new) or not all(_is_inserted(after, other) for other in inserted):
            expect(one.keyword in ("ENV", "ARG"), "an instruction is gone", (one.keyword, repr(after.source.text)))
            continue
        pairs.append((one, new[skipped]))
        at = skipped + 1
    expect(all(_is_inserted(after, other) for other in new[at:]), "an instruction is new", repr(after.source.text))
    return pairs


def _same(before: Dockerfile, one: Instruction, after: Dockerfile, other: Instruction) -> bool:
    if one.keyword != other.keyword or one.onbuild != other.onbuild:
        return False
    return (
        one.keyword in ("ENV", "ARG")
        or not _is_inserted(after, other)
        or _plainly(before, one) == _plainly(after, other)
    )


def _plainly(dockerfile: Dockerfile, one: Instruction) -> str:
    """Return the text of an instruction without mounts; a fix may give a later `rm` the option `-f`."""
    text = re.sub(r"--mount=\S+\s*(?:[\\`]\s*\n\s*)*", "", dockerfile.source.slice(one.span))
    return re.sub(r"\brm(?= )(?: -[dRrv]*f?(?= ))?", "rm", text)


def _is_inserted(dockerfile: Dockerfile, one: Instruction) -> bool:
    """Return whether it is a step, or an argument of the platform, that a repair may have put there."""
    if _PLATFORM.fullmatch(dockerfile.source.slice(one.span)):
        return True
    text = re.sub(r"(?i)\ARUN ", "", dockerfile.source.slice(one.span)).removeprefix("sudo ")
    text = re.sub(r" \| sudo tee (\S+) > /dev/null", r" > \1", text)
    text = re.sub(r" \| sudo tee -a (\S+) > /dev/null", r" >> \1", text)
    return text.startswith(_steps())


@cache
def _steps() -> tuple[str, ...]:
    """Return how the steps begin that repairs put in."""
    return (
        "mkdir -p ",
        *(line.rstrip(";") for one in MANAGERS for keep in one.retentions for line in (*keep.step, *keep.step_beside)),
    )


def _ends(before: str, after: str) -> None:
    if "\r\n" in before and "\n" not in before.replace("\r\n", ""):
        expect("\n" not in after.replace("\r\n", ""), "a repair writes other line ends", repr(after))
    expect(before.startswith("\ufeff") == after.startswith("\ufeff"), "a repair moves the byte order mark")
    expect(before.endswith("\n") == after.endswith("\n"), "a repair changes the end of the file", repr(after))


def generate(rng: Random) -> str:
    return dockerfiles.dockerfile(rng)


SUITE = Suite(name="fixer", weight=3, generate=generate, check=check, seeds=seeds.dockerfiles)
