"""Text of a file, offsets in it, and text cut together from pieces of it."""

from __future__ import annotations

# Annotations are not postponed where there are named tuples: to compile those of one takes 2 ms when a program starts.
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from itertools import accumulate

from cachemount.records import Record
from cachemount.type_checking import NamedTuple


class Span(NamedTuple):
    """A half-open range of character offsets, 0-based, in `Source.text`."""

    start: int
    end: int

    def within(self, outer: Span) -> bool:
        """Return whether another range holds all of this one."""
        return outer.start <= self.start and self.end <= outer.end


# In half the time that the class itself takes.
new_span: Callable[[tuple[int, int]], Span] = partial(tuple.__new__, Span)


class Elsewhere(int):
    """The number of a line of another file; in words it says of which."""

    path: str

    def __new__(cls, line: int, path: str) -> Elsewhere:
        made = super().__new__(cls, line)
        made.path = path
        return made

    def __reduce__(self) -> tuple[type[Elsewhere], tuple[int, str]]:
        return Elsewhere, (int(self), self.path)

    def __str__(self) -> str:
        return f"{int(self)} of {self.path}"


class Position(NamedTuple):
    """A place as people count it: line and column, both 1-based, the column in characters."""

    line: int
    column: int


@lru_cache(maxsize=4)
def line_starts(text: str) -> list[int]:
    """Return the offset of each line's first character; only LF ends a line."""
    lengths = accumulate(map(len, text.split("\n")), initial=0)
    starts = [length + number for number, length in enumerate(lengths)]
    del starts[-1]
    return starts


def end_of_line(text: str, at: int) -> int:
    """Return the offset of the line feed that ends the line with the character `at`, or the end of the text."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


# In the place of a tag: an image that is known by its name alone.
ANY_TAG = "*"
# In front of the name of an image that is a named context of a build.
IMAGE_CONTEXT = "docker-image://"


class BuiltImage(Record):
    """An image that the repository builds: its name, the Dockerfile with its text, and the stage ("": the last).

    `arguments` are those of the build, as in `Source`. Where `within` is the path of a Dockerfile, the name means this
    image in that file alone.
    """

    name: str
    path: str
    text: str
    target: str = ""
    arguments: tuple[tuple[str, str | None], ...] = ()
    within: str = ""


class Search(Record):
    """What a command looks for in the lines of a file: the words of each of its patterns, in their order.

    Where the `whole` line is used, or its place, it has to stay as it is.
    """

    alternatives: tuple[tuple[str, ...], ...]
    whole: bool = False


class ContextFile(Record):
    """A file that a build may find in its context.

    `path` is what a COPY would call it where the folder is the context: that of the Dockerfile ("."), or one above
    ("..", "../.."). `of_image` is the short name of an image that the file, a Dockerfile, is most likely of. A
    `sibling` is another Dockerfile of the folder; its text is no more than its FROM instructions. That of a README
    goes to the end of the line that says what is installed on the image, or, where it is `generated`, that a program
    writes the Dockerfile; so does that of a template. One that shows the image as a base is `base_of` the stage that
    it is of ("": the last); a devcontainer.json that begins with it is of the `stages` that it may be of. `in_base`
    is the image that the Dockerfile begins with, in a Dockerfile of it or of one below it, and in a file copied
    there. A module of the program that the image runs may install packages `at_run_time`, with the manager named.
    A README that speaks of images, whatever it says of them, is `of_images`; its text is a title that calls the
    repository one of images. `joined_into` is the Dockerfile that the file, a Makefile or script, makes of this one.
    A command that ends the text edits the Dockerfile `by_line`: the number of that line (0: none does); or it looks
    for lines there, by `searches`. A test or a program whose text ends where it does so `compares` the Dockerfile with
    another text; one without text is a folder of such files. One that ends where it names the Dockerfile `reads_data`:
    the Dockerfile is some. Where files of several folders have one path, those are `of_build` whose folder all builds
    of the repository take for the context. One that a here-document writes is `written_by` the Dockerfile of that path:
    its text has as many lines before it as that has.
    """

    path: str
    text: str
    folder: str = "."
    of_image: str = ""
    sibling: bool = False
    generated: bool = False
    base_of: str | None = None
    stages: tuple[str, ...] = ()
    in_base: str = ""
    at_run_time: str = ""
    of_images: bool = False
    joined_into: str = ""
    by_line: int = 0
    compares: bool = False
    searches: tuple[Search, ...] = ()
    reads_data: bool = False
    of_build: bool = False
    written_by: str = ""

    @property
    def first_line(self) -> str:
        """The line that the file itself begins with."""
        return (self.text.lstrip("\n\t") if self.written_by else self.text).partition("\n")[0]

    @property
    def last_line(self) -> Elsewhere:
        """The line that ends the text, where that is a part of the file."""
        return Elsewhere(self.text.count("\n") + 1, self.path)


class ContainerRun(Record):
    """A command that a file of the repository runs in a container of an image.

    `by` is docker's or Compose's `run` or `exec`, a program for development, or "program": the image's own starts it.
    `texts` are the command and what it runs, as far as the repository has it; `target` is the stage ("": the last).
    `volumes` are the folders that may be mounted there; with `own_variables` it has those of the image alone.
    """

    by: str
    line: Elsewhere
    target: str
    texts: tuple[str, ...]
    volumes: tuple[str, ...] = ()
    own_variables: bool = False


class Published(Record):
    """A stage ("": the last) whose image a line of another file hands to others, who may build on it or work in it."""

    stage: str
    line: Elsewhere


class Part(Record):
    """Where the text of a file begins in the text of several; `path` is "" for the file that is checked."""

    start: int
    path: str


class Source(Record):
    """A file as it was read.

    `text` keeps the byte order mark, the line ends and, as lone surrogates, the bytes that are not UTF-8, so that
    `to_bytes` gives back what `from_bytes` was given.

    `arguments` are the values that a build of this Dockerfile gives to ARG, where they are known to be given: None for
    a value that is not known. `choices` are those that its builds give to arguments with a default in FROM, or that
    name a program, one for each build, None for a value that is not known. `images` are those that the repository
    builds, as far as its files tell; `context` are files that the build may take along, those nearest to the Dockerfile
    first. `parts` are the files that a text of several consists of. `platforms` are those that the repository builds
    for, where they are several: "" is the builder's own. `runs` are the commands of its files in containers of the
    image. `published` are the stages whose images it hands to others. `trees` are folders of the repository that are
    copied to where they are called alike, with the paths of what is in them.
    """

    path: str
    text: str
    arguments: tuple[tuple[str, str | None], ...] = ()
    choices: tuple[tuple[tuple[str, str | None], ...], ...] = ()
    images: tuple[BuiltImage, ...] = ()
    context: tuple[ContextFile, ...] = ()
    parts: tuple[Part, ...] = ()
    platforms: tuple[str, ...] = ()
    runs: tuple[ContainerRun, ...] = ()
    published: tuple[Published, ...] = ()
    trees: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def from_bytes(cls, path: str, data: bytes) -> Source:
        return cls(path=path, text=data.decode("utf-8", "surrogateescape"))

    def to_bytes(self) -> bytes:
        return self.text.encode("utf-8", "surrogateescape")

    def position(self, offset: int) -> Position:
        """Line and column of a character offset; only LF ends a line, and a byte order mark has no column."""
        starts = line_starts(self.text)
        line = bisect_right(starts, offset)
        column = offset - starts[line - 1] + 1
        if line == 1 and column > 1 and self.text.startswith("\ufeff"):
            column -= 1
        if self.parts:
            part = next((one for one in reversed(self.parts) if one.start <= offset), self.parts[0])
            line -= bisect_right(starts, part.start) - 1
            return Position(Elsewhere(line, part.path) if part.path else line, column)
        return Position(line, column)

    def slice(self, span: Span) -> str:
        return self.text[span.start : span.end]


class Excerpt(Record, kw_only=False):
    """Text that a reader cut out of a source: lines joined, comments and quotes left out, escapes undone.

    `starts[i]` is the offset in `text` where piece i begins and `offsets[i]` the offset in the source that it came
    from; inside a piece both run on in step. `starts` begins with 0 and rises strictly.
    """

    text: str
    starts: tuple[int, ...] = (0,)
    offsets: tuple[int, ...] = (0,)

    @classmethod
    def of_pieces(cls, source: str, pieces: Sequence[tuple[int, int]]) -> Excerpt:
        """Join slices of `source`, given by their start and end."""
        if len(pieces) == 1:
            start, end = pieces[0]
            return cls(source[start:end], (0,), (start,))
        texts: list[str] = []
        starts: list[int] = []
        offsets: list[int] = []
        length = 0
        for start, end in pieces:
            if end > start:
                texts.append(source[start:end])
                starts.append(length)
                offsets.append(start)
                length += end - start
        if not starts:
            return cls("", (0,), (pieces[0][0] if pieces else 0,))
        return cls("".join(texts), tuple(starts), tuple(offsets))

    def offset(self, index: int) -> int:
        """Source offset of the character at `index` of `text`."""
        starts = self.starts
        piece = bisect_right(starts, index) - 1 if len(starts) > 1 else 0
        return self.offsets[piece] + index - starts[piece]

    def span(self, start: int, end: int) -> Span:
        """Source span from the character at `start` to the one before `end`; a gap after it is not included."""
        starts, offsets = self.starts, self.offsets
        if len(starts) == 1:
            shift = offsets[0]
            return new_span((start + shift, end + shift if end > start else start + shift))
        piece = bisect_right(starts, start) - 1
        shift = offsets[piece] - starts[piece]
        if end <= start:
            return Span(start + shift, start + shift)
        if piece + 1 < len(starts) and end > starts[piece + 1]:
            return Span(start + shift, self.offset(end - 1) + 1)
        return new_span((start + shift, end + shift))

    def part(self, start: int, end: int) -> Excerpt:
        """Return the excerpt of `text[start:end]`, still pointing into the source."""
        if len(self.starts) == 1:
            return Excerpt(self.text[start:end], (0,), (self.offsets[0] + start,))
        first = bisect_right(self.starts, start)
        last = max(first, bisect_right(self.starts, max(start, end - 1)))
        starts = [0, *[one - start for one in self.starts[first:last]]]
        return Excerpt(self.text[start:end], tuple(starts), (self.offset(start), *self.offsets[first:last]))
