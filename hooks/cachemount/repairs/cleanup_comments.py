"""Comments that stand directly above a removed clean-up and say what it does: they go with it."""

from __future__ import annotations

from cachemount.late_pattern import late
from cachemount.source import Span

_COMMENT = late(r"[ \t]*#(.*?)[ \t]*\r?\n")
_ABOUT_CLEANING = late(
    r"(?i)\b(?:clean(?:s|ed|ing|-?up)?|clear(?:s|ed|ing)?|remov(?:e|es|ed|ing)|delet(?:e|es|ed|ing)|purg(?:e|es|ed|ing)"
    r"|tidy|prune|shrink|slim|reduce|small(?:er)?|size|cache[sd]?|lists)\b"
)
# A command or a name that somebody may want back.
_CODE = late(r"\\\s*\Z|\A\s*(?:&&|\|\||;)|\A\s*[\w.+-]+\s*\Z")


def comment_above(text: str, removed: Span) -> Span | None:
    """Return the comment lines right above removed lines, if they are about cleaning; None where they are not.

    The span begins and ends in the same way as that of the removed lines: with the line feed in front, or with that
    of the last line.
    """
    newline = next((one for one in ("\r\n", "\n") if text.startswith(one, removed.start)), "")
    at = removed.start + len(newline)
    if at and text[at - 1] != "\n":
        return None
    start = at
    said: list[str] = []
    while start:
        line = text.rfind("\n", 0, start - 1) + 1
        match = _COMMENT.fullmatch(text, line, start)
        if match is None:
            break
        said.append(match[1])
        start = line
    about = any(map(_ABOUT_CLEANING.search, said)) and not any(one and _CODE.search(one) for one in said)
    if not about or start == 0:
        return None
    return Span(start - len(newline), at - len(newline))
