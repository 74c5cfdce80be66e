"""Programs of a repository that read a Dockerfile and write another one, with steps of their own among its lines.

Those steps run in its image as those of other Dockerfiles do that are built on it, and have no mounts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.nearest import nearest_files
from cachemount.files.reading import real_path, repository_of, text_inside_repository
from cachemount.late_pattern import late
from cachemount.program.builders.named_near import without_dots
from cachemount.program.readmes import to_line_end
from cachemount.records import Record, field
from cachemount.repairs.safety.demanded_words import is_test
from cachemount.source import ContextFile

_MOST_BYTES = 200_000
_MOST_FOLDERS = 400
_MOST_FILES = 200
_SKIPPED = frozenset({"build", "dist", "docs", "node_modules", "testdata", "venv", "vendor"})
_ENDS = (".cjs", ".go", ".js", ".mjs", ".py", ".rb", ".ts")
# Of all programs of a repository, those whose paths speak of it are read.
_LIKELY = late(r"(?i)docker|image|container|build|sandbox")

_QUOTE = r"[\"'`]"
_STRING = late(rf"{_QUOTE}((?:[\w.$-]+/)*[\w.-]*(?i:docker|container)file[\w.-]*){_QUOTE}")
_NAMED = late(
    r"\b(\w{4,})\s*(?::\s*\w+\s*)?:?=\s*[^\n=;]{0,60}?"
    rf"{_QUOTE}((?:[\w.$-]+/)*[\w.-]*(?i:docker|container)file[\w.-]*){_QUOTE}"
)
_READS = r"(?:\breadFile(?:Sync)?|\bReadFile|\bFile\.read|\bopen|\bfile)\(\s*"
_READ, _READ_TEXT = late(rf"{_READS}([^\n]{{0,200}})"), late(r"([\w.]+)\.(?:read_text|open)\(")
_WRITES = late(r"\bwriteFile(?:Sync)?\(|\bWriteFile\(|\bFile\.write\(|\.write_text\(|\.write\(|\bcreateWriteStream\(")
# Where lines of the file are looked for.
_SEARCHED = late(
    r"\b(?:replace(?:All|_all)?|split|r?split_lines|indexOf|lastIndexOf|r?index|r?find|search|match|partition|g?sub|Replace(?:All)?"
    r"|(?:Last)?Index|Split\w*|Cut|HasPrefix|Contains|starts?[Ww]ith|start_with\?|includes)\(\s*(?:[\w.]+,\s*)?"
    r"(?:r?[\"'`]|/)(?:\\n|\^)*((?:FROM|COPY|ADD|ENTRYPOINT|CMD|WORKDIR|USER|ENV|ARG|LABEL)"
    r"(?: [^\"'`\n/\\$%{}*+()\[\]|?^]*)?)"
)
# A step that the program writes: not one that it looks for.
_STEP = late(r"(?:[\"'`]|\\n|(?m:^))[ \t]*RUN [^\n]{3}")


class _Program(Record):
    """A program that writes steps among lines of a Dockerfile: which lines, where it looks for them, what it reads."""

    name: str
    text: str
    lines: tuple[tuple[int, str], ...]
    read: frozenset[str] = field(default_factory=frozenset)


def extended_by(path: str, text: str) -> Iterator[ContextFile]:
    """Yield the program that makes another Dockerfile of one, given by its path and text, with more steps."""
    real = real_path(path)
    root = repository_of(os.path.dirname(real))
    for program in _programs(root):
        at = next((at for at, line in program.lines if re.search(rf"(?m)^{re.escape(line)}", text)), None)
        if at is not None and any(_is_of(one, real, root) for one in program.read):
            name = os.path.relpath(os.path.join(root, program.name), os.path.dirname(real)).replace(os.sep, "/")
            yield ContextFile(path=name, text=to_line_end(program.text, at), base_of="")
            return


def _is_of(named: str, path: str, root: str) -> bool:
    """Return whether a path that a program reads ends as that of a Dockerfile; one without a folder is at the root."""
    file = os.path.relpath(path, root).replace(os.sep, "/")
    plain = without_dots(named)
    return plain == file or (plain != "Dockerfile" and file.endswith(f"/{plain}"))


@kept
def _programs(root: str) -> tuple[_Program, ...]:
    texts = dict(_texts(root))
    paths = {one[1]: one[2] for text in texts.values() for one in _NAMED.finditer(text)}
    found = []
    for name, text in texts.items():
        lines = tuple((one.start(1), one[1].rstrip()) for one in _SEARCHED.finditer(text))
        if lines and _WRITES.search(text) and _STEP.search(text) and (read := frozenset(_read(text, paths))):
            found.append(_Program(name=name, text=text, lines=lines, read=read))
    return tuple(found)


def _read(text: str, paths: dict[str, str]) -> Iterator[str]:
    """Yield the Dockerfiles that a program reads, by their paths or by names that it or another gives to those."""
    for one in _READ.finditer(text):
        yield from _STRING.findall(one[1])
        yield from (paths[word] for word in re.findall(r"\w+", one[1]) if word in paths)
    for one in _READ_TEXT.finditer(text):
        yield from (paths[word] for word in one[1].split(".") if word in paths)


def _texts(root: str) -> Iterator[tuple[str, str]]:
    """Yield the likely programs of a repository that name Dockerfiles or write steps: their paths in it, and texts."""
    files = nearest_files(root, _ENDS, _SKIPPED, _MOST_FOLDERS)
    names = (one[len(root) + 1 :].replace(os.sep, "/") for one in files)
    for name in islice((one for one in names if _LIKELY.search(one) and not is_test(one)), _MOST_FILES):
        text = text_inside_repository(os.path.join(root, *name.split("/")), root, _MOST_BYTES)
        if "ockerfile" in text or "ontainerfile" in text or "RUN " in text:
            yield name, text
