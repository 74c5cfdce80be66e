"""The functions of a shell script, found by how they are laid out."""

from __future__ import annotations

from cachemount.late_pattern import late
from cachemount.source import Span

# In one line, or from the line of its name to the brace that stands as far to the right.
FUNCTION = late(
    r"(?ms)^(?P<gap>[ \t]*)(?:function[ \t]+([\w-]+)(?:[ \t]*\(\))?|([\w-]+)[ \t]*\(\))\s*(?:(?P<brace>\{)|\()"
    r"(?:[^\n]*(?(brace)[;&][ \t]*\}|\))[ \t]*$"
    r"|[ \t]*(?:#[^\n]*)?\n.*?^(?P=gap)(?(brace)\}|\))(?![^\n;&|]*[;&|])[^\n]*$)"
)
_ANYTHING = late(r"[^\n]")


def functions_apart(text: str) -> tuple[str, list[str]]:
    """Return a script's text without its functions, and the texts of those."""
    return FUNCTION.sub("", text), [one[0] for one in FUNCTION.finditer(text)]


def outside_functions(text: str) -> str:
    """Return a script's text with blanks in the place of its functions: all else stays where it is."""
    return FUNCTION.sub(lambda one: blank(one[0]), text)


def bodies(text: str) -> dict[str, Span]:
    """Return where the bodies of a script's functions are, by their names; of one that is there twice the last."""
    return {
        one[2] or one[3]: Span(one.end("brace"), one.start() + one[0].rindex("}"))
        for one in FUNCTION.finditer(text)
        if one["brace"]
    }


def blank(text: str) -> str:
    """Return as many blanks as a text has characters; its lines stay."""
    return _ANYTHING.sub(" ", text)
