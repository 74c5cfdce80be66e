"""The short way for plain scripts: simple commands joined by `&&`, `||`, `;` and `|`, with redirections to files.

Most RUN instructions are such. What it reads, the grammar reads in the same way: a test compares the two. All else is
left to the grammar: blocks, conditions, substitutions in others, here-documents, and what the grammar has ideas of its
own about.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cachemount.shell.effects import follow, surroundings
from cachemount.shell.launchers.unwrap import Peeled, changes_meaning, executed, peel
from cachemount.shell.model import Chain, Command, Script
from cachemount.shell.scope import ASKS, MOVES, Paths, Scope
from cachemount.shell.simple import NotPlainError, Simple, assignment, simple_commands
from cachemount.shell.statements import dashed
from cachemount.source import Excerpt, Span, new_span

_PROGRAM = re.compile(r"[A-Za-z0-9_./+:-]+")
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
# What begins something else than a simple command, or sets variables.
_SPECIAL = frozenset(
    ("-", "case", "coproc", "declare", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in", "let",
     "local", "readonly", "select", "then", "time", "typeset", "unset", "unsetenv", "until", "while")
)  # fmt: skip
_NO_WRAPPER = Peeled()
# Most programs do not, which is seen at once.
_ASKING = tuple(ASKS)


def read_plain(excerpt: Excerpt) -> Script | None:
    """The commands of a script if it is plain, else None."""
    text = excerpt.text
    # Plain in single quotes alone, which is rare.
    if "`" in text or dashed(text):
        return None
    try:
        return _Reader(excerpt).read()
    except NotPlainError:
        return None


class _Reader:
    def __init__(self, excerpt: Excerpt) -> None:
        self._excerpt = excerpt
        self._commands: list[Command] = []
        self._members: list[Command | None] = []
        self._places: list[Span] = []

    def read(self) -> Script:
        excerpt = self._excerpt
        operators: list[str] = []
        seams: list[Span] = []
        paths = Paths(Scope())
        for leaves, separator in simple_commands(excerpt):
            scope, conditional = paths.enter(operators[-1] if operators else "")
            member = self._item(leaves, scope, conditional=conditional)
            paths.leave(asked=_asks(member))
            self._members.append(member)
            self._places.append(new_span((leaves[0].start, leaves[-1].end)))
            if separator is not None:
                operators.append(separator[0])
                seams.append(new_span(separator.span()))
        if not self._places:
            raise NotPlainError
        if len(operators) == len(self._places):
            if operators.pop() != ";":
                raise NotPlainError
            seams.pop()
        chain = Chain(
            members=tuple(self._members),
            operators=tuple(operators),
            excerpt=excerpt,
            places=tuple(self._places),
            seams=tuple(seams),
            final=True,
        )
        return Script(commands=tuple(self._commands), chains=(chain,))

    def _item(self, leaves: list[Simple], scope: Scope, *, conditional: bool) -> Command | None:
        """Read an item of a list: a command, or a pipeline, each of whose commands has a shell of its own."""
        if len(leaves) == 1:
            return self._command(leaves[0], scope, None, conditional=conditional)
        fed: Simple | None = None
        for leaf in leaves:
            self._command(leaf, scope.copy(), fed, conditional=conditional)
            fed = leaf
        return None

    def _substituted(self, place: tuple[int, int], scope: Scope, *, conditional: bool) -> None:
        """Read the commands of a substitution."""
        paths, operator = Paths(scope), ""
        before = len(self._commands)
        for leaves, separator in simple_commands(self._excerpt, place):
            branch, unsure = paths.enter(operator)
            member = self._item(leaves, branch, conditional=conditional or unsure)
            paths.leave(asked=_asks(member))
            operator = "" if separator is None else separator[0]
        if operator or len(self._commands) == before:
            raise NotPlainError
        for command in self._commands[before:]:
            command.editable = False

    def _command(self, leaf: Simple, scope: Scope, fed: Simple | None, *, conditional: bool) -> Command:
        kind = _kind(leaf.words[0].raw) if leaf.words else "export"
        peeled = None
        if kind:
            if kind == "wrapper":
                peeled = _peeled(leaf, fed)
            elif kind == "find" and executed(leaf.words):
                raise NotPlainError
            elif kind == "export" and leaf.words:
                _declare(leaf)
        command = Command(
            tuple(leaf.words),
            self._excerpt.span(leaf.start, leaf.end),
            tuple(leaf.assignments),
            scope.variables,
            directory=scope.directory,
            conditional=conditional,
            outputs=tuple(leaf.outputs),
            appends=tuple(leaf.appends),
        )
        self._commands.append(command)
        for place in leaf.inner:
            self._substituted(place, scope.copy(), conditional=conditional)
        if peeled is not None:
            command.directory, command.exports = surroundings(peeled, leaf.words, scope)
            command.words = command.words[peeled.first :]
            command.wrappers, command.user, command.bare = tuple(peeled.names), peeled.user, peeled.bare
            follow(command, peeled.names, scope, {})
        elif kind == "export":
            for each in leaf.assignments:
                scope.assign(each.name, scope.value(each.value))
        elif kind == "moving":
            follow(command, (), scope, {})
        return command


def _asks(member: Command | None) -> bool:
    """Whether an item does nothing but ask."""
    return (
        member is not None and member.words != () and member.words[0].raw.endswith(_ASKING) and member.program in ASKS
    )


@lru_cache(maxsize=1024)
def _kind(program: str) -> str:
    """What a program needs besides making a command of it: nothing for most."""
    if _PROGRAM.fullmatch(program) is None or program in _SPECIAL:
        raise NotPlainError
    if program == "export":
        return "export"
    if changes_meaning(program):
        return "wrapper"
    name = program.rsplit("/", 1)[-1]
    return "moving" if name in MOVES else "find" if name == "find" else ""


def _declare(leaf: Simple) -> None:
    """Tell the names from the assignments of an `export`."""
    if leaf.assignments:
        raise NotPlainError
    words = leaf.words[:1]
    for word in leaf.words[1:]:
        if "=" in word.raw:
            leaf.assignments.append(assignment(word))
        elif _NAME.fullmatch(word.raw) is not None:
            words.append(word)
        else:
            raise NotPlainError
    leaf.words = words


def _peeled(leaf: Simple, fed: Simple | None) -> Peeled:
    """The command without its wrappers, unless it reads a script."""
    peeled = peel(leaf.words)
    sent = fed.words[0].raw if fed is not None and fed.words else ""
    if peeled.script is not None or (peeled.stdin and sent.endswith(("echo", "cat"))):
        raise NotPlainError
    leaf.assignments += [assignment(leaf.words[index]) for index in peeled.assignments]
    if peeled.first >= len(leaf.words):
        return _NO_WRAPPER
    program = leaf.words[peeled.first]
    if program.text is None or program.text.endswith("find"):
        raise NotPlainError
    return peeled
