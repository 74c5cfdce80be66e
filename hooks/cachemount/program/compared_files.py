"""Dockerfiles that tests compare, as a whole, with what a program writes: golden files, and the templates of a test.

A folder's name may tell, a test that reads the file and compares it, or a program in Rust that takes the text in.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.nearest import nearest_files
from cachemount.files.reading import names_in, real_path, repository_of, text_in, upwards
from cachemount.late_pattern import late
from cachemount.program.dockerfile_tests import tests_of
from cachemount.program.readmes import to_line_end
from cachemount.source import ContextFile

_MOST_BYTES = 200_000
_MOST_FILES = 100
_MOST_FOLDERS = 40
_LONGEST = 300

# A folder `golden` outside of tests may be one of images, and what is built for tests of snapshots is no snapshot.
_GOLDEN = late(
    r"(?:^|/)(?:__snapshots__(?=/)"
    r"|(?:test[-_]?data|__tests__|tests?|specs?|fixtures)/(?:[^/]+/)*?(?:golden[\w-]*(?=/)|expected(?=/)"
    r"|snapshots(?=/(?:[^/]+/)*(?!(?:Docker|Container)file$)[^/]+$)"
    r"|[^/]*(?:(?<![a-z])(?:golden|expected|approved)(?![a-z]|[-_](?:err|fail)))[^/]*$))"
)
_EQUAL = late(
    r"==|!=|[aA]ssert\w*[._]?[eE]q|\.Equal\w*\(|\.(?:toEqual|toBe|toStrictEqual|toMatchFileSnapshot)\(|\bcmp\.Diff\("
    r"|\bdiff[ \t]|\bcheck\w*Golden\(|\b(?:eq|should ==)\b"
)
_READS = late(r"(?i)read|open\(|include_str|snapshot|golden|\bdiff\b")
# A part of the file, or something about it, is what counts.
_OF_PART = late(
    r"(?i)includes|contain|\bmatch\(|search|indexof|\bfind\b|(?:starts|ends)_?with|split|count|exists|\blen\(|length|\bin\b"
    r"|\b(?:true|false|none|null|nil)\b|\[|\bif\b"
)
_INCLUDED = late(r"include_str!\(\s*\"([^\"\n]{1,200})\"")
_ASSERTED = late(r"assert\w*eq!\([^;]{0,600}?include_str!\(\s*\"[^\"\n]*(?:Docker|Container)file[^\"\n]*\"")
_PLAIN = frozenset({"Dockerfile", "Containerfile"})


def compared(path: str) -> Iterator[ContextFile]:
    """Yield the file whose last line compares a Dockerfile with what a program writes, or the folder that tells so."""
    real = real_path(path)
    folder = os.path.dirname(real)
    root = repository_of(folder)
    own = os.path.relpath(real, root).replace(os.sep, "/")
    if golden := _GOLDEN.search(own):
        yield ContextFile(path=own[: golden.end()], text="", compares=True)
        return
    found = next(_by_tests(path, own), None) or next(_by_rust(real, root), None)
    if found:
        place, text = found
        yield ContextFile(path=place, text=text, compares=True)


def _by_tests(path: str, own: str) -> Iterator[tuple[str, str]]:
    """Yield the tests that read a Dockerfile and compare it in one line: their paths, and texts up to there."""
    name = posixpath.basename(own)
    quoted = re.compile(rf"[\"'`]((?:[\w.-]+/)*{re.escape(name)})[\"'`]")
    for test in tests_of(path):
        beside = posixpath.dirname(test.path)
        for match in quoted.finditer(test.text):
            start = test.text.rfind("\n", 0, match.start()) + 1
            up_to = to_line_end(test.text, match.start())
            line = up_to[start:]
            if len(line) > _LONGEST or _OF_PART.search(line) or not (_EQUAL.search(line) and _READS.search(line)):
                continue
            places = {posixpath.normpath(posixpath.join(one, match[1])) for one in ("", beside)}
            # The folder may stand in a variable.
            if own in places or (match[1] == name and name not in _PLAIN):
                yield test.path, up_to


def _by_rust(real: str, root: str) -> Iterator[tuple[str, str]]:
    """Yield the sources of a crate that take in a Dockerfile, where tests compare one: their paths, texts up to there.

    A Dockerfile beside the crate's manifest is most likely what builds it.
    """
    folder = os.path.dirname(real)
    crate = next((one for one in upwards(folder, root) if "Cargo.toml" in names_in(one)), "")
    if not crate or crate == folder:
        return
    sources = _sources(crate)
    if not any(_ASSERTED.search(text) for _, text in sources):
        return
    for name, text in sources:
        beside = os.path.dirname(os.path.join(crate, name))
        for match in _INCLUDED.finditer(text):
            if os.path.normpath(os.path.join(beside, match[1])) == real:
                place = os.path.relpath(os.path.join(crate, name), root).replace(os.sep, "/")
                yield place, to_line_end(text, match.start())


@kept
def _sources(crate: str) -> tuple[tuple[str, str], ...]:
    """Return the sources of a crate that take in Dockerfiles: their paths in it, and texts."""
    tops = (os.path.join(crate, one) for one in ("src", "tests"))
    found = (one for top in tops for one in nearest_files(top, ".rs", (), _MOST_FOLDERS))
    paths = (os.path.relpath(one, crate) for one in islice(found, _MOST_FILES))
    texts = ((one, text_in(crate, one, _MOST_BYTES)) for one in paths)
    return tuple((one, text) for one, text in texts if "include_str!" in text and "file" in text)
