"""Facts about a regular expression that are known without searching for it."""

from __future__ import annotations

import re
from functools import cache

from cachemount.late_pattern import late

# Of those that managers and rules have, which are known when the program starts; `re` keeps fewer, and asks more.
compiled = cache(re.compile)

# A token at a time: an escape, the beginning of what is looked for ahead, a set, a repetition, or one character.
_TOKEN = late(r"\\.|\(\?=|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d*,?\d*\}|.", re.DOTALL)


@cache
def needed(pattern: str) -> str:
    """Return a text that every match of the pattern contains; "" where none is seen.

    To look for a text is much faster than to search for a pattern, and most files lack the text.
    """
    if re.match(r"\(\?[aiLmsux]*[ix]", pattern):
        return ""
    found, run = "", ""
    # Of the groups around a token, whether each is searched for: of groups, those that look ahead are.
    groups = [True]
    for token in _TOKEN.findall(pattern):
        if token == ")":
            groups.pop()
        certain = all(groups)
        if certain and token == "|":
            return ""
        if certain and (token[0] in "?*{"):
            # What stands before it may be missing.
            run, found = "", max(found, run[:-1], key=len)
        elif certain and re.fullmatch(r"\\\W|[^\\\[().^$+]", token):
            run += token[-1]
        else:
            run, found = "", max(found, run, key=len)
        if token in ("(", "(?="):
            groups.append(token != "(")
    return max(found, run, key=len)


def found_in(pattern: str, text: str) -> bool:
    """Return whether a text has a match of the pattern."""
    return needed(pattern) in text and compiled(pattern).search(text) is not None


def is_all_of(pattern: str, text: str) -> bool:
    """Return whether the pattern describes all of a text."""
    return needed(pattern) in text and compiled(pattern).fullmatch(text) is not None
