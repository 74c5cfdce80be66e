"""The Dockerfiles that the commands `docker build` in a script or Makefile name, and where buildx may be missing.

Docker 23 and later build by buildx, and where that is not installed by the classic builder, unless DOCKER_BUILDKIT is
set: https://github.com/docker/cli/blob/v29.9.3/cmd/docker/builder.go (`buildxMissingWarning`). A script that asks for
buildx and builds without it too is one for such machines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount.late_pattern import late

_ARGUMENTS = r"((?:[^\n;&|\\]|\\\n)*)"
BUILD = late(
    r"(?:\bdocker|\$[({]?\w*(?:DOCKER|CONTAINER|ENGINE|RUNTIME)\w*[)}]?)[ \t]+(?:image[ \t]+)?build(?![\w-])"
    + _ARGUMENTS
)
_FILE = late(r"(?:^|\s)(?:-f|--file)[\s=]+[\"']?(?:\$[({]?\w+[)}]?/)?([\w./-]+)")
_FILE_GIVEN = late(r"(?:^|\s)(?:-f|--file)[\s=]")
_LAST = late(r"\s[\"']?(?:\$[({]?\w+[)}]?/)?([\w./-]+)[\"']?\s*\Z")
# As these, and nothing that is not known beside it but a folder in front.
_WHOLE_FILE = late(r"(?:^|\s)(?:-f|--file)[\s=]+[\"']?(?:\$[({]?\w+[)}]?/)?([\w./-]+)(?=[\"'\s]|\Z)")
_WHOLE_LAST = late(r"\s[\"']?(?:\$[({]?\w+[)}]?/)?([\w./-]+|\w+://\S+)[\"']?\Z")
# What follows a word ends a text; what begins one follows a blank or a sign.
_UP_TO_QUOTE = late(r"(?:[^\"'`]|(?<=[\s=])(?:\"[^\"\n]*\"|'[^'\n]*'))*")

_ASKED = r"\bbuildx[ \t]+(?:version|inspect|ls)\b"
# A value for both answers, or an option for one: all that is built after is built without buildx as well.
_VALUE = late(
    rf"{_ASKED}[^\n|;]*&&\s*(?:(?:echo|printf)[ \t]+[^\s|]+\s*\|\|\s*(?:echo|printf)[ \t]+[^\s;&]+\s*\)|\w+\+?=)"
)
_CONDITION = late(rf"(?m)^[ \t]*if[ \t]+(!?)[^\n]*{_ASKED}")
_WORD = late(r"(?m)^[ \t]*(if|elif|else|fi)\b(?:.*;[ \t]*(fi)\b)?")
_END = late(r"(?m)^[ \t]*(?:exit|return)\b")
_NAMED = late(r"(?m)^[ \t]*(?:export[ \t]+|local[ \t]+)?(\w+)=\(?[\"']?docker[ \t]+build\b")
_WRITTEN = late(r"(?<![\w./-])(?:[\w.-]+/)*[\w.-]*(?:[Dd]ocker|[Cc]ontainer)file[\w.-]*")
_SET = late(r"\bDOCKER_BUILDKIT[ \t]*[:?]?=[ \t]*[\"']?1\b")


def built(text: str) -> Iterator[str]:
    """Yield the paths of the Dockerfiles that the commands `docker build` in a text name."""
    for words in BUILD.findall(text):
        yield from _named(words)


def build_target(words: str) -> str:
    """Return the path of the Dockerfile that the arguments of a build name, or an address; "" where it is not plain."""
    line = within_quotes(words).replace("\\\n", " ").rstrip()
    whole = _WHOLE_FILE.search(line) if _FILE_GIVEN.search(line) else _WHOLE_LAST.search(line)
    if whole is None or whole[1].startswith("-"):
        return ""
    return whole[1] if _FILE_GIVEN.search(line) or "://" in whole[1] else f"{whole[1]}/Dockerfile"


def within_quotes(words: str) -> str:
    """Return the words of a command up to where the text ends that it stands in, if it is one of a program."""
    found = _UP_TO_QUOTE.match(words)
    return found[0] if found else words


def built_without_buildx(text: str) -> Iterator[str]:
    """Yield the paths of the Dockerfiles that a script or Makefile builds where buildx is missing, as it knows."""
    if "buildx" not in text or _SET.search(text):
        return
    if _VALUE.search(text):
        yield from built(text)
    for found in _CONDITION.finditer(text):
        there, missing = _branches(text, found.end())
        branch = _END.split(there if found[1] else missing, maxsplit=1)[0]
        yield from built(branch)
        for name in _NAMED.findall(branch):
            rest = text[found.end() :]
            for words in re.findall(rf"\$\{{?{name}\b(?:\[@\])?\}}?[\"']?{_ARGUMENTS}", rest):
                yield from _named(words)
            # A function may be handed the file.
            yield from _WRITTEN.findall(rest)


def _named(words: str) -> Iterator[str]:
    """Yield the path of the Dockerfile that the arguments of a build name."""
    line = words.replace("\\\n", " ")
    named, last = _FILE.search(line), _LAST.search(line)
    if named:
        yield named[1]
    elif last:
        yield f"{last[1]}/Dockerfile"


def _branches(text: str, start: int) -> tuple[str, str]:
    """Return what stands between an `if` and its `else`, and between that and its `fi`."""
    depth, middle = 1, 0
    for word in _WORD.finditer(text, start):
        if word[1] == "if":
            depth += not word[2]
        elif word[1] == "fi":
            depth -= 1
        elif depth == 1 and not middle:
            middle = word.start()
        if not depth:
            return text[start : middle or word.start()], text[middle : word.start()] if middle else ""
    return "", ""
