"""The short way for plain scripts: simple commands joined by `&&`, `||`, `;` and `|`, with redirections to files.

Most RUN instructions are such. What it reads, the grammar reads in the same way: a test compares the two. All else is
left to the grammar: blocks, conditions, substitutions, here-documents, and what the grammar has ideas of its own about.
"""

from __future__ import annotations

import re

from cachemount.shell.effects import follow, surroundings
from cachemount.shell.model import Assignment, Chain, Command, Operator, Script, Word
from cachemount.shell.peeling import Peeled, changes_meaning, executed, peel
from cachemount.shell.scope import ASKS, Paths, Scope
from cachemount.shell.statements import dashed
from cachemount.shell.words import parts, tilded
from cachemount.source import Excerpt, Span

_BARE = r"A-Za-z0-9_./:=@%+,^~*?\-"
_VARIABLE = r"\$[A-Za-z_]\w*(?!\w)|\$\{[A-Za-z_]\w*\}"
_TEXT = r'[^"$`\\\n]*'
_QUOTED = rf"""'[^'\n]*'|"{_TEXT}(?:(?:\\[^\s`]|{_VARIABLE}){_TEXT})*"|{_VARIABLE}"""
_PIECES = rf"(?:(?:{_QUOTED})[{_BARE}#]*)+"
_TOKEN = re.compile(
    rf"(&&|\|\|?|;)|([12]?>(?:>|&[12](?![^\s;&|]))?|&>>?)|[{_BARE}][{_BARE}#]*({_PIECES})?|({_PIECES})|([^ \t])",
    re.ASCII,
)
# The groups of a token; a word without quotes and variables is in none.
_OPERATOR, _REDIRECTION, _OTHER = 1, 2, 5
_PROGRAM = re.compile(r"[A-Za-z0-9_./+:-]+")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=", re.ASCII)
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
# What begins something else than a simple command, or sets variables.
_SPECIAL = frozenset(
    ("-", "case", "coproc", "declare", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in", "let",
     "local", "readonly", "select", "then", "time", "typeset", "unset", "unsetenv", "until", "while")
)  # fmt: skip
_NOWHERE = Span(0, 0)


class _NotPlainError(Exception):
    """Only the grammar can read it."""


class _Simple:
    """A simple command as it is written: the words in source order, its place in the source and in the text."""

    __slots__ = ("appends", "assignments", "end", "outputs", "place", "redirected", "start", "words")

    def __init__(self, start: int, place: int) -> None:
        self.words: list[Word] = []
        self.assignments: list[Assignment] = []
        self.outputs: list[Word] = []
        self.appends: list[Word] = []
        self.redirected = False
        self.start = self.end = start
        self.place = Span(place, place)


def read_plain(excerpt: Excerpt) -> Script | None:
    """The commands of a script if it is plain, else None."""
    if dashed(excerpt.text):
        return None
    try:
        return _Reader(excerpt).read()
    except _NotPlainError:
        return None


class _Reader:
    def __init__(self, excerpt: Excerpt) -> None:
        self._excerpt = excerpt
        self._scope = Scope()
        self._paths = Paths(self._scope)
        self._commands: list[Command] = []
        self._items: list[Span] = []
        self._members: list[Command | None] = []
        self._places: list[Span] = []

    def read(self) -> Script:  # noqa: PLR0915
        excerpt = self._excerpt
        text, starts, offsets = excerpt.text, (*excerpt.starts[1:], len(excerpt.text) + 1), excerpt.offsets
        piece, limit, shift = 0, starts[0], offsets[0]
        operators: list[Operator] = []
        seams: list[Span] = []
        leaves: list[_Simple] = []
        leaf: _Simple | None = None
        # Where the word behind a redirection goes; `written` itself takes it when nobody asks for it.
        target: list[Word] | None = None
        before = ""
        for match in _TOKEN.finditer(text):
            first, last = match.span()
            kind = match.lastindex
            while first >= limit:
                shift = offsets[piece + 1] - limit
                piece += 1
                limit = starts[piece]
            span = Span(first + shift, last + shift) if last <= limit else excerpt.span(first, last)
            raw = match[0]
            if kind == _OPERATOR:
                if leaf is None or target is not None:
                    raise _NotPlainError
                leaves.append(leaf)
                leaf = None
                if raw != "|":
                    self._item(leaves, before)
                    leaves = []
                    before = raw
                    operators.append(Operator(text=raw, span=span))
                    seams.append(Span(first, last))
                continue
            if kind == _OTHER:
                raise _NotPlainError
            if kind == _REDIRECTION:
                if leaf is None or not leaf.words or target is not None or text[first - 1] not in " \t":
                    raise _NotPlainError
                if leaf.words[-1].raw[-1] == "-":
                    raise _NotPlainError
                leaf.redirected = True
                if raw[-1] == ">":
                    target = leaf.appends if raw.endswith(">>") else leaf.outputs
            else:
                word = Word(span=span, raw=raw, parts=(raw,) if kind is None else parts(raw), tilde=tilded(raw))
                if leaf is None:
                    leaf = _Simple(span.start, first)
                if target is not None:
                    target.append(word)
                    target = None
                elif leaf.redirected:
                    raise _NotPlainError
                elif not leaf.words and "=" in raw:
                    if leaf.assignments and "$" in leaf.assignments[-1].value.raw:
                        # The grammar may take the second one for a command.
                        raise _NotPlainError
                    leaf.assignments.append(_assignment(word))
                elif "=" in raw and leaf.words[-1].raw[-1] == "-":
                    # The grammar passes over some dashes there; what it makes of the script decides.
                    raise _NotPlainError
                else:
                    leaf.words.append(word)
            leaf.end = span.end
            leaf.place = Span(leaf.place.start, last)
        if target is not None:
            raise _NotPlainError
        if leaf is not None:
            leaves.append(leaf)
            self._item(leaves, before)
        elif leaves or before != ";":
            raise _NotPlainError
        else:
            operators.pop()
            seams.pop()
        chain = Chain(
            items=tuple(self._items),
            members=tuple(self._members),
            operators=tuple(operators),
            excerpt=excerpt,
            places=tuple(self._places),
            seams=tuple(seams),
            final=True,
        )
        return Script(commands=tuple(self._commands), chains=(chain,))

    def _item(self, leaves: list[_Simple], operator: str) -> None:
        """Read an item of the list: a command, or a pipeline, each of whose commands has a shell of its own."""
        scope, conditional = self._paths.enter(operator)
        first = last = leaves[0]
        if len(leaves) == 1:
            member = self._command(first, scope, None, conditional=conditional)
            self._members.append(member)
            self._items.append(member.span)
            self._places.append(first.place)
            self._paths.leave(asked=member.program in ASKS)
            return
        fed: _Simple | None = None
        for leaf in leaves:
            self._command(leaf, scope.copy(), fed, conditional=conditional)
            fed = last = leaf
        self._members.append(None)
        self._items.append(Span(first.start, last.end))
        self._places.append(Span(first.place.start, last.place.end))
        self._paths.leave(asked=False)

    def _command(self, leaf: _Simple, scope: Scope, fed: _Simple | None, *, conditional: bool) -> Command:
        words, assignments = leaf.words, leaf.assignments
        peeled: Peeled | None = None
        directory, variables = scope.directory, scope.variables
        exporting = not words
        if words:
            program = words[0].raw
            if _PROGRAM.fullmatch(program) is None or program in _SPECIAL:
                raise _NotPlainError
            if program == "export":
                exporting = True
                _declare(leaf)
            elif changes_meaning(program):
                peeled = _peeled(leaf, fed)
                directory, variables = surroundings(peeled, words, scope)
            if program.endswith("find") and executed(words):
                raise _NotPlainError
        command = Command(
            words=tuple(leaf.words if peeled is None else words[peeled.first :]),
            span=Span(leaf.start, leaf.end),
            assignments=tuple(assignments),
            exports=variables,
            wrappers=() if peeled is None else tuple(peeled.names),
            directory=directory,
            user="" if peeled is None else peeled.user,
            bare=peeled is not None and peeled.bare,
            conditional=conditional,
            outputs=tuple(leaf.outputs),
            appends=tuple(leaf.appends),
        )
        self._commands.append(command)
        if exporting:
            for assignment in assignments:
                scope.assign(assignment.name, scope.value(assignment.value))
        else:
            follow(command, () if peeled is None else peeled.names, scope, {})
        return command


def _assignment(word: Word) -> Assignment:
    """`NAME=value`, which has been read as a word."""
    match = _ASSIGNMENT.match(word.raw)
    # Without a value, or on two lines, the place of the value is for others to find.
    if match is None or match.end() == len(word.raw) or word.span.end - word.span.start != len(word.raw):
        raise _NotPlainError
    raw = word.raw[match.end() :]
    value = Word(span=Span(word.span.start + match.end(), word.span.end), raw=raw, parts=parts(raw), tilde=tilded(raw))
    return Assignment(name=match[1], value=value, span=word.span)


def _declare(leaf: _Simple) -> None:
    """Tell the names from the assignments of an `export`."""
    if leaf.assignments:
        raise _NotPlainError
    words = leaf.words[:1]
    for word in leaf.words[1:]:
        if "=" in word.raw:
            leaf.assignments.append(_assignment(word))
        elif _NAME.fullmatch(word.raw) is not None:
            words.append(word)
        else:
            raise _NotPlainError
    leaf.words = words


def _peeled(leaf: _Simple, fed: _Simple | None) -> Peeled:
    """The command without its wrappers, unless it reads a script."""
    peeled = peel(leaf.words)
    sent = fed.words[0].raw if fed is not None and fed.words else ""
    if peeled.script is not None or (peeled.stdin and sent.endswith(("echo", "cat"))):
        raise _NotPlainError
    leaf.assignments += [_assignment(leaf.words[index]) for index in peeled.assignments]
    if peeled.first >= len(leaf.words):
        return Peeled()
    program = leaf.words[peeled.first]
    if program.text is None or program.text.endswith("find"):
        raise _NotPlainError
    return peeled
