"""Scripts of the context that the image starts, whatever they are called there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from cachemount.copied_names import called_also, copies, on_path, taken_by
from cachemount.facts.model import Facts
from cachemount.late_pattern import late
from cachemount.source import ContextFile

# The system lets the program of the first line read the script.
_OF_SHELL = late(r"#![^\n]*\b(?:a|ba|da|k|mk|z)?sh\b")
_PUNCTUATION = late(r"(?:[\"',\[\]]\s*)+")
# What lies there a step has made.
_MADE = late(r"(?:\A|/)(?:build|debug|dist|obj|out|release|target)(?:/|\Z)")
_COMMENT = late(r"(?m)^[ \t]*#.*$")


def scripts_named(facts: Facts, word: str) -> list[ContextFile]:
    """Return the files of the context that a word of what the image runs may be, as they begin with a program."""
    return facts.memo(_scripts_named, word.strip("'")) if facts.dockerfile.source.context else []


def is_of_shell(script: ContextFile) -> bool:
    """Return whether a shell reads a script."""
    return _OF_SHELL.match(script.text) is not None


def as_commands(script: ContextFile) -> str:
    """Return a script in another language with what it starts as a shell has it: a list becomes its words."""
    return _PUNCTUATION.sub(" ", _COMMENT.sub("", script.text))


def _scripts_named(facts: Facts, word: str) -> list[ContextFile]:
    name = posixpath.basename(word)
    if not name or word[0] in "-$":
        return []
    code = facts.dockerfile.code
    places = [posixpath.normpath(word)] if "/" in word else []
    for one in called_also(code, name):
        # What a link leads to may have had another name.
        places += [one, *called_also(code, posixpath.basename(one))]
    wanted = {*on_path(code, name)}.union(path for one in places for path in _copied_from(code, one))
    return [
        one
        for one in facts.dockerfile.source.context
        if one.text.startswith("#!") and (one.path in wanted or any(_may_be(one.path, place) for place in places))
    ]


def _copied_from(code: str, place: str) -> Iterator[str]:
    """Yield where a file of the image is in the context, if a COPY brings the folder that it is in."""
    for words in copies(code):
        folder = words[-1].rstrip("/") if words else ""
        if place.startswith(f"{folder}/"):
            yield from (f"{source}{place[len(folder) :]}" for source in taken_by(words))


def _may_be(path: str, place: str) -> bool:
    """Return whether a file of the context may be the one at a place in the image, or of the context."""
    if place.startswith("/") and place.endswith(f"/{path}"):
        return not _MADE.search(place[: -len(path) - 1])
    return path == place or path.endswith(f"/{place}")
