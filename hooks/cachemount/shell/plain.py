"""The short way for plain scripts: words, quoted or with variables, joined by `&&` and `;`; no redirections.

Most RUN instructions are such. What it reads, the grammar reads in the same way: a test compares the two.
"""

from __future__ import annotations

import re

from cachemount.shell.model import Chain, Command, Operator, Script, Word
from cachemount.shell.peeling import changes_meaning
from cachemount.shell.scope import MOVES, Scope
from cachemount.shell.words import parts, tilded
from cachemount.source import Excerpt, Span

_BARE = r"A-Za-z0-9_./:=@%+,^~*?\-"
_NOT_BARE = r"""'[^'\n]*'|"[^"$`\\\n]*"|\$[A-Za-z_]\w*(?!\w)|\$\{[A-Za-z_]\w*\}"""
_SCRIPT = re.compile(rf"[{_BARE} \t]*(?:(?:&&|;|{_NOT_BARE})[{_BARE} \t]*)*", re.ASCII)
_TOKEN = re.compile(rf"&&|;|(?=[^&; \t])[{_BARE}]*(?:(?:{_NOT_BARE})[{_BARE}]*)*", re.ASCII)
_QUOTES = re.compile(r"['\"$]")
_PROGRAM = re.compile(r"[A-Za-z0-9_./+:-]+")
# What begins something else than a simple command, or sets variables, or only asks.
_SPECIAL = frozenset(
    ("case", "coproc", "declare", "do", "done", "elif", "else", "esac", "export", "fi", "find", "for",
     "function", "if", "in", "let", "local", "readonly", "select", "test", "then", "time", "typeset", "unset",
     "unsetenv", "until", "while")
)  # fmt: skip


def read_plain(excerpt: Excerpt) -> Script | None:
    """The commands of a script if it is plain, else None."""
    text = excerpt.text
    if _SCRIPT.fullmatch(text) is None:
        return None
    quotes = _QUOTES.search(text) is not None
    scope = Scope()
    variables = scope.variables
    commands: list[Command] = []
    places: list[Span] = []
    operators: list[Operator] = []
    seams: list[Span] = []
    words: list[Word] = []
    start = end = 0

    def finish() -> bool:
        """Make a command of the words so far; False where it is more than a simple one."""
        if not words or _is_special(words[0].raw):
            return False
        command = Command(
            words=tuple(words), span=excerpt.span(start, end), exports=variables, directory=scope.directory
        )
        commands.append(command)
        places.append(Span(start, end))
        if command.program in MOVES:
            scope.change_directory(command.program, command.words[1:])
        words.clear()
        return True

    for match in _TOKEN.finditer(text):
        raw = match[0]
        first, last = match.span()
        if raw in ("&&", ";"):
            if not finish():
                return None
            seams.append(Span(first, last))
            operators.append(Operator(text=raw, span=excerpt.span(first, last)))
            continue
        if "=" in raw and words and words[-1].raw.endswith("-"):
            # The grammar passes over some dashes there; what it makes of the script decides.
            return None
        if not words:
            start = first
        end = last
        words.append(
            Word(span=excerpt.span(first, last), raw=raw, parts=parts(raw) if quotes else (raw,), tilde=tilded(raw))
        )
    if not finish():
        return None
    chain = Chain(
        items=tuple([command.span for command in commands]),
        members=tuple(commands),
        operators=tuple(operators),
        excerpt=excerpt,
        places=tuple(places),
        seams=tuple(seams),
        final=True,
    )
    return Script(commands=tuple(commands), chains=(chain,))


def _is_special(word: str) -> bool:
    return _PROGRAM.fullmatch(word) is None or word in _SPECIAL or changes_meaning(word)
