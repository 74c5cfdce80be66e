"""The scripts and Makefiles of the repository that the steps of a Dockerfile run."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence

from cachemount.copied_names import copies, ends_of, folders_of_programs, sources_of
from cachemount.files.reading import names_in, text_inside_repository
from cachemount.late_pattern import late
from cachemount.program.fast_path import FOLDER_OF_PROGRAMS, RUNS_SCRIPT
from cachemount.script_names import MAKEFILES, SHELL_NAME, SHELL_SCRIPT
from cachemount.source import ContextFile

_BUILD_FILES = (*MAKEFILES, "justfile", "package.json")
_MOST_BYTES = 1_000_000
_MOST_NAMES = 100
_MOST_FOLDERS = 20
_RUN = late(r"(?im)^[ \t]*RUN[ \t](?:[^\n]*\\[ \t]*\r?\n(?:[ \t]*#[^\n]*\n)*)*[^\n]*")
_BRINGS = late(r"(?im)^[ \t]*(?:COPY|ADD)[ \t][^\n]*|--mount=\S*\bbind\b\S*")
_INCLUDED = late(r"(?m)^[ \t]*[-s]?include[ \t]+([\w./ \t-]*[\w-])[ \t]*$")
# Without a dot: what has one may be a file that is read.
_TARGETS = late(r"(?m)^([\w-]+(?:[ \t]+[\w-]+)*)[ \t]*::?(?!=)")
_RUNS_PACKAGE = late(r"\b(?:(?:npm|pnpm|yarn|bun)\s+(?:\S+\s+){0,4}?run(?:-script)?|yarn|pnpm)\s+[\w-]")
MAKES = late(r"\bg?make\b")
# Those without an ending that are run, or read, by their paths from the context.
_SOURCES = r"(?:(?:source|\.|exec|(?:ba|da|k|z)?sh)[ \t]+(?:-[a-z]+[ \t]+)*)?"
_RUN_BY_PATH = late(
    r"(?m)(?:^[ \t]*RUN\b(?:(?:[ \t]|\\\r?\n)+--\S+)*(?:[ \t]|\\\r?\n)*|&&|\|\||;)[ \t]*(?:\\\r?\n[ \t]*)?"
    rf"{_SOURCES}\./([\w-]+(?:/[\w-]+)+)(?=[ \t\r\n;&|\\\"']|\Z)"
)
_RUN_BY_SCRIPT = late(
    r"(?m)(?:^|&&|\|\||[;|]|\b(?:do|else|then)\b)[ \t]*"
    rf"{_SOURCES}[\"']?(?:\$\(dirname [^()]*\)|\$\{{?\w+\}}?|\.)[\"']?/([\w-]+(?:/[\w-]+)*)(?=[ \t\r\n;&|\\\"']|\Z)"
)
# "$HERE/install.sh", "$(dirname "$0")/../install.sh"
_BY_VARIABLE = late(
    r"(?:\$\{?\w+\}?|\$\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\))[\"']?/([\w./-]*[\w-]\.(?:sh|bash))(?![\w.-])"
)
_SHEBANG = late(r"#!.*\b(?:ba|da|k|z)?sh\b")
_CALLED = late(r"(?m)(?:^[ \t]*(?:RUN\b(?:[ \t]+--\S+)*)?|&&|\|\||[;|])[ \t]*([a-z][\w-]*)(?=[ \t\n;&|\\])")
# Folders from which scripts may be run: by cd, WORKDIR, a variable or PATH.
ENTERED = late(
    r"(?m)(?:\b(?:cd|pushd)[ \t]+|^[ \t]*WORKDIR[ \t]+|\b[A-Za-z_]\w*[= ][\"']?(?=/))[\"']?"
    r"(?:\$\{?\w+\}?/)?([\w./-]*\w)"
)


def runs_script(text: str) -> bool:
    """Return whether steps of a Dockerfile may run scripts of the repository, or `make`."""
    brought = _BRINGS.findall(text)
    ran = _runs(text) if brought else ""
    return bool(ran) and (
        any(FOLDER_OF_PROGRAMS in one for one in brought)
        or any(one in ran for one in RUNS_SCRIPT)
        or (_RUNS_PACKAGE.search(ran) is not None)
    )


def _runs(text: str) -> str:
    """Return the RUN instructions of a Dockerfile, or all of it where they have here-documents."""
    return text if "<<" in text else "\n".join(_RUN.findall(text))


def scripts_of_runs(text: str, folders: Sequence[tuple[str, str]]) -> Iterator[ContextFile]:
    """Yield the scripts and Makefiles that the RUN instructions of a Dockerfile name, and the scripts that those run.

    `folders` are those that may be the context, each with its path from the Dockerfile's.
    """
    ran = _runs(text)
    names = [*scripts_of_steps(text, SHELL_SCRIPT.findall(ran))]
    names += makefiles(text) if MAKES.search(ran) else ()
    names += _beside_sources(text, ("package.json",)) if _RUNS_PACKAGE.search(ran) else ()
    for folder, above in folders:
        there = names_in(folder)
        known = [name for name in dict.fromkeys(names) if name.partition("/")[0] in there]
        for name in known[:_MOST_NAMES]:
            content = text_inside_repository(os.path.join(folder, *name.split("/")), folder, _MOST_BYTES)
            if content:
                yield ContextFile(path=name, text=content, folder=above)
                if name.endswith(MAKEFILES):
                    yield from _made_already(content, name, folder, above)
                    yield from included(content, name, folder, above)
                yield from run_by(content, name, folder, above)


def _made_already(makefile: str, path: str, folder: str, above: str) -> Iterator[ContextFile]:
    """Yield the files and folders beside a Makefile that have the name of a target, without their texts."""
    beside = posixpath.dirname(path)
    there = {*names_in(os.path.join(folder, *beside.split("/")))}
    targets = {name for names in _TARGETS.findall(makefile) for name in names.split()}
    for name in sorted((targets & there) - {*_BUILD_FILES})[:_MOST_NAMES]:
        yield ContextFile(path=posixpath.join(beside, name), text="", folder=above)


def places_of(text: str, scripts: Sequence[str]) -> Iterator[str]:
    """Yield where scripts may be in the context: as a COPY calls them, by ends of their paths, in copied folders."""
    sources = list(sources_of(text))
    names = {os.path.basename(script) for script in scripts}
    yield from (source for source in sources if os.path.basename(source) in names)
    ends = list(dict.fromkeys(end for script in scripts for end in ends_of(script)))
    yield from ends
    folders = [source for source in sources if "." not in os.path.basename(source)]
    folders += dict.fromkeys(end for folder in ENTERED.findall(text) for end in ends_of(folder)) if ends else ()
    yield from (f"{folder}/{end}" for folder in folders for end in ends)


def scripts_of_steps(text: str, scripts: Sequence[str]) -> Iterator[str]:
    """Yield where the scripts may be that a step runs or a COPY names."""
    yield from places_of(text, scripts)
    # Many scripts that are made to be called by their names have no ending.
    for source in sources_of(text):
        name = os.path.basename(source)
        if "." not in name and text.count(name) > 1:
            yield source
    yield from _RUN_BY_PATH.findall(text) if "./" in text else ()
    folders = [folder for words in copies(text) for folder in folders_of_programs(words)]
    yield from (f"{folder}/{called}" for folder in folders for called in dict.fromkeys(_CALLED.findall(text)))


def makefiles(text: str) -> Iterator[str]:
    """Yield where a Makefile may be: in the context, in a folder that is copied, or in one that a step enters."""
    yield from _beside_sources(text, MAKEFILES)


def _beside_sources(text: str, names: Sequence[str]) -> Iterator[str]:
    yield from names
    entered = (folder for folder in ENTERED.findall(text) if not folder.startswith("/"))
    yield from (f"{folder}/{name}" for folder in (*sources_of(text), *entered) for name in names)


def run_by(text: str, name: str, folder: str, above: str) -> Iterator[ContextFile]:
    """Yield the shell scripts that a build file or a script names, by their paths from its folder or the context's."""
    beside = name.rpartition("/")[0]
    entered = list(dict.fromkeys(ENTERED.findall(text)))[:_MOST_FOLDERS]
    scripts = [
        *SHELL_SCRIPT.findall(text),
        *_BY_VARIABLE.findall(text),
        *(() if name in _BUILD_FILES else _RUN_BY_SCRIPT.findall(text)),
    ]
    for script in list(dict.fromkeys(scripts))[:_MOST_NAMES]:
        folders = (
            beside,
            "",
            posixpath.dirname(beside),
            *(os.path.join(beside, one) for one in entered if not one.startswith("/")),
        )
        places = (posixpath.normpath(posixpath.join(place, script)).lstrip("/") for place in folders)
        for path in dict.fromkeys(places):
            if path == name or path.partition("/")[0] not in names_in(folder):
                continue
            content = text_inside_repository(os.path.join(folder, *path.split("/")), folder, _MOST_BYTES)
            if content:
                yield ContextFile(path=path, text=content, folder=above)
                break


def runs_others(name: str, content: str) -> bool:
    """Return whether a file is a build file or a script for a shell, which may run scripts."""
    is_script = SHELL_NAME.search(name) or ("." not in posixpath.basename(name) and _SHEBANG.match(content))
    return name in _BUILD_FILES or bool(is_script)


def included(makefile: str, path: str, folder: str, above: str) -> Iterator[ContextFile]:
    """Yield the files that a Makefile includes by their names."""
    names = (one for line in _INCLUDED.findall(makefile) for one in line.split())
    for one in list(dict.fromkeys(names))[:_MOST_NAMES]:
        name = posixpath.normpath(posixpath.join(posixpath.dirname(path), one))
        content = text_inside_repository(os.path.join(folder, *name.split("/")), folder, _MOST_BYTES)
        if content:
            yield ContextFile(path=name, text=content, folder=above)
