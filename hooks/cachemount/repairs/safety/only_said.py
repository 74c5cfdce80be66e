"""What scripts and build files only say, in comments and in messages to people: it installs nothing."""

from __future__ import annotations

from cachemount.late_pattern import late

# To the end of the line, where all quotes before it are closed. A recipe of make may hide it with `@`.
_COMMENT = late(
    r"(?m)^((?:[^\n\"'\\#]|\\.|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|(?<=[^\s;&|(){}@])#)*)"
    r"(?:(?<=[\s;&|(){}])|(?<=^\t[@+-])|(?<![^\n]))#[^\n]*"
)
_STARTS = r"((?:^|[;&|(){}@]|\b(?:then|else|do)\b)[ \t]*)"
# Functions are called so that take one text; one that takes a command may run it.
_TALKS = (
    r"(?:(?:echo|printf)(?=[ \t])|(?:(?:echo|log|print|show)_)?(?:log|info|warn(?:ing)?|err(?:or)?|die|fail|fatal|abort"
    r"|msg|say|note)(?=[ \t]+[\"'][^\n\"' ]* ))"
)
# A name in capital letters is a variable of make.
_HELD = r"\$\([A-Z]\w*\)|\$(?!\()"
_WORD = rf"(?:\"(?:[^\"`$\\]|\\.|{_HELD})*\"|'[^'\n]*'|\\.|{_HELD}|[^\s\"'`$\\;&|<>()])+"
_TO_PEOPLE = r"[12]?>(?:&[12]|[ \t]*/dev/(?:stderr|tty))"
_MESSAGE = late(
    r"(?m)\$\((?:call|error|info|warning)\s(?:[^()\n]|\([^()\n]*\))*\)"
    rf"|{_STARTS}{_TALKS}(?:[ \t]+{_WORD})+(?=[ \t]*(?:$|[;&}})]|\|\||{_TO_PEOPLE}))"
    rf"|\bcat(?:[ \t]+-)?[ \t]*(?:{_TO_PEOPLE}[ \t]*)?<<-?[ \t]*[\"'\\]?([\w-]+)[\"']?[ \t]*(?:{_TO_PEOPLE}[ \t]*)?"
    r"(?:(?:;|&&|\|\|)[ \t]*(?:exit|return)\b[^\n;&|]*)?\n(?s:.{0,4000}?)\n[ \t]*\2\b",
)


def without_comments(text: str) -> str:
    """Return a script, or a build file, without its comments, as far as quotes show where they begin."""
    return _COMMENT.sub(r"\1", text)


def without_said(text: str) -> str:
    """Return a script, or a build file, without its comments and without what it prints for people."""
    return _MESSAGE.sub(r"\1 ", without_comments(text))
