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
# `for one in "$@"; do case "$one" in`.
_FOR = late(
    r"(?ms)^(?P<gap>[ \t]*)for[ \t]+(?P<name>\w+)(?:[ \t]+in[ \t]+(?:\"\$@\"|\$[@*]))?[ \t]*;?\s*do\b(?P<body>.*?)"
    r"^(?P=gap)done\b"
)
_SETS = late(r"\bset[ \t]+--|\beval\b")
_SETS_WORDS = late(r"\bset[ \t]+(?![-+][a-z]|[-+]?o[ \t])|\beval\b|\bsource\b|(?m:^[ \t]*\.[ \t])")


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
    if loop is None:
        return _chosen_in_for(text, told)
    if "" in told or any("$" in one for one in told) or _SETS.search(text[: loop.start()]):
        return text
    kept: list[str] = []
    if told:
        body = loop["body"]
        case, end = _CASE.search(body), _END.search(body)
        if case is None or end is None or _GOES_ON.search(body[case.end() :]):
            return text
        branches = _branches_for(body[case.end() : end.start()], told)
        if branches is None:
            return text
        kept = [body[: case.start()], *branches, body[end.end() :]]
    return "\n".join((text[: loop.start()], *kept, text[loop.end() :]))


def _chosen_in_for(text: str, told: Sequence[str]) -> str:
    """Return a script without what a loop over all arguments does for others, and the functions for those."""
    if not _FOR.search(text) or not told or any(not one or "$" in one for one in told):
        return text
    outside, functions = functions_apart(text)
    loop = _FOR.search(outside)
    if loop is None or _SETS_WORDS.search(outside[: loop.start()]):
        return text
    body = loop["body"]
    case, end = _case_of(loop["name"], body), _END.search(body)
    if case is None or end is None or _GOES_ON.search(body[case.end() :]):
        return text
    branches = _branches_for(body[case.end() : end.start()], told)
    if branches is None:
        return text
    kept = (outside[: loop.start()], body[: case.start()], *branches, body[end.end() :], outside[loop.end() :])
    return without_uncalled(["\n".join((*functions, *kept))])[0]


def _branches_for(inside: str, told: Sequence[str]) -> list[str] | None:
    """Return what the branches of a `case` do for one of some words; None where one is not read."""
    branches = [_BRANCH.fullmatch(one) for one in inside.split(";;") if one.strip()]
    # What a variable in a pattern is, is not known.
    if not all(one is not None and not re.search(r"[$`\\]", one[1]) for one in branches):
        return None
    return [one[2] for one in branches if one is not None and any(_is_meant(one[1], word) for word in told)]


def _case_of(name: str, body: str) -> re.Match[str] | None:
    """Return where a loop chooses by its variable, which has what it goes through; None where it may have more."""
    found = re.search(rf"(?m)^[ \t]*case[ \t]+[\"']?\$(?:{name}\b|\{{{name}\}})[\"']?[ \t]+in\b", body)
    return None if found is None or re.search(rf"\b{name}=|\bread\b", body[: found.start()]) else found


def _is_meant(patterns: str, word: str) -> bool:
    return any(fnmatchcase(word, one.strip(" \t\"'")) for one in patterns.split("|"))
