"""Which texts name a package manager or a mount: in the others there is nothing to find."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from cachemount.dockerfile.state.environment import Environment
from cachemount.late_pattern import late
from cachemount.managers.programs import PROGRAMS

# A pattern that begins with one character is found many times as fast as one that looks behind.
_CUT = late(r"\\\r?\n(?:(?<=[\w-]\\\n)|(?<=[\w-]\\\r\n))(?=[\w-])")


@cache
def _mention() -> re.Pattern[str]:
    # By their first letters, so that few of them are tried where a word begins.
    grouped: dict[str, list[str]] = {}
    for patterns in PROGRAMS.values():
        for pattern in patterns:
            letter = pattern[0] if pattern[:2].isalpha() or len(pattern) == 1 else ""
            grouped.setdefault(letter, []).append(pattern[len(letter) :])
    names = "|".join(f"{letter}(?:{'|'.join(patterns)})" for letter, patterns in grouped.items())
    # An empty alternative is tried sooner than what may be left out.
    named = rf"(?:goxx-|xx-|-m|--?(?=pip)|\{{\w+:?[-=]|)(?:{names})(?![\w])"
    # Of Python's modules this one alone has another name than its program.
    return re.compile(rf"[^A-Za-z0-9_-](?:{named}|-m[ \t]*build(?![\w./=-]))")


@cache
def _plain_names() -> frozenset[str]:
    return frozenset(one for patterns in PROGRAMS.values() for one in patterns if one.replace("-", "").isalnum())


# Most steps of most files begin with the same words.
@lru_cache(maxsize=256)
def _is_name(word: str) -> bool:
    """Return whether one of the patterns that are no plain name begins with a word and takes it: `pip`."""
    known = (one for patterns in PROGRAMS.values() for one in patterns if one.startswith(word))
    return word.isalpha() and any(re.fullmatch(one, word) for one in known)


def mentions(text: str) -> bool:
    """Return whether a text names a manager's program or a mount; a text that does not has nothing to find."""
    # Most steps begin with it. To compile the pattern of all names takes longer than to read a short file.
    words = text.split(None, 2)
    if len(words) > 1 and (words[1] in _plain_names() or _is_name(words[1])):
        return True
    # A pattern that begins with a set of characters is several times as fast as one with a look-behind.
    if "--mount" in text or _mention().search(f" {text}") is not None:
        return True
    # A line may end inside a name.
    return "\\" in text and _CUT.search(text) is not None and mentions(_CUT.sub("", text))


def names_indirectly(text: str, environment: Environment) -> bool:
    """Return whether a variable that the text uses holds the name of a manager."""
    return any(
        setting.value and name in text and setting.origin != "image" and mentions(setting.value)
        for name, setting in environment.settings.items()
    )
