"""The Dockerfile reader: what it reads lies in the text, in order, and points back to where it came from."""

from __future__ import annotations

from random import Random

from cachemount.dockerfile.model import Dockerfile, Instruction, UnreadableDockerfileError
from cachemount.dockerfile.reader import read
from cachemount.source import Excerpt, Source, Span
from fuzz import dockerfiles, seeds
from fuzz.suite import Suite, expect, to_bytes


def check(text: str) -> None:
    source = Source(path="Dockerfile", text=text)
    expect(Source.from_bytes("Dockerfile", to_bytes(text)) == source, "bytes do not come back")
    expect(source.to_bytes() == to_bytes(text), "bytes do not come back")
    try:
        dockerfile = read(source)
    except UnreadableDockerfileError as error:
        expect(0 <= error.offset <= len(text), "an error outside the text", error.offset)
        expect(str(error) and "\n" not in str(error).strip("\n"), "an error without a reason", repr(str(error)))
        _positions(source, [error.offset])
        return
    found = instructions(dockerfile)
    expect(found, "no instructions")
    at = 0
    for one in found:
        _inside(one.span, Span(at, len(text)), "an instruction")
        _instruction(source, one)
        at = one.span.end
    _comments(source, dockerfile, found)
    _positions(source, [one.span.start for one in found])
    _line_ends(source, dockerfile)


def instructions(dockerfile: Dockerfile) -> list[Instruction]:
    """All of them, in the order of the file."""
    return [
        *dockerfile.globals,
        *(one for stage in dockerfile.stages for one in (stage.instruction, *stage.instructions)),
    ]


def _inside(span: Span, outer: Span, what: str) -> None:
    expect(outer.start <= span.start <= span.end <= outer.end, f"{what} outside what it is in", (span, outer))


def _instruction(source: Source, one: Instruction) -> None:
    expect(one.span.end > one.span.start, "an instruction without text")
    first = source.text[one.span.start].lower()
    # The Kelvin sign is a k.
    word = "onbuild" if one.onbuild else one.keyword.lower()
    expect(
        first in (word[0], "\u212a", "\\", "`"),
        "an instruction that does not begin with its keyword",
        (one.keyword, first),
    )
    expect(one.span.start <= one.insertion <= one.span.end + 1, "an insertion outside the instruction", one.insertion)
    _excerpt(source, one.arguments, one.span)
    for flag in one.flags:
        _inside(flag.span, one.span, "a flag")
    for heredoc in one.heredocs:
        for span in (heredoc.operator, heredoc.body, heredoc.terminator):
            _inside(span, one.span, "a heredoc")
        expect(source.slice(heredoc.terminator) == heredoc.name, "a terminator that is not the delimiter", heredoc)
        expect(
            heredoc.operator.end <= heredoc.body.start <= heredoc.body.end <= heredoc.terminator.start,
            "a heredoc in disorder",
        )
    if one.run is None:
        expect(one.keyword != "RUN", "a RUN that was not read")
        return
    expect(one.keyword == "RUN", "a RUN that is none")
    _excerpt(source, one.run.script, one.span)
    expect(len(one.run.argv) == len(one.run.argv_spans), "an exec form without places")
    for span in one.run.argv_spans:
        _inside(span, one.span, "a word of an exec form")
        expect(
            source.text[span.start] == source.text[span.end - 1] == '"', "a word without its quotes", source.slice(span)
        )
    for mount in one.run.mounts:
        _inside(mount.span, one.span, "a mount")
        for span in mount.fields.values():
            _inside(span, mount.span, "a field of a mount")


def _excerpt(source: Source, excerpt: Excerpt, outer: Span) -> None:
    expect(len(excerpt.starts) == len(excerpt.offsets) and excerpt.starts[0] == 0, "an excerpt in disorder")
    expect(all(a < b for a, b in zip(excerpt.starts, excerpt.starts[1:], strict=False)), "pieces in disorder")
    ends = [*excerpt.starts[1:], len(excerpt.text)]
    for start, end, offset in zip(excerpt.starts, ends, excerpt.offsets, strict=True):
        if end > start:
            _inside(Span(offset, offset + end - start), outer, "a piece")
            expect(source.text[offset : offset + end - start] == excerpt.text[start:end], "a piece of another text")
    middle = len(excerpt.text) // 2
    part = excerpt.part(middle, len(excerpt.text))
    expect(part.text == excerpt.text[middle:], "a part of another text")
    if part.text:
        expect(part.offset(0) == excerpt.offset(middle), "a part from elsewhere")
        expect(part.offset(len(part.text) - 1) == excerpt.offset(len(excerpt.text) - 1), "a part that ends elsewhere")


def _comments(source: Source, dockerfile: Dockerfile, found: list[Instruction]) -> None:
    bodies = [heredoc.body for one in found for heredoc in one.heredocs]
    at = 0
    for comment in dockerfile.comments:
        _inside(comment.span, Span(at, len(source.text)), "a comment")
        at = comment.span.end
        written = source.slice(comment.span)
        expect(written.startswith("#") and "\n" not in written, "a comment that is none", repr(written))
        expect(not any(body.start <= comment.span.start < body.end for body in bodies), "a comment in a heredoc")


def _positions(source: Source, offsets: list[int]) -> None:
    text = source.text
    for offset in (*offsets, 0, len(text) // 2, len(text)):
        place = source.position(offset)
        start = text.rfind("\n", 0, offset) + 1
        bom = place.line == 1 and text.startswith("\ufeff") and offset > 0
        expect(place.line == text.count("\n", 0, offset) + 1, "the wrong line", place)
        expect(place.column == offset - start + 1 - bom, "the wrong column", place)


def _line_ends(source: Source, dockerfile: Dockerfile) -> None:
    """Windows line ends change nothing that BuildKit looks at; a heredoc's script has them in it."""
    if "\r" in source.text or len(source.text) % 3:
        return
    windows = Source(path="Dockerfile", text=source.text.replace("\n", "\r\n"))
    try:
        other = read(windows)
    except UnreadableDockerfileError as error:
        # They make a line longer.
        expect("65535" in str(error), "refused with Windows line ends", error)
        return
    mine, theirs = instructions(dockerfile), instructions(other)
    expect(
        [one.keyword for one in mine] == [one.keyword for one in theirs], "other instructions with Windows line ends"
    )
    for one, same in zip(mine, theirs, strict=True):
        if not one.heredocs:
            expect(
                one.arguments.text == same.arguments.text, "other arguments with Windows line ends", one.arguments.text
            )
    expect([one.text for one in dockerfile.comments] == [one.text for one in other.comments], "other comments")


def generate(rng: Random) -> str:
    return dockerfiles.dockerfile(rng)


SUITE = Suite(name="reader", weight=38, generate=generate, check=check, seeds=seeds.dockerfiles)
