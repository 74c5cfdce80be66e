"""Makefiles and scripts that make one Dockerfile of others: `cat a.dockerfile b.dockerfile > Dockerfile`.

What they make lies in the repository beside its parts, or a later part may be built on a stage of an earlier one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, real_path, repository_of, text_inside_repository, upwards
from cachemount.late_pattern import late
from cachemount.program.readmes import to_line_end
from cachemount.records import Record
from cachemount.source import ContextFile

_MOST_BYTES = 200_000
_MOST_FILES = 60
_MOST_COMMANDS = 200
# Characters of a command, and of the rules of a Makefile in front of one.
_LONGEST, _LONGEST_RULES = 2_000, 20_000
_FOLDERS = ("", "bin", "build", "ci", "docker", "hack", "scripts", "tools")
_ENDS = (".sh", ".bash", ".mk", "akefile", "ustfile")

_NAME = r"(?:[\w.-]+/)*(?:[\w-][\w.-]*[._-])?(?:[Dd]ocker|[Cc]ontainer)file(?:[._-][\w.-]+)?(?![\w./-])"
_WORD = late(rf"(?<![\w.%*/-])(?:\./|\$[({{]\w+[)}}]/|\$\w+/)?({_NAME})")
_WRITES = late(rf">{{1,2}}[ \t]*[\"']?(?:\$[({{]\w+[)}}]/|\$\w+/|\./)?({_NAME}|\$@|\$\(@\))")
# What takes text from files and gives it on.
_COMMAND = late(r"\b(?:awk|cat|cpp|cut|envsubst|gomplate|grep|head|m4|perl|sed|tail|tr)\b")
_STATEMENT = late(r"&&|\|\||;[ \t\\]")
_STEP = late(r"\bRUN[ \t]")
_RULE = late(r"(?m)^([^\s#:=][^\n#:=]*):(?!=)((?:\\\r?\n|[^\n#])*)")
_OF_RULE = late(r"\$[\^+<]")


class _Made(Record):
    """A Dockerfile that a file makes: what it is made of, the maker's path and text, and where it does so."""

    path: str
    parts: frozenset[str]
    maker: str
    text: str


def joined_into(path: str) -> Iterator[ContextFile]:
    """Yield the file that makes another Dockerfile of one, or the one of others; its text ends where it does so."""
    real = real_path(path)
    root = repository_of(os.path.dirname(real))
    for folder in dict.fromkeys(
        (*upwards(os.path.dirname(real), root), *(os.path.join(root, one) for one in _FOLDERS))
    ):
        for one in _made(os.path.normpath(folder), root):
            if real in ({one.path} | one.parts):
                maker = os.path.relpath(one.maker, os.path.dirname(real)).replace(os.sep, "/")
                made = os.path.relpath(one.path, os.path.dirname(real)).replace(os.sep, "/")
                is_made = real == one.path
                yield ContextFile(path=maker, text=one.text, generated=is_made, joined_into="" if is_made else made)
                return


@kept
def _made(folder: str, root: str) -> tuple[_Made, ...]:
    """Return what the files of a folder make of Dockerfiles of the repository, where it is there or has other parts."""
    found: list[_Made] = []
    for name in islice((one for one in sorted(names_in(folder)) if one.endswith(_ENDS)), _MOST_FILES):
        maker = os.path.join(folder, name)
        text = text_inside_repository(maker, root, _MOST_BYTES)
        if "file" in text and ">" in text:
            found += _made_by(maker, text, folder, root)
    return tuple(found)


def _made_by(maker: str, text: str, folder: str, root: str) -> Iterator[_Made]:
    places: dict[str, int] = {}
    parts: dict[str, set[str]] = {}
    longer = set()
    for match in islice(_WRITES.finditer(text), _MOST_COMMANDS):
        line = _line(text, match.start())
        statement = _STATEMENT.split(line)[-1]
        target, needed = _rule(text, match.start()) if match[1].startswith("$") else (match[1], "")
        if not target or line.lstrip().startswith("#"):
            continue
        words = _WORD.findall(statement) if _COMMAND.search(statement) else []
        if words or _OF_RULE.search(statement):
            words += _WORD.findall(needed) if _OF_RULE.search(statement) else []
            places.setdefault(target, match.start())
            parts.setdefault(target, set()).update(one for one in words if one != target)
        elif _STEP.search(line):
            longer.add(target)
    for target, names in parts.items():
        paths = frozenset(one for name in names for one in _paths(name, folder, root) if os.path.isfile(one))
        own = next((one for one in _paths(target, folder, root) if os.path.isfile(one)), "")
        if paths and (own or len(paths) > 1 or target in longer):
            # Parts that are seen from the root are joined there.
            place = folder if any(os.path.normpath(os.path.join(folder, one)) in paths for one in names) else root
            path = own or os.path.normpath(os.path.join(place, target))
            yield _Made(path=path, parts=paths - {path}, maker=maker, text=to_line_end(text, places[target]))


def _paths(name: str, folder: str, root: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(os.path.normpath(os.path.join(one, name)) for one in (folder, root)))


def _line(text: str, end: int) -> str:
    """Return what stands in front of an offset in its line, and in those that go on in it."""
    begin = text.rfind("\n", 0, end) + 1
    while end - _LONGEST < begin and re.search(r"\\\r?\n\Z", text[max(begin - 3, 0) : begin]):
        begin = text.rfind("\n", 0, begin - 1) + 1
    return text[max(begin, end - _LONGEST) : end]


def _rule(text: str, at: int) -> tuple[str, str]:
    """Return the Dockerfile that a rule of a Makefile makes whose recipe is at an offset, and what it needs."""
    target, needed = ([*_RULE.findall(text, max(at - _LONGEST_RULES, 0), at)] or [("", "")])[-1]
    named = _WORD.search(target)
    return (named[1], needed) if named else ("", "")
