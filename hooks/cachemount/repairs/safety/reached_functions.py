"""Scripts without the functions that nothing calls."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from cachemount.facts.context import scripts_in
from cachemount.facts.model import Facts
from cachemount.facts.script_functions import FUNCTION
from cachemount.late_pattern import late
from cachemount.records import Record
from cachemount.shell.reader import LONGEST_FILE

_MOST_SCRIPTS = 100
# They name a function, and do not call it.
_EXPORTS = late(r"(?m)^[ \t]*export -f\b[^\n;&|]*$")
_WORD = late(r"[\w.-]+")


class _Parts(Record):
    """A script's text without its functions, and those by their names."""

    name: str
    outside: str
    functions: dict[str, str]


def reached_texts(facts: Facts, name: str) -> list[str]:
    """Return the scripts of the context with a name, their comments removed, as far as the build may run them."""
    texts = scripts_in(facts.dockerfile.source.context, [name])
    if any(len(one) > LONGEST_FILE for one in texts) or not any(map(FUNCTION.search, texts)):
        return texts
    words = facts.memo(_reached)
    return [_without_others(one, words) for one in texts]


def without_uncalled(texts: Sequence[str]) -> list[str]:
    """Return texts that are run without the functions that none of them calls, where they are not too long."""
    if any(len(one) > LONGEST_FILE for one in texts) or not any(map(FUNCTION.search, texts)):
        return list(texts)
    parts = [_parts_of("", one) for one in texts]
    words = _with_named({word for one in parts for word in _WORD.findall(one.outside)}, parts)
    return [_without_others(one, words) for one in texts]


def _without_others(text: str, words: set[str]) -> str:
    return FUNCTION.sub(lambda one: one[0] if (one[2] or one[3]) in words else f"{one['gap']}:", text)


def _reached(facts: Facts) -> set[str]:
    """Return the words of the Dockerfile, and of the scripts and functions that any of these words names."""
    return _with_named({*_WORD.findall(facts.dockerfile.code)}, list(_parts(facts)))


def _with_named(words: set[str], parts: Sequence[_Parts]) -> set[str]:
    """Return words, and those of the scripts and functions that any of them names."""
    waiting = [(one.name, one.outside) for one in parts]
    waiting += [(name, body) for one in parts for name, body in one.functions.items()]
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
            yield _parts_of(name, text[:LONGEST_FILE])


def _parts_of(name: str, text: str) -> _Parts:
    functions = {one[2] or one[3]: one[0] for one in FUNCTION.finditer(text)}
    return _Parts(name=name, outside=_EXPORTS.sub("", FUNCTION.sub("", text)), functions=functions)
