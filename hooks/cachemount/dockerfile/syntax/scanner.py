"""Cuts a Dockerfile into its instructions: comments, continued lines, heredocs."""

from __future__ import annotations

from bisect import bisect_left

from cachemount.dockerfile.model import BeyondLimitsError, Comment, Heredoc, UnreadableDockerfileError
from cachemount.dockerfile.syntax.directives import declared, read_directives, refuse_check_options
from cachemount.dockerfile.syntax.heredocs import HeredocWord, heredoc_words
from cachemount.dockerfile.syntax.instruction_lines import InstructionLines, LineRange
from cachemount.dockerfile.syntax.lexer import LexError
from cachemount.dockerfile.syntax.splitting import RawInstruction, SplitError, split
from cachemount.dockerfile.syntax.words import SPACE
from cachemount.late_pattern import late
from cachemount.records import Record
from cachemount.source import Excerpt, Span, end_of_line, line_starts, new_span

# With the line feed.
_LONGEST_LINE = 65536
_HEREDOC_KEYWORDS = frozenset({"ADD", "COPY", "RUN"})

_SPACES = late(f"[{SPACE}]*")
# The largest of 99,789 public files has 679 lines.
_MOST_LINES = 200_000
_MOST_INSTRUCTIONS = 5_000
# Without comments and what COPY writes into files. Linux takes 131,072 bytes for a `sh -c`.
_MOST_CHARACTERS = 250_000
# Bytes that are not UTF-8, as a text has them.
_BYTES = late("[\udc80-\udcff]{2,}")


class Scan(Record):
    """The result of `scan`. `escape` is a backslash or a backtick."""

    escape: str
    syntax: str
    instructions: list[RawInstruction]
    comments: list[Comment]


def scan(text: str) -> Scan:
    """Return the instructions of the Dockerfile `text`, keywords not yet judged."""
    if text.count("\n") > _MOST_LINES:
        raise BeyondLimitsError(f"a file with more than {_MOST_LINES:,} lines is not checked", 0)
    _refuse_long_lines(text)
    refuse_check_options(text)
    escape, at = read_directives(text)
    scanner = _Scanner(text, escape)
    scanner.read_from(at)
    if not scanner.instructions:
        raise UnreadableDockerfileError("file with no instructions", 0)
    return Scan(
        escape=escape,
        syntax=declared(text, "syntax"),
        instructions=scanner.instructions,
        comments=scanner.comments,
    )


class _Scanner:
    """Collects instructions and comments."""

    def __init__(self, text: str, escape: str) -> None:
        self.instructions: list[RawInstruction] = []
        self.comments: list[Comment] = []
        self._text = text
        self._escape = escape
        self._lines = InstructionLines(text, escape)
        # With the line that would follow the last one.
        self._starts = [*line_starts(text), len(text) + 1]
        if text.startswith("\ufeff"):
            self._starts[0] = 1
        self._characters = 0

    def read_from(self, at: int) -> None:
        """Read the lines from the offset `at` on, in passes that end where a heredoc's body may begin."""
        number = bisect_left(self._starts, at)
        while number < len(self._lines):
            stop = self._lines.pass_end(number)
            self._refuse_much(number, stop)
            at = len(self._text)
            for comment in self._lines.comments(number, stop):
                self._add_comment(comment)
            for found in self._lines.instructions(number, stop):
                at = self._add_instruction(found)
            number = max(stop, bisect_left(self._starts, at)) if stop < len(self._lines) else stop

    def _refuse_much(self, first: int, stop: int) -> None:
        """Refuse what dockerfile-parse would take long for."""
        room = _MOST_INSTRUCTIONS - len(self.instructions)
        if stop - first > room and len(ends := self._lines.instruction_ends(first, stop)) > room:
            message = f"a file with more than {_MOST_INSTRUCTIONS:,} instructions is not checked"
            raise BeyondLimitsError(message, self._content(ends[room]))
        characters = self._lines.characters(first, stop)
        if self._characters + characters <= _MOST_CHARACTERS:
            self._characters += characters
            return
        for number in range(first, stop):
            self._count(self._lines.characters(number, number + 1), number)

    def _count(self, characters: int, number: int) -> None:
        self._characters += characters
        if self._characters > _MOST_CHARACTERS:
            message = f"a file with more than {_MOST_CHARACTERS:,} characters in its instructions is not checked"
            raise BeyondLimitsError(message, self._content(number))

    def _content(self, number: int) -> int:
        """Return the offset of the first character on a line that is not white space."""
        start = self._starts[number]
        if self._text[start : start + 1] not in SPACE:
            return start
        match = _SPACES.match(self._text, start)
        return match.end() if match else start

    def _end(self, number: int) -> int:
        """Return the offset of the line feed that ends a line, or the end of the text."""
        return self._starts[number + 1] - 1

    def _add_comment(self, number: int) -> None:
        end = self._end(number)
        start = self._text.find("#", self._starts[number], end)
        if start < 0:
            # A blank line.
            return
        line = self._text[start:end].rstrip("\r")
        self.comments.append(Comment(new_span((start, start + len(line))), line[1:].strip(SPACE)))

    def _add_instruction(self, lines: LineRange) -> int:
        """Add an instruction, and return the offset of the line after its heredocs; 0 where it has none."""
        text = self._text
        line, end = self._join(lines)
        try:
            found = split(line.text, self._escape)
        except SplitError as error:
            raise UnreadableDockerfileError(str(error), line.offset(error.offset)) from None
        found.joined_line, found.end_offset = line, end
        self.instructions.append(found)
        if "<<" not in line.text or not _may_have_heredocs(found):
            return 0
        at = _read_heredocs(text, found, end_of_line(text, end) + 1)
        if (found.child or found).keyword == "RUN":
            self._count(sum(one.body.end - one.body.start for one in found.heredocs), lines.first)
        return at

    def _join(self, lines: LineRange) -> tuple[Excerpt, int]:
        """Return the text of an instruction's lines as one, and where the last of them ends."""
        text, start = self._text, self._content(lines.first)
        if lines.first == lines.last:
            end = self._end(lines.first)
            while text[end - 1] == "\r":
                end -= 1
            return Excerpt(text[start:end], (0,), (start,)), end
        pieces = []
        end = 0
        for number in range(lines.first, min(lines.last + 1, len(self._lines))):
            if self._lines.is_comment(number):
                continue
            if number > lines.first:
                start = self._starts[number]
            end = self._end(number)
            while text[end - 1] == "\r":
                end -= 1
            if number < lines.last:
                end = start + len(text[start:end].rstrip(" \t")) - 1
            pieces.append((start, end))
        if lines.last == len(self._lines):
            end = len(text.removesuffix("\n").rstrip("\r"))
        line = Excerpt.of_pieces(text, pieces)
        if not line.text.isascii() and _has_character_in_two(line.text):
            raise BeyondLimitsError("an instruction with a character that is cut in two by a line's end", pieces[0][0])
        return line, end


def _has_character_in_two(joined: str) -> bool:
    """Return whether bytes that were no character on two lines are one when the lines are joined."""
    return any(
        found.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape") != found
        for found in _BYTES.findall(joined)
    )


def _refuse_long_lines(text: str) -> None:
    at = 0
    stride = _LONGEST_LINE // 4
    while at < len(text):
        line_end = text.rfind("\n", at, at + stride)
        if line_end < 0:
            line_end = text.find("\n", at)
            line_end = len(text) if line_end < 0 else line_end
            # A file's last line has no room for the line feed that it lacks.
            if len(text[at:line_end].encode("utf-8", "surrogatepass")) >= _LONGEST_LINE:
                raise UnreadableDockerfileError("dockerfile line greater than max allowed size of 65535", at)
        at = line_end + 1


def _may_have_heredocs(instruction: RawInstruction) -> bool:
    instruction = instruction.child or instruction
    return instruction.keyword in _HEREDOC_KEYWORDS and instruction.strings is None


def _read_heredocs(text: str, instruction: RawInstruction, at: int) -> int:
    """Read the bodies of an instruction's heredocs from `at` on; the offset of the line after them."""
    line = instruction.joined_line
    try:
        words = heredoc_words(line.text)
    except LexError as error:
        raise UnreadableDockerfileError(str(error), instruction.offset) from None
    found = []
    for word in words:
        operator = line.span(word.start, word.end)
        terminator = _terminator(text, word, at)
        if terminator is None:
            raise UnreadableDockerfileError("unterminated heredoc", operator.start)
        first = max(at, text.rfind("\n", at, terminator.start) + 1)
        body = Span(at, first)
        found.append(
            Heredoc(
                name=word.name,
                operator=operator,
                body=body,
                terminator=terminator,
                chomp=word.chomp,
                quoted=word.quoted,
            )
        )
        instruction.end_offset = terminator.end
        at = end_of_line(text, terminator.end) + 1
    instruction.heredocs = tuple(found)
    return at


def _terminator(text: str, word: HeredocWord, at: int) -> Span | None:
    """Return the word's name on the line that ends the body starting at `at`."""
    name = word.name
    if name.endswith("\r") or (word.chomp and name.startswith("\t")):
        return None
    while (hit := text.find(name, at)) >= 0:
        line_start = max(at, text.rfind("\n", at, hit) + 1)
        line_end = end_of_line(text, hit)
        before = text[line_start:hit]
        if word.chomp:
            before = before.lstrip("\t")
        if not before and not text[hit + len(name) : line_end].strip("\r"):
            return Span(hit, hit + len(name))
        at = line_end + 1
    return None
