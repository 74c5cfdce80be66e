"""The files of a build's context, as far as the repository has them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence

from cachemount.copied_names import bound, copies
from cachemount.dockerfile.model import Dockerfile
from cachemount.late_pattern import late
from cachemount.script_names import OTHER_SCRIPT, PYTHON_IMPORT, SHELL_SCRIPT
from cachemount.source import ContextFile

_COPIES_ALL = late(r"(?im)^[ \t]*(?:COPY|ADD)[ \t](?!.*--from=)(?:.*[ \t\",])?(?:\.|\./|\*)[ \t\",]")
# https://docs.docker.com/build/concepts/context/#dockerignore-files
_PIECES = late(r"\*\*/|\*\*|[*?]|[^*?]+")
_PATTERNS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
_LITERAL = late(r"[^\[\\*?]*")
_COMMENT = late(r"(?m)^[ \t]*#.*$")
_SOURCED = late(r"(?m)^\s*(?:\.|source)\s+[\"']?([\w./${}-]+)")
# One that runs another, and so on.
_MOST_SCRIPTS = 3
_IN_LIST = late(r"[\"',\[\]]+\s*")
# What a program in Python tells people, its parentheses in pairs.
_PRINTED = late(
    r"\b(?:print|warn|log(?:ger|ging)?\.\w+|warnings\.\w+|\w*(?:Error|Exception|Warning))"
    r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
)


def nearest(context: Sequence[ContextFile], path: str) -> Mapping[str, str]:
    """Return the files of the nearest folder that has this one, by their paths; nothing where no folder has it."""
    folder = next((one.folder for one in context if one.path == path), None)
    return {one.path: one.text for one in context if one.folder == folder}


def beside(context: Sequence[ContextFile], file: ContextFile) -> Mapping[str, str]:
    """Return the files of the folder that has this one, by their paths."""
    return {one.path: one.text for one in context if one.folder == file.folder}


def settings_of(dockerfile: Dockerfile, name: str) -> str:
    """Return the text of a settings file of the project that the build copies; "" where none is known to be."""
    files = nearest(dockerfile.source.context, name)
    if name not in files or may_leave_out(files, name):
        return ""
    return files[name] if is_copied(dockerfile.code, name) else ""


def is_copied(code: str, name: str) -> bool:
    """Return whether instructions copy a file of the context."""
    named = rf"\S*{re.escape(name.rpartition('.')[0])}\S*|\./?|\.\w?\*|\*"
    copied = rf"(?im)^[ \t]*(?:COPY|ADD)[ \t](?!.*--from=)(?:.*[ \t\",])?(?:{named})[ \t\",]"
    return re.search(copied, code) is not None


def takes(code: str, path: str) -> bool:
    """Return whether instructions copy or bind a file of the context, or a folder that it is in, by its name."""
    sources = [word for words in copies(code) for word in words[:-1]] + [source or "." for source, _ in bound(code)]
    cleaned = (posixpath.normpath(word.lstrip("/") or ".") for word in sources)
    return any(one in (".", "*", path) or path.startswith(f"{one}/") for one in cleaned)


def copies_all(code: str) -> bool:
    """Return whether an instruction copies all of the context."""
    return _COPIES_ALL.search(code) is not None


def scripts_in(context: Sequence[ContextFile], words: Sequence[str]) -> list[str]:
    """Return the scripts that words name, their comments removed."""
    names = {posixpath.basename(word.strip("'")) for word in words}
    found = (one for one in context if posixpath.splitext(one.path)[1] in ("", ".sh", ".bash", ".ash"))
    return [_COMMENT.sub("", one.text) for one in found if posixpath.basename(one.path) in names]


def with_scripts(context: Sequence[ContextFile], texts: Sequence[str]) -> list[str]:
    """Return texts with those of the scripts that they run or source, and what those run."""
    found, waiting = list(texts), list(texts)
    for _ in range(_MOST_SCRIPTS) if context else ():
        words = [word for text in waiting for word in (*_SOURCED.findall(text), *SHELL_SCRIPT.findall(text))]
        waiting = [text for text in scripts_in(context, words) if text not in found] if words else []
        found += waiting
    return found


def python_scripts_in(context: Sequence[ContextFile], words: Iterable[str]) -> list[str]:
    """Return the scripts in Python that words name, and what those import, as far as the repository has it.

    What they run is written as in a shell: a list becomes its words.
    """
    waiting = {posixpath.basename(word.strip("'")) for word in words if word.endswith((".py", ".py'"))}
    done: set[str] = set()
    texts = []
    while waiting:
        found = [one.text for one in context if posixpath.basename(one.path) in waiting]
        done |= waiting
        waiting = {name for text in found for name in modules_in(text)} - done
        texts += found
    plain = (_COMMENT.sub("", text) for text in texts)
    return [_IN_LIST.sub(" ", _PRINTED.sub(" ", text) if "install" in text else text) for text in plain]


def other_scripts_in(context: Sequence[ContextFile], words: Iterable[str]) -> list[str]:
    """Return the scripts in languages but the shell's and Python that words name, what they run as in a shell."""
    names = {posixpath.basename(word.strip("'")) for word in words}
    found = (
        one.text for one in context if OTHER_SCRIPT.match(f"./{one.path}") and posixpath.basename(one.path) in names
    )
    return [_IN_LIST.sub(" ", _COMMENT.sub("", text)) for text in found]


def modules_in(text: str) -> set[str]:
    """Return the names of the files of modules that a text in Python imports."""
    return {f"{module.rpartition('.')[2]}.py" for module in PYTHON_IMPORT.findall(text)}


def may_leave_out(files: Mapping[str, str], path: str) -> bool:
    """Return whether the folder's .dockerignore may keep a file out of the build: the last line about it decides."""
    left_out = False
    for line in map(str.strip, files.get(".dockerignore", "").splitlines()):
        if line.startswith("!"):
            left_out = left_out and not _may_match(line[1:].strip(), path, otherwise=False)
        elif line and not line.startswith("#"):
            left_out = left_out or _may_match(line, path, otherwise=True)
    return left_out


def _may_match(line: str, path: str, *, otherwise: bool) -> bool:
    """Return whether a pattern of a .dockerignore is about a file, or a folder that it is in.

    `otherwise` is returned where that is not known.
    """
    if "[" in line or "\\" in line:
        # What stands before is written as it is.
        literal = _LITERAL.match(line.strip("/").removeprefix("./"))
        return otherwise and (literal is None or path.startswith(literal[0]))
    cleaned = posixpath.normpath(line.strip("/"))
    pattern = "".join(_PATTERNS.get(one) or re.escape(one) for one in _PIECES.findall(cleaned))
    return cleaned == "." or re.fullmatch(f"{pattern}(?:/.*)?", path) is not None
