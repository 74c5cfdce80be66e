"""Changing texts: bytes, lines, tokens, and pieces of other texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
# What readers treat in a way of its own.
SPECIAL = (
    "\\", "\\\n", "`", "`\n", "\n", "\r\n", "\r", "\t", " ", "  ", "\ufeff", "\x00", "\x85", "\xa0", "\u2028", "\x1c",
    "\udcff", "\udc85", "é", "\U0001f600", "#", "# c\n", "\n# c\n", "\n\n", "'", '"', "$", "${", "}", "$(", ")", "(", "{",
    "&&", "||", ";", "|", "&", "<<", "<<EOF", "<<-EOF\n", "\nEOF\n", "<<<", ">", ">>", "[", "]", ",", "=", "--", "-", "*",
    "~", "{{", "{%", "%}", "}}", "!", "RUN ", "\nRUN ", "\nFROM ", " AS ", "ENV ", "ARG ", "ONBUILD ", "SHELL ", "USER ",
    "--mount=", "--mount=type=cache,target=", "type=cache", "target=", "sharing=locked", "id=", "uid=0", "sudo ", "env ",
    "sh -c '", "# cachemount: ignore[", "# escape=`\n", "# syntax=", "if ", "then ", "fi", "done", "do ", "case ", "esac",
    "rm -rf ", "/root/.cache", "apt-get ", "pip ", "install ", "2>&1", "$$", "\\\\", '\\"', "\n\n\n",
)  # fmt: skip


def mutate(rng: Random, text: str, others: Sequence[str]) -> str:
    """Return the text with one to a few changes."""
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        text = rng.choice(_CHANGES)(rng, text, others)
    return text


def _span(rng: Random, size: int, longest: int) -> tuple[int, int]:
    start = rng.randint(0, size)
    return start, min(size, start + rng.randint(1, longest))


def _delete(rng: Random, text: str, _: Sequence[str]) -> str:
    start, end = _span(rng, len(text), 12)
    return text[:start] + text[end:]


def _insert(rng: Random, text: str, _: Sequence[str]) -> str:
    at = rng.randint(0, len(text))
    return text[:at] + rng.choice(SPECIAL) + text[at:]


def _replace(rng: Random, text: str, _: Sequence[str]) -> str:
    start, end = _span(rng, len(text), 3)
    return text[:start] + rng.choice(SPECIAL) + text[end:]


def _repeat(rng: Random, text: str, _: Sequence[str]) -> str:
    start, end = _span(rng, len(text), 20)
    return text[:end] + text[start:end] * rng.randint(1, 3) + text[end:]


def _byte(rng: Random, text: str, _: Sequence[str]) -> str:
    """Another byte, which may be no UTF-8."""
    data = bytearray(text.encode("utf-8", "surrogateescape"))
    if not data:
        return text
    data[rng.randrange(len(data))] = rng.randrange(256)
    return data.decode("utf-8", "surrogateescape")


def _lines(change: Callable[[Random, list[str]], None]) -> Callable[[Random, str, Sequence[str]], str]:
    def changed(rng: Random, text: str, _: Sequence[str]) -> str:
        lines = text.split("\n")
        change(rng, lines)
        return "\n".join(lines)

    return changed


def _drop_line(rng: Random, lines: list[str]) -> None:
    del lines[rng.randrange(len(lines))]


def _double_line(rng: Random, lines: list[str]) -> None:
    lines.insert(rng.randint(0, len(lines)), rng.choice(lines))


def _swap_lines(rng: Random, lines: list[str]) -> None:
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _join_lines(rng: Random, lines: list[str]) -> None:
    at = rng.randrange(len(lines))
    lines[at : at + 2] = ["".join(lines[at : at + 2])]


def _tokens(rng: Random, text: str, _: Sequence[str]) -> str:
    tokens = _TOKEN.findall(text)
    if len(tokens) < 2:
        return text
    one, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
    way = rng.randrange(3)
    if way == 0:
        del tokens[one]
    elif way == 1:
        tokens[one], tokens[other] = tokens[other], tokens[one]
    else:
        tokens.insert(one, tokens[other])
    return "".join(tokens)


def _splice(rng: Random, text: str, others: Sequence[str]) -> str:
    """Return a few lines of another text."""
    other = rng.choice(others).split("\n") if others else [""]
    start = rng.randrange(len(other))
    lines = text.split("\n")
    at = rng.randint(0, len(lines))
    lines[at:at] = other[start : start + rng.randint(1, 4)]
    return "\n".join(lines)


def _cross(rng: Random, text: str, others: Sequence[str]) -> str:
    """Return the beginning of one and the end of another."""
    other = rng.choice(others) if others else ""
    return text[: rng.randint(0, len(text))] + other[rng.randint(0, len(other)) :]


def _line_ends(rng: Random, text: str, _: Sequence[str]) -> str:
    if "\r\n" in text and rng.random() < 0.5:
        return text.replace("\r\n", "\n")
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def _escape(_: Random, text: str, __: Sequence[str]) -> str:
    return "# escape=`\n" + text.replace("\\\n", "`\n").replace("\\\r\n", "`\r\n")


def _case(rng: Random, text: str, _: Sequence[str]) -> str:
    start, end = _span(rng, len(text), 8)
    return text[:start] + text[start:end].swapcase() + text[end:]


_CHANGES: tuple[Callable[[Random, str, Sequence[str]], str], ...] = (
    _delete, _delete, _insert, _insert, _insert, _replace, _replace, _repeat, _byte, _tokens, _tokens, _splice, _splice,
    _cross, _line_ends, _escape, _case,
    _lines(_drop_line), _lines(_double_line), _lines(_swap_lines), _lines(_join_lines),
)  # fmt: skip
