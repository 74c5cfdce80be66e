"""Dockerfiles that commands of a repository build with BuildKit switched off: by a variable of Docker or of Compose.

A command with the variable in front of it says what it builds, else all commands of the file do. Where that is not
told, it may be any Dockerfile below a script's folder, and for programs, and what is in a folder of scripts or
pipelines, any in the repository.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, text_inside_repository, upwards
from cachemount.files.workflows import workflows
from cachemount.late_pattern import late
from cachemount.program.builders.build_commands import BUILD, build_target, within_quotes
from cachemount.program.builders.likely_files import PROGRAMS, likely_files
from cachemount.records import Record
from cachemount.script_names import MAKEFILES

_MOST_BYTES = 200_000
_MOST_FILES = 60
_MOST_COMMANDS = 30
_LONGEST = 4_000

_README = "README.md"
_NAMES = (*MAKEFILES, _README, ".env", ".envrc")
# https://docs.docker.com/compose/how-tos/environment-variables/envvars (of the first version of Compose)
_SIGNS = ("DOCKER_BUILDKIT", "COMPOSE_DOCKER_CLI_BUILD")
# It is neither read nor compared.
_WRITTEN = r"(?<![\w${])(?<!get\([\"'])(?<!getenv\([\"'])"
_SET = (
    r"(?:[\"'\])]*[ \t]*(?:[?:+]?=(?!=)|:|,(?=[ \t]*[\"']))[ \t]*|[ \t]+|[\"']?\s*\n\s*value:[ \t]*)"
    r"[\"']?(?:\$\{\w+:-)?[\"']?"
)
_OFF = late(rf"{_WRITTEN}({'|'.join(_SIGNS)}){_SET}(?:0|[Ff]alse)\b(?!\.)")
_ON = late(rf"{_WRITTEN}DOCKER_BUILDKIT{_SET}(?:1|[Tt]rue)\b|\bbuildx\b")
_COMMENT = late(r"[ \t]*(?:#|//|\*|::|REM\b)|[ \t@-]*(?:echo|printf)\b(?![^\n]*>>)")
# Other variables of the command, then the command with what is continued.
_PREFIX = late(r"[\"']?(?:[ \t]+\w+=(?:\$\([^()\n]*\)|\"[^\"\n]*\"|'[^'\n]*'|[^\s\"'$]|\$(?!\())*)*[ \t]+(?=[\w./$])")
_COMMAND = late(r"(?:\\\r?\n|[^\n;&|\\])+")
# What a string of a program runs; the others are words for a reader.
_RUN = late(r"docker|\bmake\b|\$|(?<!\w)\.{0,2}/\w")
# In a table of variables by the names of files: `"Dockerfile_old": {"DOCKER_BUILDKIT=0"}`.
_KEY = late(
    r"[ \t{(,\[]*[\"']([\w.-]*(?:[Dd]ocker|[Cc]ontainer)file[\w.-]*)[\"'][ \t]*(?::|=>|\]?[ \t]*=)[ \t]*[\[{(][^\n]*"
)
_FALLBACK = late(r"\|\|[ \t]*(?:\w+=\S*[ \t]+)*\Z")
_COMPOSE = late(r"\bdocker[ -]compose\b((?:\\\r?\n|[^\n;&|\\])*)")
_COMPOSE_FILE = late(r"(?<!\S)(?:-f|--file)[= ]+[\"']?([^\s\"']+)")
_COMPOSE_BUILDS = late(r"(?<!\S)(?:build|up|run|create)(?!\S)")
_COMPOSE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_MOVES = late(r"(?m)(?:^|[;&({]|\brun:)[ \t]*(?:cd|pushd)[ \t]|\bworking-directory:")
_COPIES = late(
    r"\b(?:cp|mv|ln|install|copy\w*)\b[^\n;&|]*?(?<![\w./-])((?:[\w.-]+/)+[\w.-]*(?:[Dd]ocker|[Cc]ontainer)file[\w.-]*)"
)
_PLAIN = late(r"[\w./-]+")
_URL = late(r"\w+://|git@")
# What is in these folders builds for the whole repository.
_FOR_ALL = late(
    r"(?:\.[\w-]+|bin|build|ci|deploy|deployment|hack|infra|infrastructure|jenkins|pipelines|scripts?|tasks|tools?)(?:/|\Z)"
)


class _Switched(Record):
    """A file that switches BuildKit off, and by what; the Dockerfiles that it builds, or the folders of them.

    With `only` it does so for Dockerfiles with this name.
    """

    name: str
    sign: str
    files: frozenset[str]
    folders: frozenset[str]
    only: str = ""


class _Text(Record):
    """A file that may switch BuildKit off: its path in its repository, and its text."""

    name: str
    text: str
    root: str

    @property
    def folder(self) -> str:
        return os.path.normpath(os.path.join(self.root, os.path.dirname(self.name)))

    @property
    def is_readme(self) -> bool:
        return os.path.basename(self.name) == _README


def switched_off(path: str, root: str) -> tuple[str, str] | None:
    """Return the file, relative to its repository, that builds a Dockerfile so, and the variable; None without one.

    Both paths are absolute, `path` is the Dockerfile's.
    """
    for folder in upwards(os.path.dirname(path), root):
        for one in _in_folder(folder, root):
            if _builds(one, path):
                return one.name, one.sign
    return next(((one.name, one.sign) for one in _elsewhere(root) if _builds(one, path)), None)


def _builds(switched: _Switched, path: str) -> bool:
    if switched.only not in ("", os.path.basename(path)):
        return False
    return path in switched.files or any(path.startswith(one + os.sep) for one in switched.folders)


@kept
def _in_folder(folder: str, root: str) -> tuple[_Switched, ...]:
    names = islice((one for one in sorted(names_in(folder)) if one.endswith(".sh") or one in _NAMES), _MOST_FILES)
    shown = (os.path.relpath(os.path.join(folder, one), root).replace(os.sep, "/") for one in names)
    return tuple(_all_switched(shown, root))


@kept
def _elsewhere(root: str) -> tuple[_Switched, ...]:
    likely = (found for name, text in likely_files(root) for found in _switched(_Text(name=name, text=text, root=root)))
    return (*_all_switched(workflows(root), root), *likely)


def _all_switched(names: Iterator[str] | list[str], root: str) -> Iterator[_Switched]:
    for name in names:
        text = text_inside_repository(os.path.join(root, *name.split("/")), root, _MOST_BYTES)
        yield from _switched(_Text(name=name, text=text, root=root))


def _switched(file: _Text) -> Iterator[_Switched]:
    """Yield what a file builds without BuildKit, where it does."""
    if not any(one in file.text for one in _SIGNS):
        return
    is_on = _ON.search(file.text) is not None
    for found in islice(_OFF.finditer(file.text), _MOST_COMMANDS):
        line = file.text.rfind("\n", 0, found.start()) + 1
        if (_COMMENT.match(file.text, line) and not file.is_readme) or _FALLBACK.search(file.text, line, found.start()):
            continue
        prefix = _PREFIX.match(file.text, found.end())
        command = _COMMAND.match(file.text, prefix.end(), prefix.end() + _LONGEST) if prefix else None
        if command is None and (is_on or file.is_readme):
            continue
        if command and file.name.endswith(PROGRAMS) and not _RUN.search(command[0]):
            continue
        told = [*_told(command[0] if command else file.text, file)]
        # What is built may be a copy that lies elsewhere.
        told += [_from_places(one, file) for one in _COPIES.findall(file.text)] if told else []
        places = [one for one in told if one]
        is_known = bool(told) and len(places) == len(told)
        yield _Switched(
            name=file.name,
            sign=f"{found[1]}=0",
            files=frozenset(one for place in places for one in place),
            folders=frozenset() if is_known else frozenset(_folders(file)),
            only=key[1] if (key := _KEY.match(file.text, line, found.start())) else "",
        )


def _folders(file: _Text) -> Iterator[str]:
    """Yield the folder whose Dockerfiles a file may build that does not tell which."""
    if file.is_readme:
        # One at the root speaks of the whole project.
        yield from (file.folder,) if file.folder != file.root else ()
    else:
        yield file.root if file.name.endswith(PROGRAMS) or _FOR_ALL.match(file.name) else file.folder


def _told(commands: str, file: _Text) -> Iterator[tuple[str, ...]]:
    """Yield the paths of the Dockerfiles that each build of some commands may be of; () where they are not known."""
    for words in BUILD.findall(commands):
        target = build_target(words)
        yield (target,) if _URL.match(target) else _from_places(target, file) if target else ()
    for words in map(within_quotes, _COMPOSE.findall(commands)):
        if _COMPOSE_BUILDS.search(words):
            yield tuple(_of_compose(words, file))


def _from_places(target: str, file: _Text) -> tuple[str, ...]:
    """Return the paths that a command may mean: from the folder of its file, the root, or one that is moved to."""
    return tuple(dict.fromkeys(os.path.normpath(os.path.join(one, target)) for one in (file.folder, file.root)))


def _of_compose(words: str, file: _Text) -> Iterator[str]:
    """Yield the paths of the Dockerfiles that a command of Compose builds; none where they are not known."""
    from cachemount.embedded import yaml
    from cachemount.embedded.model import UnreadableHostError

    named = _COMPOSE_FILE.findall(words)
    if not all(map(_PLAIN.fullmatch, named)) or (not named and _MOVES.search(file.text)):
        return
    for place in dict.fromkeys((file.root, file.folder)):
        for name in named or [one for one in _COMPOSE_NAMES if one in names_in(place)]:
            path = os.path.normpath(os.path.join(place, name))
            text = text_inside_repository(path, file.root, _MOST_BYTES)
            try:
                builds = yaml.compose_builds(text) if "build" in text else []
            except UnreadableHostError:
                return
            for one in builds:
                yield os.path.normpath(
                    os.path.join(os.path.dirname(path), one.context or ".", one.dockerfile or "Dockerfile")
                )
