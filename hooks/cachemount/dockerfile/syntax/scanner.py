"""Finds the instructions of a Dockerfile: parser directives, comments, continued lines, heredocs."""

from __future__ import annotations

import re
from typing import NoReturn

from cachemount.dockerfile.model import BeyondLimitsError, Comment, Heredoc, UnreadableDockerfileError
from cachemount.dockerfile.syntax.heredocs import HeredocWord, heredoc_words
from cachemount.dockerfile.syntax.lexer import LexError
from cachemount.dockerfile.syntax.splitting import Split, SplitError, split
from cachemount.dockerfile.syntax.words import SPACE, TRUE_OR_FALSE
from cachemount.records import Record
from cachemount.source import Excerpt, Span, new_span

# With the line feed.
_LONGEST_LINE = 65536
_HEREDOC_KEYWORDS = frozenset({"ADD", "COPY", "RUN"})

_SPACES = re.compile(f"[{SPACE}]*")
_DIRECTIVE = re.compile(rf"#[{SPACE}]*([a-zA-Z][a-zA-Z0-9]*)[\t\f\r ]*=")
# The largest of 99,789 public files has 679 lines.
_MOST_LINES = 300_000
_MOST_STATEMENTS = 5_000
# Without comments and what COPY writes into files. Linux takes 131,072 bytes for a `sh -c`.
_MOST_CHARACTERS = 250_000
_DIRECTIVES = frozenset({"check", "escape", "syntax"})


class Scan(Record, frozen=False):
    """What `scan` finds. `escape` is a backslash or a backtick."""

    escape: str
    syntax: str
    statements: list[Split]
    comments: list[Comment]


def scan(text: str) -> Scan:
    """The instructions of the Dockerfile `text`, keywords not yet judged."""
    if text.count("\n") > _MOST_LINES:
        raise BeyondLimitsError(f"a file with more than {_MOST_LINES:,} lines is not checked", 0)
    _refuse_long_lines(text)
    _refuse_check_options(text)
    escape, at = _directives(text)
    result = Scan(escape=escape, syntax=_declared(text, "syntax"), statements=[], comments=[])
    characters = 0
    while at < len(text):
        content = _content(text, at) if text[at] in SPACE else at
        if content == len(text):
            break
        if text[content] == "#":
            at = _comment(text, content, result.comments)
            continue
        end = _line_end(text, content)
        if text[end - 1] in "\r \t\\`":
            pieces, end, at = _pieces(text, content, escape, result.comments)
            line = Excerpt.of_pieces(text, pieces)
        else:
            line, at = Excerpt(text[content:end], (0,), (content,)), end + 1
        characters += len(line.text)
        if characters > _MOST_CHARACTERS:
            _refuse_much(line.offset(0))
        try:
            parts = split(line.text, escape)
        except SplitError as error:
            raise UnreadableDockerfileError(str(error), line.offset(error.offset)) from None
        parts.whole, parts.finish = line, end
        if "<<" in line.text and _may_have_heredocs(parts):
            at = _heredocs(text, parts, at)
            if (parts.child or parts).keyword == "RUN":
                characters += sum(one.body.end - one.body.start for one in parts.heredocs)
                if characters > _MOST_CHARACTERS:
                    _refuse_much(parts.place)
        result.statements.append(parts)
        if len(result.statements) > _MOST_STATEMENTS:
            raise BeyondLimitsError(
                f"a file with more than {_MOST_STATEMENTS:,} instructions is not checked", parts.place
            )
    if not result.statements:
        raise UnreadableDockerfileError("file with no instructions", 0)
    return result


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


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _content(text: str, at: int) -> int:
    """The first character at or after `at` that is no white space."""
    match = _SPACES.match(text, at)
    return match.end() if match else at


def _comment(text: str, at: int, comments: list[Comment]) -> int:
    """Note the comment at `at`; the start of the next line."""
    line_end = _line_end(text, at)
    line = text[at:line_end].rstrip("\r")
    comments.append(Comment(new_span((at, at + len(line))), line[1:].strip(SPACE)))
    return line_end + 1


def _directives(text: str) -> tuple[str, int]:
    """The escape character, and the start of the first line that is no parser directive."""
    escape = "\\"
    seen = set()
    at = 1 if text.startswith("\ufeff") else 0
    while at < len(text):
        line_end = _line_end(text, at)
        key, value = _directive(text[at:line_end].rstrip("\r").lstrip(SPACE))
        if not key:
            break
        if key in seen:
            raise UnreadableDockerfileError(f"only one {key} parser directive can be used", at)
        seen.add(key)
        if key == "escape":
            escape = value
            if escape not in ("\\", "`"):
                raise UnreadableDockerfileError(f"invalid escape token '{escape}' does not match ` or \\", at)
        at = line_end + 1
    return escape, at


def _directive(line: str) -> tuple[str, str]:
    """Key and value of a parser directive; two empty strings if the line is none."""
    match = _DIRECTIVE.match(line)
    if not match or match[1].lower() not in _DIRECTIVES or match.end() == len(line):
        return "", ""
    value = line[match.end() :]
    return match[1].lower(), value.strip("\t\f\r ") or value[-1]


def _declared(text: str, wanted: str) -> str:
    """The value of a directive that BuildKit looks up on its own, before the instructions are read.

    A first line `#!` is passed over then, and a line must begin with its `#`.
    """
    at = 1 if text.startswith("\ufeff") else 0
    if text.startswith("#!", at):
        at = _line_end(text, at) + 1
    seen = set()
    while text.startswith("#", at):
        line_end = _line_end(text, at)
        key, value = _directive(text[at:line_end].removesuffix("\r"))
        if not key or key in seen:
            break
        if key == wanted:
            return value.split(" ")[0]
        seen.add(key)
        at = line_end + 1
    return ""


def _refuse_check_options(text: str) -> None:
    options = _declared(text, "check").strip(SPACE)
    for option in options.split(";", 2) if options else ():
        key, equals, value = option.partition("=")
        if not equals or key.strip(SPACE) not in ("skip", "experimental", "error"):
            raise UnreadableDockerfileError(f'failed to parse check options: invalid check option "{key}"', 0)
        if key.strip(SPACE) == "error" and value.strip(SPACE) not in TRUE_OR_FALSE:
            raise UnreadableDockerfileError(f'failed to parse check options: invalid value "{value}" of error', 0)


def _pieces(text: str, start: int, escape: str, comments: list[Comment]) -> tuple[list[tuple[int, int]], int, int]:
    """What is kept of the lines of the instruction at `start`, the end of its last line, the start of the next."""
    pieces: list[tuple[int, int]] = []
    while True:
        end = line_end = text.find("\n", start)
        if end < 0:
            end = line_end = len(text)
        while end > start and text[end - 1] == "\r":
            end -= 1
        last = end
        while last > start and text[last - 1] in " \t":
            last -= 1
        at = line_end + 1
        continues = last > start and text[last - 1] == escape and (last - 1 == start or text[last - 2] != escape)
        if not continues:
            pieces.append((start, end))
            return pieces, end, at
        pieces.append((start, last - 1))
        while True:
            content = _content(text, at) if text[at : at + 1] in SPACE else at
            if content == len(text):
                return pieces, _last_line_end(text), len(text)
            if text[content] != "#":
                break
            at = _comment(text, content, comments)
        start = max(at, text.rfind("\n", at, content) + 1)


def _refuse_much(start: int) -> NoReturn:
    message = f"a file with more than {_MOST_CHARACTERS:,} characters in its instructions is not checked"
    raise BeyondLimitsError(message, start)


def _last_line_end(text: str) -> int:
    return len(text.removesuffix("\n").rstrip("\r"))


def _may_have_heredocs(parts: Split) -> bool:
    parts = parts.child or parts
    return parts.keyword in _HEREDOC_KEYWORDS and parts.strings is None


def _heredocs(text: str, parts: Split, at: int) -> int:
    """Read the bodies of the instruction's heredocs from `at` on; the start of the line after them."""
    line = parts.whole
    try:
        words = heredoc_words(line.text)
    except LexError as error:
        raise UnreadableDockerfileError(str(error), parts.place) from None
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
        parts.finish = terminator.end
        at = _line_end(text, terminator.end) + 1
    parts.heredocs = tuple(found)
    return at


def _terminator(text: str, word: HeredocWord, at: int) -> Span | None:
    """The word's name on the line that ends the body starting at `at`."""
    name = word.name
    if name.endswith("\r") or (word.chomp and name.startswith("\t")):
        return None
    while (hit := text.find(name, at)) >= 0:
        line_start = max(at, text.rfind("\n", at, hit) + 1)
        line_end = _line_end(text, hit)
        before = text[line_start:hit]
        if word.chomp:
            before = before.lstrip("\t")
        if not before and not text[hit + len(name) : line_end].strip("\r"):
            return Span(hit, hit + len(name))
        at = line_end + 1
    return None
