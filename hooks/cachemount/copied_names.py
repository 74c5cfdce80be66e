"""Names of the files that instructions copy out of a build's context."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from cachemount.late_pattern import late

_COPY = late(r"(?im)^[ \t]*(?:COPY|ADD)[ \t]+([^\n]*)")
# A mount of the build context, and what it takes from there.
BOUND, _SOURCE = late(r"--mount=(?!\S*(?:\btype=(?!bind\b)|\bfrom=))(\S+)"), late(r"\b(?:source|src)=([^,]+)")
_TARGET = late(r"\b(?:target|dst|destination)=([^,]+)")
# A shell's question for a file beside others, such as a lock file.
ASKS_FOR_FILE = r"(?:\[\[?|test)\s+-[ef]\s+[\"']?(?:\./)?(?P<file>[\w-]+(?:\.[\w-]+)+)[\"']?(?:\s+\]\]?)?"
# What a step calls by another name, or lays elsewhere.
_CALLED_ALSO = late(
    r"(?<![\w./-])(?:ln|cp|mv|install)[ \t]+(?:-\S+[ \t]+(?:\d+[ \t]+)?)*"
    r"[\"']?([^\s;&|\"'-][^\s;&|\"']*)[\"']?[ \t]+[\"']?([^\s;&|\"']+)"
)
_ON_PATH = ("usr/bin", "bin", "usr/local/sbin", "usr/sbin", "sbin")
_SEPARATORS = late(r"[\[\]\",]")


def copies(code: str) -> Iterator[list[str]]:
    """Yield the words of each instruction that copies out of the build context, without its flags."""
    for line in _COPY.findall(code):
        if "--from" not in line:
            yield [word for word in _SEPARATORS.sub(" ", line).split() if not word.startswith("--")]


def copied_as(code: str, name: str) -> Iterator[str]:
    """Yield the files of the context that instructions copy by name, and that have a name where they are copied to."""
    for words in copies(code):
        renamed = posixpath.basename(words[-1]) == name and len(words) == 2 if words else False
        for word in words[:-1]:
            if renamed or posixpath.basename(word) == name:
                yield posixpath.normpath(word.lstrip("/"))


def called_also(code: str, name: str) -> Iterator[str]:
    """Yield the files that have a name in the image alone: as a COPY or a step calls them, or leads to by a link.

    They are named by their paths in the context, from the folder of a step, or, with a slash in front, in the image.
    """
    yield from copied_as(code, name)
    for source, target in _CALLED_ALSO.findall(code):
        last = target.rstrip("/")
        into_folder = target.endswith("/") or posixpath.basename(last) in ("", ".", "bin", "sbin")
        if posixpath.basename(source if into_folder else last) == name:
            yield posixpath.normpath(source)


def on_path(code: str, name: str) -> Iterator[str]:
    """Yield where a program is in the context that a COPY of its folder brings to where programs are."""
    for words in copies(code):
        folders = [one.removesuffix("/*") for one in folders_of_programs(words)]
        if words[-1:] == ["/"]:
            folders += [f"{source}/{one}" for source in taken_by(words) for one in _ON_PATH]
        yield from (f"{folder}/{name}" for folder in folders)


def folders_of_programs(words: Sequence[str]) -> Iterator[str]:
    """Yield the folders of the context that a COPY brings to where programs are called by their names alone."""
    for source in taken_by(words):
        if words[-1].rstrip("/").endswith("bin"):
            yield source
        elif words[-1] == "/":
            yield f"{source}/usr/local/bin"


def sources_of(text: str) -> Iterator[str]:
    """Yield what COPY instructions and bind mounts take from the context, by its paths there."""
    yield from (source for source, _ in bound(text) if source)
    yield from (path for words in copies(text) for path in taken_by(words))


def bound(text: str) -> Iterator[tuple[str, str]]:
    """Yield what bind mounts take from the context, by its paths there ("" for all of it), and where they lay it."""
    for mount in BOUND.findall(text):
        source, target = _SOURCE.search(mount), _TARGET.search(mount)
        yield _cleaned(source[1]) if source else "", target[1] if target else ""


def taken_by(words: Sequence[str]) -> Iterator[str]:
    """Yield what a COPY takes from the context, given its words."""
    return (path for word in words[:-1] if (path := _cleaned(word)))


def ends_of(path: str) -> Iterator[str]:
    """Yield a path without its first folders, the longest first."""
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    yield from ("/".join(parts[start:]) for start in range(len(parts)))


def _cleaned(word: str) -> str:
    path = word.removeprefix("./").strip("/")
    return "" if path == "." else path
