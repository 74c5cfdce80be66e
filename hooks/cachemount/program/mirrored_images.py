"""Public images that a script or workflow of the repository copies to a registry of its own, under another name.

https://docs.docker.com/reference/cli/docker/buildx/imagetools/create/,
https://github.com/google/go-containerregistry/blob/main/cmd/crane/doc/crane_copy.md,
https://github.com/containers/skopeo/blob/main/docs/skopeo-copy.1.md
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice

from cachemount.dockerfile.images.lookup import lookup, split
from cachemount.files.kept import kept
from cachemount.files.reading import names_in, real_path, repository_of, text_inside_repository
from cachemount.files.workflows import workflows
from cachemount.late_pattern import late
from cachemount.program.platforms import FOLDERS
from cachemount.program.repository_images import references
from cachemount.program.shell_builds import VARIABLE, filled
from cachemount.source import BuiltImage

_MOST_BYTES = 100_000
_MOST_FILES = 50
_MOST_NAMES = 100
_ENDS = (".sh", ".bash")
_COPIES = late(
    r"\b(docker[ \t]+buildx[ \t]+imagetools[ \t]+create|g?crane[ \t]+(?:copy|cp)|skopeo[ \t]+copy|docker[ \t]+tag)"
    r"[ \t]+([^\n|;&]*)"
)
_TAGS = frozenset({"-t", "--tag"})
# Other options have a value, in the same word or the next one.
_ALONE = frozenset({
    "-a", "--all", "--all-tags", "--allow-nondistributable-artifacts", "--insecure", "-n", "--no-clobber",
    "--prefer-index", "--preserve-digests", "-q", "--quiet", "--remove-signatures", "-v", "--verbose",
})  # fmt: skip
# What comes from several images, or is another one than what it comes from.
_CHANGES = frozenset({"-f", "--file", "--append", "--dry-run", "--format", "--annotation", "--encryption-key"})
_VALUE = late(r"[\"']?(?:\$\{\w+:-([\w./:-]+)\}|([\w./:-]+))[\"']?(?=[\s;]|\Z)")
_SET = r"(?m)(?:^|[\s;])(?:export[ \t]+|readonly[ \t]+|local[ \t]+)?{}="
_LOOP = r"\bfor[ \t]+{}[ \t]+in[ \t]+([^;\n]*)"
_ARRAY = late(r"[\"']?\$\{(\w+)\[[@*]\]\}[\"']?")
_LIST = r"(?m)^[ \t]*(?:declare[ \t]+-\w+[ \t]+|readonly[ \t]+|local[ \t]+)?{}=\(([^()$`]*)\)"
_COMMENT = late(r"(?m)#.*$")
_IMAGE = late(r"[\w.-]+(?::\d+)?(?:/[\w.-]+)*(?::[\w.-]+)?(?:@[\w.:]+)?")


def mirrored(path: str, text: str) -> Iterator[BuiltImage]:
    """Yield the copies of known images that a Dockerfile begins with, as if they were built on those."""
    wanted = {split(word)[0] for word in references(text) if "/" in word and lookup(word.rstrip(":")) is None}
    if not wanted:
        return
    for file, copies in _copies(repository_of(os.path.dirname(real_path(path)))):
        made = "".join(f"FROM {source}\n" for source, _ in copies)
        for number, (_, name) in enumerate(copies):
            if split(name)[0] in wanted:
                yield BuiltImage(name=name, path=file, text=made, target=str(number))


@kept
def _copies(root: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return the scripts and workflows that copy known images: path, and for each image its name and the new one."""
    folders = ("", *(one for one in FOLDERS if one in names_in(root)))
    scripts = (os.path.join(one, name) for one in folders for name in sorted(names_in(os.path.join(root, one))))
    found = []
    for name in (*islice((one for one in scripts if one.endswith(_ENDS)), _MOST_FILES), *workflows(root)):
        text = text_inside_repository(os.path.join(root, *name.split("/")), root, _MOST_BYTES)
        if _COPIES.search(text) and (copies := tuple(_copied(text))):
            found.append((name.replace(os.sep, "/"), copies))
    return tuple(found)


def _copied(script: str) -> Iterator[tuple[str, str]]:
    """Yield what a script copies: the name of a known image, and its new name."""
    text = _COMMENT.sub("", script.replace("\\\r\n", " ").replace("\\\n", " "))
    for command, words in _COPIES.findall(text):
        for source, name in islice(_named(command, words.strip(), text), _MOST_NAMES):
            is_pulled = "tag" not in command or re.search(rf"\bpull\s+[\"']?{re.escape(source)}(?![\w./:@-])", text)
            if _IMAGE.fullmatch(source) and _IMAGE.fullmatch(name) and lookup(source) is not None and is_pulled:
                yield source, name


def _named(command: str, words: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the images of a command, with the variables in their names filled in: one after another in a loop."""
    tags: list[str] = []
    images: list[str] = []
    waiting = iter(words.split())
    for word in waiting:
        option, equals, value = word.partition("=")
        if option in _CHANGES:
            return
        if not word.startswith("-"):
            images.append(word)
        elif option not in _ALONE and not equals:
            value = next(waiting, "")
        if option in _TAGS:
            tags.append(value)
    pair = [one.strip("\"'").removeprefix("docker://") for one in (*images, *tags)]
    if len(pair) != 2 or len(tags) != ("imagetools" in command):
        return
    for values in _values(" ".join(pair), text):
        source, name = (filled(one, values) for one in pair)
        yield source, name


def _values(words: str, text: str) -> Iterator[dict[str, str]]:
    """Yield the values of the variables in words of a script, where each has one for good or is that of one loop."""
    names = {one[1] or one[2] or one[3] for one in VARIABLE.finditer(words)}
    known: dict[str, str] = {}
    looped: dict[str, list[str]] = {}
    for name in names:
        begins = [match.end() for match in re.finditer(_SET.format(name), text)]
        loops = re.findall(_LOOP.format(name), text)
        if len(begins) == 1 and not loops and (value := _VALUE.match(text, begins[0])):
            known[name] = value[1] or value[2]
        elif len(loops) == 1 and not begins:
            looped[name] = _items(loops[0].strip(), text)
    if not looped:
        yield known
    for name, items in looped.items() if len(looped) == 1 else ():
        yield from ({**known, name: item} for item in items)


def _items(words: str, text: str) -> list[str]:
    """Return what a loop goes through: words, or those of an array that is written out once."""
    array = _ARRAY.fullmatch(words)
    if array is not None:
        lists = re.findall(_LIST.format(array[1]), text)
        words = lists[0] if len(lists) == 1 and not re.search(rf"\b{array[1]}\+=", text) else ""
    return [one.strip("\"'") for one in words.split()]
