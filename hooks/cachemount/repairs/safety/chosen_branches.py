"""Scripts that choose by their first argument what they do: `./run.sh build`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from cachemount.late_pattern import late
from cachemount.repairs.safety.reached_functions import functions_apart, without_uncalled

_CASE = late(r"(?m)^[ \t]*case[ \t]+[\"']?\$(?:1|\{1(?::?-[^{}]*)?\})[\"']?[ \t]+in\b")
_END = late(r"(?m)^[ \t]*esac\b[ \t]*;?")
_BRANCH = late(r"(?s)(?:\s|#[^\n]*\n)*\(?[ \t]*([^()\n]+?)[ \t]*\)(.*)")
# What may change the arguments before, goes through them or runs them; and branches that go on with the next one, or
# have others in them.
_OTHER_ARGUMENTS = late(r"(?m)\b(?:shift|getopts|eval|source|while|until|for)\b|\bset[ \t]+--|^[ \t]*\.[ \t]")
_RUNS_ARGUMENTS = late(r"(?m)(?:^|[;&|()]|\b(?:exec|do|then|else)\b)[ \t]*[\"']?\$(?:[@*1-9]|\{[@*1-9])")
_GOES_ON = late(r";;?&|\bcase\b|<<")


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


def _is_meant(patterns: str, word: str) -> bool:
    return any(fnmatchcase(word, one.strip(" \t\"'")) for one in patterns.split("|"))
