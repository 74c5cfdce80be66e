"""Dockerfile as BuildKit reads it. All spans are character offsets into `Source.text`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from cachemount.late_pattern import late
from cachemount.records import Record, field
from cachemount.source import Excerpt, Source, Span
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal

# How the names of variables begin that the file fills in in which a Dockerfile stands: their values are not known.
HOST_VARIABLE = "__host_"

_VARIABLE = late(r"\$(?:\{[^{}]*\}|\w+)")
_OPERAND = late(r'[^\s\[\]",]+')


class UnreadableDockerfileError(Exception):
    """BuildKit would refuse the file. `offset` is where, `str(error)` why, in one clause."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class BeyondLimitsError(UnreadableDockerfileError):
    """The file is larger than what is checked, though BuildKit may take it."""


class Flag(Record):
    """A word `--name=value` in front of an instruction's arguments; `value` is None for a bare `--name`.

    Quotes and escapes are undone as BuildKit does; variables are not expanded.
    """

    span: Span
    name: str
    value: str | None


class Heredoc(Record):
    """A heredoc of an instruction.

    `name` is the unquoted delimiter; `operator` spans `<<-"EOF"` in the source, `body` the lines without the
    terminator; `quoted` means that nothing is expanded in the body, `chomp` that the operator was `<<-`.
    """

    name: str
    operator: Span
    body: Span
    terminator: Span
    chomp: bool
    quoted: bool


class MountFlag(Record):
    """`--mount=...` of a RUN, as the file says it: keys lower-cased, values with variables unexpanded.

    `type` and `sharing` are lower-cased; `target` is as written ("" when absent). `problem` is what BuildKit says
    against it, "" if nothing. `fields` spans each `key=value` in the source by lower-cased canonical key (target for
    dst and destination, source for src, readonly for ro ...). Of a key that stands there twice the last counts:
    `unused_targets` are the targets before the last, where they are others.
    """

    span: Span
    type: str
    target: str
    options: dict[str, str]
    fields: dict[str, Span]
    problem: str = ""
    unused_targets: tuple[str, ...] = ()


class Run(Record, kw_only=False):
    """The script that a RUN (or ONBUILD RUN) executes.

    `script` is the text that the shell gets: lines joined, comments gone; for "heredoc" the body of the single heredoc.
    For "exec" it is empty and `argv` has the words, `argv_spans` the span of each JSON string with its quotes.
    `interpreter` is what a heredoc script's `#!` names, or "". `heredocs` of a "shell" form are given to the shell as
    redirections; their operators are still in `script`, their bodies are not.
    """

    form: Literal["shell", "exec", "heredoc"]
    script: Excerpt
    argv: tuple[str, ...] = ()
    argv_spans: tuple[Span, ...] = ()
    mounts: tuple[MountFlag, ...] = ()
    network: str = ""
    interpreter: str = ""


class Instruction(Record, eq=False, kw_only=False):
    """One instruction of a stage.

    `keyword` is upper-case; for ONBUILD it is that of the child and `onbuild` is True. `span` runs from the keyword (or
    ONBUILD) to the end of its last line, without the line end. `insertion` is the offset right after the keyword and
    one blank, where a flag can be put. `arguments` is what follows the flags, lines joined. `run` is set for RUN alone.
    Compared by identity.
    """

    keyword: str
    span: Span
    insertion: int
    arguments: Excerpt
    flags: tuple[Flag, ...] = ()
    heredocs: tuple[Heredoc, ...] = ()
    onbuild: bool = False
    run: Run | None = None

    @property
    def operands(self) -> list[str]:
        """The arguments of a COPY, ADD or VOLUME as they are written, quotes and the signs of a JSON array left out."""
        return _OPERAND.findall(self.arguments.text)


class Comment(Record, kw_only=False):
    """A comment line, at top level or inside a continuation;

    `text` is what follows `#`, stripped. `span` is from `#` to the line's end.
    """

    span: Span
    text: str


class Stage(Record, frozen=False, eq=False):
    """`name` is the AS name or "" ; `image` the FROM argument with global ARGs expanded.

    What only a build tells of it stays as `${NAME}`. `children` are the stages that are built on it, or may be, in
    order. `file` is the Dockerfile of a stage that stands in another file. `choices` are other images with which builds
    of the repository let it begin, "" one that is not known.
    """

    index: int
    name: str
    image: str
    platform: str
    parent: Stage | None
    instruction: Instruction
    instructions: list[Instruction] = field(default_factory=list)
    children: list[Stage] = field(default_factory=list)
    file: Dockerfile | None = None
    choices: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name that a reader of the file would use: its AS name, else its number."""
        return self.name or str(self.index)

    def lineage(self) -> list[Stage]:
        """Return the stages that it is built on, the first one first, and the stage itself."""
        found = []
        at: Stage | None = self
        while at is not None:
            found.append(at)
            at = at.parent
        return found[::-1]


def may_name(reference: str, name: str) -> bool:
    """Return whether a reference with variables may be the name of a stage: it has what stands around them."""
    parts = _VARIABLE.split(reference.lower())
    around = re.compile(".*".join(map(re.escape, parts)))
    return len(parts) > 1 and any(map(str.isalpha, "".join(parts))) and around.fullmatch(name.lower()) is not None


class Dockerfile(Record, eq=False):
    """`escape` is a backslash or a backtick. `globals` are the ARG instructions before the first FROM.

    `global_arguments` are their values (None: declared without a default). `last` is the file's last stage.
    """

    source: Source
    escape: str
    syntax: str
    globals: tuple[Instruction, ...]
    global_arguments: dict[str, str | None]
    stages: tuple[Stage, ...]
    comments: tuple[Comment, ...]
    last: Stage

    @property
    def code(self) -> str:
        """The instructions alone: comments and blank lines between them may be most of the text."""
        return _code(self)

    def code_of(self, instructions: Iterable[Instruction]) -> str:
        """Return the text of instructions that stand in this order in the file, without the comments inside them."""
        text, comments, pieces, number = self.source.text, self.comments, [], 0
        for instruction in instructions:
            at, end = instruction.span
            while number < len(comments) and comments[number].span.start < end:
                comment = comments[number].span
                number += 1
                if comment.start >= at:
                    pieces.append(text[at : comment.start])
                    at = min(comment.end + 1, end)
            pieces += [text[at:end], "\n"]
        return "".join(pieces)


@lru_cache(maxsize=1)
def _code(dockerfile: Dockerfile) -> str:
    stages = (one for stage in dockerfile.stages for one in (stage.instruction, *stage.instructions))
    return dockerfile.code_of((*dockerfile.globals, *stages))
