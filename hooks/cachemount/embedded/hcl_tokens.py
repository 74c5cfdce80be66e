"""The words of HCL: comments, strings, heredocs, names and signs, with where each of them ends.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#lexical-elements
"""

from __future__ import annotations

import re

from cachemount.embedded.model import UnreadableHostError
from cachemount.source import Span

TOKEN = re.compile(
    r"""(?P<comment>(?:\#|//)[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<heredoc><<(?P<indented>-?)(?P<label>[A-Za-z_][\w-]*)[ \t]*\r?\n)
    |(?P<string>")
    |(?P<name>[A-Za-z_][\w-]*)
    |(?P<space>\s+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = re.compile(r'\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[nrt"\\])')
_NAMED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def heredoc(text: str, at: int, label: str) -> tuple[Span, int]:
    """Return the body of a heredoc that begins at a line's start, and the offset where the text goes on.

    Raises `UnreadableHostError` where it is never closed.
    """
    end = re.compile(rf"^[ \t]*{re.escape(label)}(?=[ \t]*\r?$)", re.MULTILINE).search(text, at)
    if end is None:
        raise UnreadableHostError(f"the heredoc {label} is never closed", at)
    return Span(at, end.start()), end.end()


def margin(lines: list[str]) -> int:
    """Return how many characters `<<-` takes away from each line of a heredoc."""
    return min((len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()), default=0)


def string_end(text: str, at: int) -> int:
    """Return the place after the quote that closes a string; templates in it may hold strings of their own.

    Raises `UnreadableHostError` where it is never closed.
    """
    start = at
    # How deep in braces each string is, of those that are open.
    depths = [0]
    while at < len(text):
        if text.startswith(("$${", "%%{"), at) and not depths[-1]:
            at += 3
        elif text[at] == "\\" and not depths[-1]:
            at += 2
        elif text.startswith(("${", "%{"), at):
            depths[-1] += 1
            at += 2
        elif text[at] == '"':
            at += 1
            if depths[-1]:
                depths.append(0)
                continue
            depths.pop()
            if not depths:
                return at
        elif depths[-1] and text[at] in "{}":
            depths[-1] += 1 if text[at] == "{" else -1
            at += 1
        elif text[at] == "\n" and not depths[-1]:
            break
        else:
            at += 1
    raise UnreadableHostError("a string is never closed", start)


def unescaped(text: str) -> str:
    """Return what is between the quotes of a string, with its escapes undone."""
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(match: re.Match[str]) -> str:
    escape = match[0][1]
    return _NAMED[escape] if escape in _NAMED else chr(min(int(match[0][2:], 16), 0x10FFFF))
