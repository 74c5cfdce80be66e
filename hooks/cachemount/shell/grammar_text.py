"""A text that the grammar has read: its words, and the scripts that its words hold."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from operator import itemgetter

from cachemount.late_pattern import late
from cachemount.records import Record, field, replace
from cachemount.shell.heredocs import Body
from cachemount.shell.model import Assignment, Variable, Word
from cachemount.shell.statements import REDIRECTS, Leaf, Node, substitutions
from cachemount.shell.words import compose, misread, opaque, read_word, script_pieces, tilded, unquoted
from cachemount.source import Excerpt, Span

# Names, numbers, options, paths and patterns of names, with blanks between them. A first word with `=` sets a variable.
_PLAIN = late(r"[\w./:@+,%*?^-]+(?:[ \t]+[\w./:@+,%*?^=-]+)*", re.ASCII)

WRITES = frozenset((">", ">|", "&>"))
APPENDS = frozenset((">>", "&>>"))
_MARKS = frozenset((*WRITES, *APPENDS, "<", "<&", ">&", "<&-", ">&-", "file_descriptor"))

Script = tuple[Excerpt, list[int]]


class Argument(Record, frozen=False, kw_only=False):
    """A word between two offsets of the grammar, and the nodes that it is glued together from."""

    start: int
    end: int
    nodes: list[Node]


class GrammarText(Record, frozen=False):
    """A script text: the excerpt it is, where something was left out, and where something was put in for the grammar.

    `prefixed` says of commands, by their beginning, where `!` or `time` stands before them, in offsets of the grammar.
    `misread` is set once a word of it was more than one, so that the grammar has misread it.
    """

    excerpt: Excerpt
    omitted: Sequence[int] = ()
    padding: Sequence[int] = ()
    prefixed: Mapping[int, int] = field(default_factory=dict)
    bodies: dict[int, Body] = field(default_factory=dict)
    misread: bool = False

    def at(self, byte: int) -> int:
        """Offset in the excerpt of an offset of the grammar."""
        return byte - bisect_left(self.padding, byte) if self.padding else byte

    def span(self, start: int, end: int) -> Span:
        """Source span of grammar offsets."""
        return self.excerpt.span(self.at(start), self.at(end))

    def raw(self, start: int, end: int) -> str:
        """Return the text between grammar offsets."""
        return self.excerpt.text[self.at(start) : self.at(end)]

    def whole(self, start: int, end: int) -> bool:
        """Return whether nothing was left out between two grammar offsets."""
        omitted = self.omitted
        return not omitted or bisect_right(omitted, self.at(start)) == bisect_left(omitted, self.at(end))

    def plain_words(self, leaf: Leaf) -> tuple[Word, ...]:
        """Return the words of a command in which nothing but blanks means anything to the shell; () of others."""
        node = leaf.node
        if node is None or node.type != "command" or leaf.redirects or self.padding:
            return ()
        excerpt, start = self.excerpt, node.start_byte
        text = excerpt.text[start : node.end_byte]
        if not _PLAIN.fullmatch(text):
            return ()
        words = []
        for word in text.replace("\t", " ").split(" "):
            if word:
                words.append(Word(word, word, False, excerpt, start))
            start += len(word) + 1
        return tuple(words)

    def word(self, argument: Argument) -> Word:
        """Return the word, its quotes removed."""
        first, last = argument.start, argument.end
        if self.padding:
            first, last = self.at(first), self.at(last)
        raw = self.excerpt.text[first:last]
        if unquoted(raw):
            return Word(raw, raw, tilded(raw), self.excerpt, first)
        ranges: list[tuple[int, int]] = []
        if opaque(raw):
            found = substitutions(argument.nodes)[0]
            for node in found:
                start, end = self.at(node.start_byte) - first, self.at(node.end_byte) - first
                # Between two of them in a string, a blank is taken for a part of the second.
                ranges.append((end - len(raw[start:end].lstrip()), end))
        self.misread = self.misread or misread(raw, ranges)
        return read_word(self.excerpt, raw, first, ranges)

    def assignment(self, argument: Argument) -> Assignment | None:
        """`NAME=value` as the grammar has it; None for an element of an array."""
        node, *glued = argument.nodes
        name, *rest = node.children
        if name.type != "variable_name" or not rest:
            return None
        text, start = self.raw(name.start_byte, name.end_byte), rest[0].end_byte
        value = self.word(Argument(start=start, end=max(start, argument.end), nodes=[*rest[1:], *glued]))
        if rest[0].type == "+=":
            value = replace(value, text=None, pieces=(Variable(name=text), *value.parts))
        elif len(rest) > 1 and rest[1].type == "array":
            value = replace(value, text=None, pieces=(None,))
        return Assignment(name=text, value=value, span=self.span(argument.start, argument.end))

    def given(self, word: Word, argument: Argument) -> Assignment:
        """Return the assignment in an argument `NAME=value`, as `env` and `sudo` take it."""
        name = word.raw.partition("=")[0]
        if not name.isidentifier():
            # In quotes from its beginning.
            name, _, text = (word.text or word.raw.strip("\"'")).partition("=")
            return Assignment(name=name, value=word.filled_in(text if word.text else None), span=word.span)
        value = self.word(replace(argument, start=argument.start + len(name) + 1))
        return Assignment(name=name, value=value, span=word.span)

    def script(self, argument: Argument) -> Script | None:
        """Return the script that a word holds, and where something was left out of it."""
        first = self.at(argument.start)
        pieces = script_pieces(self.raw(argument.start, argument.end))
        if pieces is None:
            return None
        excerpt, omitted = compose(self.excerpt, first, pieces)
        length = 0
        for piece in pieces:
            start, end = first + piece.start, first + piece.end
            inner = self.omitted[bisect_right(self.omitted, start) : bisect_left(self.omitted, end)]
            omitted += [length + hole - start for hole in inner]
            length += end - start
        return excerpt, sorted(set(omitted))

    def heredocs(self, leaf: Leaf) -> list[Body]:
        """Return the here-documents among the redirections of a leaf."""
        if not self.bodies:
            return []
        # A file descriptor may stand in front of the operator.
        places = [self.at(redirect.start_byte) + digits for redirect in leaf.redirects for digits in range(3)]
        return [self.bodies[place] for place in places if place in self.bodies]


def split(leaf: Leaf) -> tuple[list[Argument], list[Argument]]:
    """Return the assignments and the words of a simple command; add the redirections among them to the leaf's."""
    names: list[Argument] = []
    found: list[tuple[int, int, Node]] = []
    node = leaf.node
    if node is not None and node.type == "variable_assignment":
        names.append(_argument(node))
    elif node is not None:
        for child in node.children:
            kind = child.type
            if kind == "variable_assignment" and _names_variable(child):
                names.append(_argument(child))
            elif kind in REDIRECTS:
                if child not in leaf.redirects:
                    leaf.redirects.append(child)
            elif kind != "comment" and (end := child.end_byte) > (start := child.start_byte):
                found.append((start, end, child))
    if leaf.redirects:
        for redirect in leaf.redirects:
            if redirect.type == "file_redirect":
                # The grammar gives `> file a b` all three words; the shell gives the command the last two.
                found += [(child.start_byte, child.end_byte, child) for child in _words(redirect)[1]]
        found.sort(key=itemgetter(0))
    ends = {name.end: name for name in names}
    arguments: list[Argument] = []
    for start, end, child in found:
        name = ends.get(start) if ends else None
        before = arguments[-1] if arguments and arguments[-1].end == start else name
        if before is not None:
            # The grammar ends a word at the second variable of `$A-$B.c`, and what follows at the fourth.
            before.end = end
            if before is name:
                ends[end] = name
            before.nodes.append(child)
        else:
            arguments.append(Argument(start, end, [child]))
    return names, arguments


def _names_variable(assignment: Node) -> bool:
    """Return whether what the grammar takes for an assignment is one to the shell: `--name=value` is a word."""
    name = assignment.children[0]
    return name.type != "variable_name" or (name.text or b"")[:1] != b"-"


def _argument(node: Node) -> Argument:
    return Argument(node.start_byte, node.end_byte, [node])


def _words(redirect: Node) -> tuple[Argument | None, list[Node]]:
    """Return the word after the operator of a redirection, and the nodes after that word."""
    words = [child for child in redirect.children if child.type not in _MARKS]
    if not words:
        return None, []
    first = _argument(words[0])
    for number, child in enumerate(words[1:], 1):
        if child.start_byte != first.end:
            return first, words[number:]
        first.end = child.end_byte
        first.nodes.append(child)
    return first, []


def target(redirect: Node) -> tuple[str, Argument | None]:
    """Return the operator of a redirection and the word after it."""
    operator = ""
    for child in redirect.children:
        kind = child.type
        if kind in _MARKS and kind != "file_descriptor":
            operator = kind
    return operator, _words(redirect)[0]
