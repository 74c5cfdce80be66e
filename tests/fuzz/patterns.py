"""Texts that a regular expression matches, so that what managers say of their commands can be written out."""

from __future__ import annotations

import sys
from functools import lru_cache
from random import Random
from typing import Any

if sys.version_info >= (3, 11):
    from re import _parser as sre_parse  # type: ignore[attr-defined]
else:
    import sre_parse

_ANY = "ab x1/-_."
_CATEGORIES = {
    "CATEGORY_DIGIT": "0123456789",
    "CATEGORY_SPACE": " ",
    "CATEGORY_WORD": "abx_19",
    "CATEGORY_NOT_DIGIT": "a-/",
    "CATEGORY_NOT_SPACE": "ax/1-",
    "CATEGORY_NOT_WORD": " =/",
}


@lru_cache(maxsize=4096)
def _parsed(pattern: str) -> Any:
    return sre_parse.parse(pattern)


def sample(rng: Random, pattern: str) -> str:
    """Return a text for the pattern.

    What stands around it is not looked at, so that not every one is found by a search.
    """
    return _sequence(rng, _parsed(pattern), {})


def _sequence(rng: Random, items: Any, groups: dict[int, str]) -> str:
    return "".join(_one(rng, str(op), value, groups) for op, value in items)


def _one(rng: Random, op: str, value: Any, groups: dict[int, str]) -> str:
    if op == "LITERAL":
        return chr(value)
    if op == "NOT_LITERAL":
        return rng.choice([one for one in _ANY if ord(one) != value])
    if op == "ANY":
        return rng.choice(_ANY)
    if op == "IN":
        return _member(rng, value)
    if op == "BRANCH":
        return _sequence(rng, rng.choice(value[1]), groups)
    if op == "SUBPATTERN":
        text = _sequence(rng, value[-1], groups)
        if value[0] is not None:
            groups[value[0]] = text
        return text
    if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, inner = value
        count = rng.randint(int(least), min(int(most), int(least) + rng.choice((0, 1, 1, 3))))
        return "".join(_sequence(rng, inner, groups) for _ in range(count))
    if op == "ATOMIC_GROUP":
        return _sequence(rng, value, groups)
    if op == "GROUPREF":
        return groups.get(value, "")
    return ""


def _member(rng: Random, items: Any) -> str:
    if str(items[0][0]) == "NEGATE":
        out = {_member(rng, [item]) for item in items[1:] for _ in range(8)}
        return rng.choice([one for one in _ANY if one not in out] or ["z"])
    op, value = rng.choice(items)
    if str(op) == "RANGE":
        return chr(rng.randint(*value))
    if str(op) == "CATEGORY":
        return rng.choice(_CATEGORIES.get(str(value), _ANY))
    return chr(value)
