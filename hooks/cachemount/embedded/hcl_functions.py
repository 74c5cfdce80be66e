"""The functions of Bake that its files use to make names, tags and arguments.

https://docs.docker.com/build/bake/stdlib/
"""

from __future__ import annotations

import re
from collections.abc import Callable

from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


class UnknownValueError(Exception):
    """A value that the file itself does not tell."""


class Missing:
    """Stands in a list or mapping for a value that is not known."""


def text_of(value: Any) -> str:
    """Return a value as a text has it. Raises `UnknownValueError` where it has none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(int(value)) if int(value) == value else repr(value)
    if isinstance(value, str):
        return value
    raise UnknownValueError


def _format(pattern: str, *values: Any) -> str:
    if re.sub(r"%%|%[sdvq]", "", pattern).count("%") or "%q" in pattern:
        raise UnknownValueError
    waiting = list(values)
    made = re.sub(r"%%|%[sdv]", lambda one: "%" if one[0] == "%%" else text_of(waiting.pop(0)), pattern)
    if waiting:
        raise UnknownValueError
    return made


def _merge(*mappings: dict[str, Any]) -> dict[str, Any]:
    return {key: value for one in mappings for key, value in one.items()}


def _concat(*lists: list[Any]) -> list[Any]:
    return [item for one in lists for item in one]


def _flatten(values: list[Any]) -> list[Any]:
    return [item for one in values for item in (_flatten(one) if isinstance(one, list) else [one])]


def _coalesce(*values: Any) -> Any:
    return next(one for one in (*values, "") if one is not None)


def _contains(values: list[Any], wanted: Any) -> bool:
    if wanted not in values and any(isinstance(one, Missing) for one in values):
        raise UnknownValueError
    return wanted in values


def _lookup(mapping: dict[str, Any], key: str, default: Any) -> Any:
    return mapping.get(key, default)


def _substr(text: str, start: int, length: int) -> str:
    if start < 0:
        raise UnknownValueError
    return text[start:] if length < 0 else text[start : start + length]


def _split(separator: str, text: str) -> list[str]:
    return text.split(separator) if separator else [*text]


def _join(separator: str, *lists: list[Any]) -> str:
    return separator.join(text_of(item) for one in lists for item in one)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "and": lambda one, other: one and other,
    "coalesce": _coalesce,
    "concat": _concat,
    "contains": _contains,
    "distinct": lambda values: [one for at, one in enumerate(values) if one not in values[:at]],
    "element": lambda values, at: values[at % len(values)],
    "equal": lambda one, other: one == other,
    "flatten": _flatten,
    "format": _format,
    "index": lambda values, key: values[key],
    "join": _join,
    "keys": sorted,
    "length": len,
    "lookup": _lookup,
    "lower": lambda text: text_of(text).lower(),
    "merge": _merge,
    "not": lambda one: not one,
    "notequal": lambda one, other: one != other,
    "or": lambda one, other: one or other,
    "replace": lambda text, old, new: text_of(text).replace(old, new),
    "reverselist": lambda values: values[::-1],
    # What is no letter, digit, `_` or `-` is not allowed in the name of a target.
    "sanitize": lambda text: re.sub(r"[^A-Za-z0-9_-]", "_", text_of(text)),
    "sort": sorted,
    "split": _split,
    "strlen": lambda text: len(text_of(text)),
    "substr": _substr,
    "trim": lambda text, signs: text_of(text).strip(signs),
    "trimprefix": lambda text, start: text_of(text).removeprefix(start),
    "trimspace": lambda text: text_of(text).strip(),
    "trimsuffix": lambda text, end: text_of(text).removesuffix(end),
    "upper": lambda text: text_of(text).upper(),
    "values": lambda mapping: [mapping[key] for key in sorted(mapping)],
}
