"""Whether the call of a build in a program may build a Dockerfile, by the paths that are written there.

The texts in its arguments are joined, those of names in them are looked up in the program. What is told so is a path
from the program's folder or one above it, or the end of one. Where none of them is there, what the call builds is not
known: it may be a Dockerfile below the program, one whose folder the program names, and for a library of tests, which
most often build the project's own image, one in a folder above.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.reading import upwards
from cachemount.late_pattern import late
from cachemount.program.builders.engine_libraries import Call
from cachemount.program.builders.python_paths import TEMPORARY
from cachemount.records import Record

# Characters of a call with what is called on its result.
_LONGEST = 800
_LONGEST_VALUE = 300
# Texts that are joined, and how often names are looked up.
_MOST_JOINED = 6
_MOST_NAMES = 40
_HOPS = 2
# Folders that a pattern stands for.
_MOST_FILLED = 200

_TEXT = late(r"([\"'`])((?:(?!\1)[^\n\\]){1,200})\1")
# What stands between texts that make one path.
_BETWEEN = late(r"[\s,+/()&]*(?:\.?(?:to_string|into|resolve|join|toString)\(+\)*)*[\s,+/()&]*\Z")
_ADDED = late(r"[\"']\s*\+\s*[\w.()]+\s*\+\s*[\"']")
_FILLED = late(r"[$#]?\{[^{}]*\}|%[sdvq]")
_PATH = late(r"(?:\*|[\w.+*@-])+(?:/[\w.+*@-]+)*/?")
_DOTS = late(r"(?:\.{1,2}/)*\.{1,2}")
_ABOVE = late(r"\A(?:(?:\.{1,2}|\*)/)+")
_JAVA = late(r"/src/\w+/(?:java|kotlin|groovy|scala)(?=/|\Z)")
_FILE = late(r"(?i).*(?:docker|container)file.*")
_NAME = late(r"(?<![\w.\"'@])[A-Za-z_]\w*")
_TEMPORARY = late(rf"{TEMPORARY}|\bContextArchive\b|build_from_tar")
_PAIRS = {"(": ")", "{": "}", "[": "]"}


class _Told(Record):
    """What a call tells: files and folders that are there, ends of paths, and names of Dockerfiles."""

    places: frozenset[str]
    ends: tuple[str, ...]
    names: frozenset[str]
    is_temporary: bool


def may_build(call: Call, path: str, project: str, root: str) -> bool:
    """Return whether a call may build a Dockerfile. All paths are absolute, `project` is the program's."""
    told = _told(call, project, root)
    folder, name = os.path.split(path)
    has_name = name in (told.names or {"Dockerfile"})
    if any(_ends(path, one, told.names, root) for one in told.ends):
        return True
    if told.places:
        return path in told.places or (has_name and folder in told.places)
    return has_name and _may_be(call, path, root, told.is_temporary)


@kept
def _told(call: Call, project: str, root: str) -> _Told:
    parts = [_region(call)]
    seen: set[str] = set()
    names: set[str] = set()
    ends: list[str] = []
    places: frozenset[str] = frozenset()
    for _ in range(_HOPS + 1):
        texts = [one for part in parts for one in joined_texts(part)]
        names |= {name for one in texts if _FILE.fullmatch(name := one.rpartition("/")[2])}
        # A text of dots alone is most often the beginning of another.
        for some in (filter(_says, texts), filter(_DOTS.fullmatch, texts)):
            places = places or frozenset(one for text in some for one in _places(text, call, project, root, names))
        if places:
            break
        ends += filter(_says, texts)
        parts = list(_values(call.text, parts, seen))
    is_temporary = any(map(_TEMPORARY.search, (_region(call), *seen)))
    return _Told(places=places, ends=tuple(ends), names=frozenset(names), is_temporary=is_temporary)


def _may_be(call: Call, path: str, root: str, is_temporary: bool) -> bool:
    """Return whether a call whose folder is not known may build a Dockerfile, which has the right name."""
    folder, own = os.path.dirname(path), os.path.dirname(call.program)
    if not is_temporary:
        if own != root and path.startswith(own + os.sep):
            return True
        if call.is_test and folder in upwards(own, root):
            return True
    named = {one for _, one in _TEXT.findall(call.text) if _PATH.fullmatch(one) and _says(one)}
    return any(_ends(path, one, {os.path.basename(path)}, root) for one in named)


def _region(call: Call) -> str:
    """Return the arguments of a call, and what is called on its result."""
    text, at = call.text, call.end
    end = min(at + _LONGEST, len(text))
    waiting = [_PAIRS[text[at - 1]]] if text[at - 1] in _PAIRS else []
    while at < end:
        letter = text[at]
        if letter in "\"'`":
            closing = text.find(letter, at + 1)
            at = closing if 0 <= closing < end else at
        elif letter in _PAIRS:
            waiting.append(_PAIRS[letter])
        elif waiting and letter == waiting[-1]:
            waiting.pop()
        elif not waiting and (letter in ";)},]" or (letter == "\n" and not text[at:end].lstrip().startswith("."))):
            break
        at += 1
    return text[call.end : at]


def joined_texts(part: str) -> list[str]:
    """Return the paths that the texts in a part of a program make, alone and together."""
    part = _ADDED.sub("*", part)
    found: list[str] = []
    run: list[str] = []
    last = 0
    for match in _TEXT.finditer(part):
        text = _FILLED.sub("*", match[2]).lstrip("/") or "."
        if not _BETWEEN.match(part[last : match.start()]):
            run = []
        last = match.end()
        if _PATH.fullmatch(text):
            run = [*run, text][-_MOST_JOINED:]
            # The longest first: what is joined says more than its parts.
            found += [os.path.normpath("/".join(run[start:])) for start in range(len(run))]
        else:
            run = []
    return found


def _places(text: str, call: Call, project: str, root: str, names: set[str]) -> list[str]:
    """Return the files and folders of a repository that a text stands for, where there is a Dockerfile to be built."""
    own = os.path.dirname(call.program)
    if _DOTS.fullmatch(text):
        return [*_existing(text, (own, project), root, names)]
    plain = _ABOVE.sub("", text)
    above = [*upwards(own, root)]
    # Java's texts may be names of resources, and those of .NET are seen from where the program is built.
    above += [
        f"{own[: found.start()]}/src/{one}/resources" for found in _JAVA.finditer(own) for one in ("test", "main")
    ]
    return [*_existing(text, (own, project, root), root, names)] or [*_existing(plain, above, root, names)]


def _existing(text: str, bases: Iterable[str], root: str, names: set[str]) -> Iterator[str]:
    for base in dict.fromkeys(bases):
        for one in _filled(base, text) if "*" in text else (os.path.normpath(os.path.join(base, text)),):
            if one != root and not one.startswith(root + os.sep):
                continue
            if os.path.isdir(one):
                if any(os.path.isfile(os.path.join(one, name)) for name in (*names, "Dockerfile")):
                    yield one
            elif _FILE.fullmatch(os.path.basename(one)) and os.path.isfile(one):
                yield one


def _filled(base: str, pattern: str) -> Iterator[str]:
    from glob import escape, iglob

    return map(os.path.normpath, islice(iglob(os.path.join(escape(base), pattern)), _MOST_FILLED))


def _ends(path: str, text: str, names: Collection[str], root: str) -> bool:
    """Return whether a text is the end of a Dockerfile's path, or of its folder's."""
    file = os.path.relpath(path, root).replace(os.sep, "/")
    folder, _, name = file.rpartition("/")
    return _is_end(text, file) or (name in (names or {"Dockerfile"}) and bool(folder) and _is_end(text, folder))


def _says(text: str) -> bool:
    """Return whether a text says more than what every folder may have."""
    plain = _ABOVE.sub("", text)
    return plain.strip("*/.") != "" and not (_FILE.fullmatch(plain) and "/" not in plain)


def is_end_of(text: str, path: str, root: str) -> bool:
    """Return whether a text is the end of the path that a file has in a repository; both paths are absolute."""
    return _is_end(text, os.path.relpath(path, root).replace(os.sep, "/"))


def _is_end(text: str, path: str) -> bool:
    plain = _ABOVE.sub("", text).rstrip("/")
    if plain.rpartition("/")[0].strip("*/.") == "" and _FILE.fullmatch(plain.rpartition("/")[2]):
        return False
    pattern = "[^/]*".join(map(re.escape, plain.split("*")))
    return re.search(rf"(?:\A|/){pattern}\Z", path) is not None


def _values(text: str, parts: list[str], seen: set[str]) -> Iterator[str]:
    """Yield what a program sets the names in parts of it to."""
    names = {name for one in parts for name in _NAME.findall(re.sub(r"([\"'`])[^\n]*?\1", "", one))} - seen
    for name in sorted(names)[:_MOST_NAMES]:
        seen.add(name)
        set_to = rf"(?<![\w.]){name}(?:\s*:\s*[\w.<>&' ]+)?\s*(?::=|=(?![=>]))\s*"
        # A function of that name gives what stands in it.
        given = rf"\b(?:def|function|func|fn)\s+{name}\b[^\n]*"
        for match in re.finditer(rf"{set_to}|{given}", text):
            value = text[match.end() : match.end() + _LONGEST_VALUE]
            yield match[0] + re.split(r"\n\s*\n|;\s*\n|\n\}", value)[0]
