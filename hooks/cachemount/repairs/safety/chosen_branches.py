"""Scripts that choose by their arguments what they do: `./run.sh build`, and loops that go through them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from cachemount.facts.script_functions import functions_apart
from cachemount.late_pattern import late
from cachemount.repairs.safety.reached_functions import without_uncalled

_CASE = late(r"(?m)^[ \t]*case[ \t]+[\"']?\$(?:1|\{1(?::?-[^{}]*)?\})[\"']?[ \t]+in\b")
_END = late(r"(?m)^[ \t]*esac\b[ \t]*;?")
_BRANCH = late(r"(?s)(?:\s|#[^\n]*\n)*\(?[ \t]*([^()\n]+?)[ \t]*\)(.*)")
# What may change the arguments before, goes through them or runs them; and branches that go on with the next one, or
# have others in them.
_OTHER_ARGUMENTS = late(r"(?m)\b(?:shift|getopts|eval|source|while|until|for)\b|\bset[ \t]+--|^[ \t]*\.[ \t]")
_RUNS_ARGUMENTS = late(r"(?m)(?:^|[;&|()]|\b(?:exec|do|then|else)\b)[ \t]*[\"']?\$(?:[@*1-9]|\{[@*1-9])")
_GOES_ON = late(r";;?&|\bcase\b|<<")
# `while [ $# -gt 0 ]; do case "$1" in`, up to the `done` that stands as far to the right.
_LOOP = late(
    r"(?ms)^(?P<gap>[ \t]*)while[ \t]+(?:\[\[?[ \t]+[\"']?\$(?:#|\{#\})[\"']?[ \t]+-(?:gt|ne)[ \t]+0[ \t]+\]\]?"
    r"|\(\([ \t]*\$#(?:[ \t]*>[ \t]*0)?[ \t]*\)\))\s*;?\s*do\b(?P<body>.*?)^(?P=gap)done\b"
)
_SETS = late(r"\bset[ \t]+--|\beval\b")


def chosen(text: str, told: Sequence[str]) -> str:
    """Return a script without what it does for other first arguments than that of `told`, as far as that is known."""
    first = told[0] if told else ""
    if not first or not _CASE.search(text):
        return text
    outside, functions = functions_apart(text)
    cases = [*_CASE.finditer(outside)]
    end = _END.search(outside, cases[0].end()) if len(cases) == 1 else None
    if end is None or _RUNS_ARGUMENTS.search(outside) or _OTHER_ARGUMENTS.search(outside[: cases[0].start()]):
        return text
    inside = outside[cases[0].end() : end.start()]
    branches = [_BRANCH.fullmatch(one) for one in inside.split(";;") if one.strip()]
    if _GOES_ON.search(inside) or not all(one is not None and not re.search(r"[$`\\]", one[1]) for one in branches):
        return text
    bodies = (one[2] for one in branches if one is not None and _is_meant(one[1], first))
    rest = f"{outside[: cases[0].start()]}\n{next(bodies, ':')}\n{outside[end.end() :]}"
    return without_uncalled(["\n".join((*functions, rest))])[0]


def chosen_in_loop(text: str, told: Sequence[str]) -> str:
    """Return a script without what its loop over the arguments does for others than those of `told`.

    All of these have to be known.
    """
    loop = _LOOP.search(text)
    if loop is None or "" in told or any("$" in one for one in told) or _SETS.search(text[: loop.start()]):
        return text
    kept: list[str] = []
    if told:
        body = loop["body"]
        case, end = _CASE.search(body), _END.search(body)
        if case is None or end is None or _GOES_ON.search(body[case.end() :]):
            return text
        branches = [_BRANCH.fullmatch(one) for one in body[case.end() : end.start()].split(";;") if one.strip()]
        if not all(branches):
            return text
        kept = [one[2] for one in branches if one is not None and any(_is_meant(one[1], word) for word in told)]
        kept = [body[: case.start()], *kept, body[end.end() :]]
    return "\n".join((text[: loop.start()], *kept, text[loop.end() :]))


def _is_meant(patterns: str, word: str) -> bool:
    return any(fnmatchcase(word, one.strip(" \t\"'")) for one in patterns.split("|"))
