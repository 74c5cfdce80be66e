"""Matching paths and names against glob patterns, in time bounded by the product of the lengths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

# No stage, image or file has a longer one, and a hostile one takes time.
_LONGEST_NAME = 1_000

T = TypeVar("T")
P = TypeVar("P")


class _Class(NamedTuple):
    """`[a-z]` or `[!a-z]`."""

    negated: bool
    ranges: tuple[tuple[str, str], ...]


class _Star(NamedTuple):
    """`*`: any run of characters."""


class _Any(NamedTuple):
    """`?`: any character."""


_Token = str | _Class | _Star | _Any


def match_path(pattern: str, path: str) -> bool:
    """Whether a pattern matches a path or one of the folders that it is in.

    Both use `/`. `*`, `?` and `[...]` stay inside one component; a component `**` is any number of components.
    """
    wanted = [part for part in pattern.split("/") if part not in ("", ".")]
    # What is inside a matching folder matches too, so one more `**` ends every pattern.
    return _match([*wanted, "**"], path.split("/"), lambda part: part == "**", match_name)


@lru_cache(maxsize=4096)
def match_name(pattern: str, name: str) -> bool:
    """Whether a pattern matches a whole name; `*` runs over any character."""
    if len(name) > _LONGEST_NAME:
        return False
    return _match(_tokens(pattern), name, lambda token: isinstance(token, _Star), _match_character)


def _match(pattern: Sequence[P], items: Sequence[T], star: Callable[[P], bool], one: Callable[[P, T], bool]) -> bool:
    """Match with one point to come back to: the last star. Coming back to an earlier one could never help."""
    at = item = 0
    back: tuple[int, int] | None = None
    while item < len(items):
        if at < len(pattern) and star(pattern[at]):
            back = (at, item)
            at += 1
        elif at < len(pattern) and one(pattern[at], items[item]):
            at += 1
            item += 1
        elif back is not None:
            back = (back[0], back[1] + 1)
            at, item = back[0] + 1, back[1]
        else:
            return False
    return all(star(rest) for rest in pattern[at:])


@lru_cache(maxsize=1024)
def _tokens(pattern: str) -> tuple[_Token, ...]:
    tokens: list[_Token] = []
    at, last = 0, pattern.rfind("]")
    while at < len(pattern):
        character = pattern[at]
        if character == "*":
            if not tokens or not isinstance(tokens[-1], _Star):
                tokens.append(_Star())
        elif character == "?":
            tokens.append(_Any())
        elif character == "[" and (first := at + 3 if pattern[at + 1 : at + 2] == "!" else at + 2) <= last:
            end = pattern.find("]", first)
            tokens.append(_class(pattern[at + 1 : end]))
            at = end
        else:
            tokens.append(character)
        at += 1
    return tuple(tokens)


def _class(body: str) -> _Class:
    negated = body.startswith("!")
    body = body[1:] if negated else body
    ranges = []
    at = 0
    while at < len(body):
        if body[at + 1 : at + 2] == "-" and at + 2 < len(body):
            ranges.append((body[at], body[at + 2]))
            at += 3
        else:
            ranges.append((body[at], body[at]))
            at += 1
    return _Class(negated, tuple(ranges))


def _match_character(token: _Token, character: str) -> bool:
    if isinstance(token, str):
        return token == character
    if isinstance(token, _Class):
        return token.negated != any(low <= character <= high for low, high in token.ranges)
    return isinstance(token, _Any)
