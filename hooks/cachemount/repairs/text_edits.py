"""Builders of single edits. They know the text and no rule."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from cachemount.dockerfile.images.model import written
from cachemount.dockerfile.model import Comment, Dockerfile, Instruction, MountFlag, Run
from cachemount.dockerfile.state.assignments import pairs
from cachemount.dockerfile.syntax.words import SPACE
from cachemount.facts.model import Install
from cachemount.findings import Edit
from cachemount.late_pattern import late
from cachemount.records import Record
from cachemount.shell.model import Command, Word
from cachemount.source import Source, Span, end_of_line

_BLANKS = SPACE.replace("\n", "")
# The blanks before a command that is no heredoc, no other flag and not on the next line.
_COMMAND_BESIDE = late(r"[ \t]+(?![\\`\s]|<<|--)")
# https://docs.renovatebot.com/modules/manager/regex/
_OF_RENOVATE = late(r"#[ \t]*renovate:")


class CacheMount(Record):
    """A cache mount that is wanted; `str()` is the flag.

    `words` is how the target is written where it follows a build argument.
    """

    target: str
    id: str = ""
    sharing: str = "shared"
    uid: int | None = None
    gid: int | None = None
    mode: str = ""
    words: str = ""

    def __str__(self) -> str:
        flag = f"--mount=type=cache,{f'id={self.id},' if self.id else ''}target={self.words or self.target}"
        if self.sharing != "shared":
            flag += f",sharing={self.sharing}"
        return flag + self.ownership

    @property
    def ownership(self) -> str:
        """The options that make the mount belong to the user, each after a comma."""
        text = "" if self.uid is None else f",uid={written(self.uid)}"
        text += "" if self.gid is None else f",gid={written(self.gid)}"
        return text + (f",mode={self.mode}" if self.mode else "")


class EmptyMount(Record):
    """A folder that is empty at the beginning of the step, and goes with it; `str()` is the flag."""

    target: str

    def __str__(self) -> str:
        return f"--mount=type=tmpfs,target={self.target}"


def _line(text: str, offset: int) -> int:
    """Return the offset at which the line that `offset` is in begins."""
    return text.rfind("\n", 0, offset) + 1


def newline(source: Source, offset: int) -> str:
    """Return the line end of the line that the offset is in; that of the line before for a last line without one."""
    end = source.text.find("\n", offset)
    if end < 0:
        end = source.text.rfind("\n")
    return "\r\n" if end > 0 and source.text[end - 1] == "\r" else "\n"


def add_mounts(
    dockerfile: Dockerfile,
    instruction: Instruction,
    run: Run,
    mounts: Sequence[CacheMount | EmptyMount],
    indentation: str,
) -> tuple[Edit, ...]:
    """Put mounts, one per line, after those that the RUN has, or directly after the keyword.

    The command gets a line of its own, unless it begins on the line of a mount that is not the first. Where a comment
    tells Renovate of a version, all stand in one line: its pattern counts lines.
    """
    text = dockerfile.source.text
    above = next((comment for _, comment in comments_above(dockerfile, instruction)), None)
    counted = above is not None and _OF_RENOVATE.match(text, above.span.start) is not None
    joint = " " if counted else f" {dockerfile.escape}{newline(dockerfile.source, instruction.span.start)}{indentation}"
    targets = tuple(mount.target for mount in mounts)
    if run.mounts:
        at = max(flag.span.end for flag in run.mounts)
        added = Edit(span=Span(at, at), text="".join(f"{joint}{mount}" for mount in mounts), targets=targets)
        command = None if counted else _COMMAND_BESIDE.match(text, at)
        if command is None or "\n" in text[instruction.span.start : at]:
            return (added,)
        return added, Edit(span=Span(at, command.end()), text=joint)
    at = instruction.insertion
    while text[at : at + 1] in (" ", "\t"):
        at += 1
    # The command may stand on the next line already.
    joined = re.compile(rf"{re.escape(dockerfile.escape)}[ \t]*\r?\n").match(text, at)
    text = joint.join(map(str, mounts))
    if joined:
        return (Edit(span=Span(at, at), text=f"{text} ", targets=targets, joint=joint[1:]),)
    return (Edit(span=Span(at, at), text=f"{text}{joint}", targets=targets),)


def set_target(flag: MountFlag, source: Source, target: str, options: Mapping[str, str]) -> Edit | None:
    """Another target for a mount, and the options that it lacks; None where the file's words for it are not plain."""
    span = flag.fields.get("target")
    if span is None:
        return None
    written = source.slice(span)
    key, equals, value = written.partition("=")
    if not equals or not re.fullmatch(r"[\w./~${}:\-]*", value):
        return None
    added = "".join(f",{name}={value}" for name, value in options.items() if name not in flag.fields)
    return Edit(span=span, text=f"{key}={target}{added}")


def set_option(flag: MountFlag, source: Source, key: str, value: str) -> Edit:
    """Give a mount an option, in place of the one that it has."""
    span = flag.fields.get(key)
    if span is not None:
        return Edit(span=span, text=f"{source.slice(span).partition('=')[0]}={value}")
    return append_options(flag, source, f",{key}={value}")


def append_options(flag: MountFlag, source: Source, text: str) -> Edit:
    """Append options to a mount; `text` begins with a comma."""
    at = flag.span.end
    # The quotes may be around all of it, or around the last value.
    if source.slice(flag.span).startswith(('--mount="', "--mount='")):
        at -= 1
    return Edit(span=Span(at, at), text=text)


def end_of_gap(dockerfile: Dockerfile, at: int) -> int:
    """Return where the blanks and line joints after an offset end, and the empty lines that BuildKit passes over."""
    # What is empty is asked of Unicode: https://github.com/moby/buildkit, frontend/dockerfile/parser/parser.go
    joint = rf"{re.escape(dockerfile.escape)}[ \t]*\r?\n(?:[{_BLANKS}]*\n)*"
    gap = re.compile(rf"(?:[ \t]|{joint})*").match(dockerfile.source.text, at)
    return gap.end() if gap else at


def drop_word(dockerfile: Dockerfile, command: Command, word: Word) -> Edit:
    """Delete a word after the program, with the blanks and line joints before it; a comment in between stays."""
    before = command.words[bisect_left(command.words, word.span, key=lambda other: other.span) - 1].span.end
    redirected = (one.span.end for one in (*command.outputs, *command.appends) if one.span.end <= word.span.start)
    before = max((before, *redirected))
    if "#" in dockerfile.source.text[before : word.span.start]:
        return Edit(span=_whole_line(dockerfile, word.span) or word.span, text="")
    # A redirection may stand between the two.
    between = dockerfile.source.text[before : word.span.start]
    kept = re.match(rf"(?s:.*)(?<![\s{re.escape(dockerfile.escape)}])", between)
    start = before + (kept.end() if kept else 0)
    return Edit(span=Span(start, word.span.end), text="")


def _whole_line(dockerfile: Dockerfile, span: Span) -> Span | None:
    """Return the line of a word, where nothing else is in it and another line follows."""
    text = dockerfile.source.text
    start, end = _line(text, span.start), text.find("\n", span.end)
    alone = not text[start : span.start].strip(" \t") and text[span.end : end].strip(" \t\r") == dockerfile.escape
    return Span(start, end + 1) if alone and end >= 0 else None


def is_element(run: Run, word: Word) -> bool:
    """Return whether a word is an element of the array of an exec form."""
    return run.form == "exec" and word.span in run.argv_spans


def in_plain_element(source: Source, run: Run, word: Word) -> bool:
    """Return whether a word is one of several in an element of an exec form, which is written without backslashes."""
    around = [one for one in run.argv_spans if one.start < word.span.start and word.span.end < one.end]
    if run.form != "exec" or len(around) != 1 or "\\" in source.slice(around[0]):
        return False
    return source.slice(word.span) == word.raw and source.text[word.span.start - 1] == " "


def drop_element(source: Source, run: Run, word: Word) -> Edit | None:
    """Delete an element after the first, with the comma before it; None where a comment stands between."""
    index = run.argv_spans.index(word.span)
    before = run.argv_spans[index - 1].end if index else word.span.start
    if not index or "#" in source.text[before : word.span.start]:
        return None
    return Edit(span=Span(before, word.span.end), text="")


def takes_flag(install: Install) -> bool:
    """Return whether a flag can be put into an install: it is a command of its own, or the array of an exec form."""
    return install.command.editable or is_element(install.step.run, install.program_word)


def add_flag(install: Install, word: Word, flag: str) -> Edit:
    """Put a flag after a word of an install that takes flags; each of its words is one element of an exec form."""
    elements = "".join(f', "{one}"' for one in flag.split(" "))
    text = elements if is_element(install.step.run, word) else f" {flag}"
    return Edit(span=Span(word.span.end, word.span.end), text=text)


def add_force(command: Command) -> Edit | None:
    """Give `rm` the option `-f`; None where the words are not plain."""
    program, *arguments = command.words
    first = arguments[0] if arguments else None
    if not command.editable or any(re.match(r"-[a-zA-Z]*[iI]|--interactive", word.known) for word in arguments):
        return None
    if first is not None and re.fullmatch(r"-[dRrv]+", first.raw):
        return Edit(span=Span(first.span.end, first.span.end), text="f")
    return Edit(span=Span(program.span.end, program.span.end), text=" -f")


def set_variable(install: Install, assignment: str) -> Edit | None:
    """Put an assignment in front of an install that may be edited, or is an array of the exec form; None for others."""
    if is_element(install.step.run, install.command.words[0]):
        at = install.command.words[0].span.start
        return Edit(span=Span(at, at), text=f'"env", "{assignment}", ')
    if not install.command.editable:
        return None
    at = install.command.words[0].span.start
    # gosu, xargs and their like take the next word for the program; env takes more assignments.
    env = "env " if install.command.wrappers[-1:] not in ((), ("env",)) else ""
    return Edit(span=Span(at, at), text=f"{env}{assignment} ")


def drop_assignment(source: Source, span: Span) -> Edit:
    """Delete an assignment before a command, with the blanks after it."""
    end = span.end
    while source.text[end : end + 1] in (" ", "\t"):
        end += 1
    return Edit(span=Span(span.start, end), text="")


def drop_pair(dockerfile: Dockerfile, instruction: Instruction, name: str) -> Edit | None:
    """Delete a variable from an ENV or ARG instruction, or all of the instruction where nothing else is in it."""
    source = dockerfile.source
    found = pairs(instruction)
    doomed = [pair for pair in found if pair.name == name]
    if len(doomed) != 1:
        return None
    pair = doomed[0]
    if len(found) == 1:
        return None if _annotated(dockerfile, instruction) else _drop_lines(source, instruction.span)
    earlier = [other.span.end for other in found if other.span.end <= pair.span.start]
    later = [other.span.start for other in found if other.span.start >= pair.span.end]
    first_of_line = earlier and "\n" in source.text[max(earlier) : pair.span.start]
    if first_of_line and later and "\n" not in source.text[pair.span.end : min(later)]:
        # The rest of the line stays where it is.
        return Edit(span=Span(pair.span.start, min(later)), text="")
    if earlier and "#" not in source.text[max(earlier) : pair.span.start]:
        return Edit(span=Span(max(earlier), pair.span.end), text="")
    if not earlier and later and "#" not in source.text[pair.span.end : min(later)]:
        return Edit(span=Span(pair.span.start, min(later)), text="")
    return _drop_own_line(dockerfile, pair.span, max(earlier, default=0), last=not later)


def _drop_own_line(dockerfile: Dockerfile, span: Span, earlier: int, *, last: bool) -> Edit:
    """Delete what stands alone in its line beside comments; for the last, the escape before them too."""
    text, escape = dockerfile.source.text, dockerfile.escape
    start, end = _line(text, span.start), end_of_line(text, span.end)
    if text[start : span.start].strip(" \t") or text[span.end : end].strip(" \t\r") not in ("", escape):
        blank = text[span.start - 1] == " " == text[span.end : span.end + 1]
        return Edit(span=Span(span.start, span.end + blank), text="")
    if not last:
        return Edit(span=Span(start, min(end + 1, len(text))), text="")
    between = text[earlier:start]
    if between.lstrip(" \t").startswith(escape):
        kept = between.lstrip(" \t")[1:].lstrip(" \t").removesuffix("\n").removesuffix("\r")
        return Edit(span=Span(earlier, span.end), text=kept)
    return Edit(span=span, text="")


def _annotated(dockerfile: Dockerfile, instruction: Instruction) -> bool:
    """Return whether a comment directly above is for a linter: without the instruction it would mean another."""
    return any(
        re.match(r"(hadolint|cachemount:|tally|check\s*=|checkov|trivy)", comment.text)
        for _, comment in comments_above(dockerfile, instruction)
    )


def comments_above(dockerfile: Dockerfile, instruction: Instruction) -> Iterator[tuple[int, Comment]]:
    """Yield the comments directly above an instruction, each after the offset of its line, from below."""
    text = dockerfile.source.text
    comments = dockerfile.comments
    at = _line(text, instruction.span.start)
    number = bisect_left(comments, at, key=lambda comment: comment.span.start)
    while number and _line(text, comments[number - 1].span.start) == _line(text, max(at - 1, 0)):
        number -= 1
        at = _line(text, comments[number].span.start)
        yield at, comments[number]


def _drop_lines(source: Source, span: Span) -> Edit | None:
    """Delete whole lines, unless a comment stands between them."""
    text = source.text
    start = _line(text, span.start)
    end = text.find("\n", span.end)
    end = len(text) if end < 0 else end + 1
    if re.search(r"(?m)^[ \t]*#", text[start:end]):
        return None
    blank_before = text[:start].endswith(("\n\n", "\r\n\r\n"))
    if blank_before and text.startswith("\n", end):
        end += 1
    elif blank_before and text.startswith("\r\n", end):
        end += 2
    return Edit(span=Span(start, end), text="")


def insert_step(
    dockerfile: Dockerfile, instruction: Instruction, lines: Sequence[str], before: str, indentation: str
) -> Edit:
    """Insert a RUN instruction, set off by blank lines, above an instruction and the comments directly on it.

    `before` are the blanks in front of it, `indentation` those in front of its further lines. Its keyword is written
    as that of the other instruction is.
    """
    source = dockerfile.source
    text = source.text
    at = min(
        (start for start, _ in comments_above(dockerfile, instruction)), default=_line(text, instruction.span.start)
    )
    end = newline(source, instruction.span.start)
    gap = end if text[_line(text, at - 1) : at].strip() else ""
    step = _step(dockerfile, instruction, lines, f"{end}{indentation}")
    return Edit(span=Span(at, at), text=f"{gap}{before}{step}{end}{end}")


def append_step(
    dockerfile: Dockerfile, instruction: Instruction, lines: Sequence[str], before: str, indentation: str
) -> Edit:
    """Insert a RUN instruction, set off by blank lines, below another one; see `insert_step`."""
    source = dockerfile.source
    at, end = end_of_line(source.text, instruction.span.end), newline(source, instruction.span.end)
    gap = end if source.text[at + 1 : end_of_line(source.text, at + 1)].strip() else ""
    at -= source.text[at - 1 : at] == "\r"
    step = _step(dockerfile, instruction, lines, f"{end}{indentation}")
    return Edit(span=Span(at, at), text=f"{end}{end}{before}{step}{gap}")


def _step(dockerfile: Dockerfile, instruction: Instruction, lines: Sequence[str], joint: str) -> str:
    """Return a RUN with several lines, its keyword written as that of another instruction."""
    keyword = "run" if dockerfile.source.text[instruction.span.start].islower() else "RUN"
    return f"{keyword} {f' {dockerfile.escape}{joint}'.join(lines)}"
