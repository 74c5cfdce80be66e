"""Scripts of the context without the functions that a build does not call."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from cachemount.facts.context import scripts_in
from cachemount.facts.model import Facts
from cachemount.late_pattern import late
from cachemount.records import Record

_MOST_SCRIPTS = 100
_LONGEST = 20_000
# From the line of its name to the brace that stands as far to the right.
_FUNCTION = late(
    r"(?ms)^([ \t]*)(?:function[ \t]+([\w-]+)[ \t]*(?:\(\)[ \t]*)?|([\w-]+)[ \t]*\(\)[ \t]*)[{(]+[ \t]*\n(.*?)"
    r"^\1[})]+(?![^\n;&|]*[;&|])[^\n]*$"
)
# They name a function, and do not call it.
_EXPORTS = late(r"(?m)^[ \t]*export -f\b[^\n;&|]*$")
_WORD = late(r"[\w.-]+")


class _Parts(Record):
    """A script's text without its functions, and what they do by their names."""

    name: str
    outside: str
    functions: dict[str, str]


def reached_texts(facts: Facts, name: str) -> list[str]:
    """Return the scripts of the context with a name, their comments removed, as far as the build may run them."""
    texts = scripts_in(facts.dockerfile.source.context, [name])
    if any(len(one) > _LONGEST for one in texts) or not any(map(_FUNCTION.search, texts)):
        return texts
    words = facts.memo(_reached)
    return [_FUNCTION.sub(lambda one: one[0] if (one[2] or one[3]) in words else f"{one[1]}:", one) for one in texts]


def _reached(facts: Facts) -> set[str]:
    """Return the words of the Dockerfile, and of the scripts and functions that any of these words names."""
    words = {*_WORD.findall(facts.dockerfile.code)}
    waiting = [(one.name, one.outside) for one in _parts(facts)]
    waiting += [(name, body) for one in _parts(facts) for name, body in one.functions.items()]
    while True:
        now = [text for name, text in waiting if name in words]
        if not now:
            return words
        waiting = [one for one in waiting if one[0] not in words]
        words = words.union(*map(_WORD.findall, now))


def _parts(facts: Facts) -> Iterator[_Parts]:
    context = facts.dockerfile.source.context
    for name in list(dict.fromkeys(posixpath.basename(one.path) for one in context))[:_MOST_SCRIPTS]:
        for text in scripts_in(context, [name]):
            functions = {one[2] or one[3]: one[4] for one in _FUNCTION.finditer(text[:_LONGEST])}
            outside = _EXPORTS.sub("", _FUNCTION.sub("", text[:_LONGEST]))
            yield _Parts(name=name, outside=outside, functions=functions)
