"""A Dockerfile read together with those of its repository that build its base image, or build on its own image.

All stand in one text, each in the order in which they are built, as if the image's name were that of a stage. So what
holds between stages of one file holds between files as well: what an image inherits, and who reads what a step leaves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from cachemount.dockerfile.images.lookup import lookup, short_name, split
from cachemount.dockerfile.model import Dockerfile, Flag, Instruction, Stage, UnreadableDockerfileError
from cachemount.dockerfile.reader import read
from cachemount.dockerfile.syntax.directives import read_directives
from cachemount.late_pattern import late
from cachemount.records import Record, replace
from cachemount.source import ANY_TAG, BuiltImage, Part, Source, Span

# More is not joined: it takes time, and tells little.
_MOST_CHARACTERS = 200_000
_MOST_FILES = 10
# A Dockerfile may take something out of many of them.
_MOST_BASES = 25
_FROM = late(r"(?im)^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)")
_DEFAULT = late(r"(?im)^[ \t]*ARG[ \t]+(\w+)(?:=[\"']?([^\s\"']*))?")
_OPEN_TAG = late(r":\$(?:\w+|\{[^}]*\})\Z")


class Joined(Record):
    """`dockerfile` has the stages of all files, `own` is where the text of the file that is checked stands in it."""

    dockerfile: Dockerfile
    own: Span


def join(dockerfile: Dockerfile) -> Joined | None:
    """Return a Dockerfile with its neighbours; None where none is known, or where they cannot be read as one."""
    source = dockerfile.source
    if not source.images or dockerfile.escape != "\\" or source.text.startswith("\ufeff"):
        return None
    bases, derived = [*_bases(dockerfile)], [*_derived(dockerfile)]
    files = [*dict.fromkeys(one.path for one in (*_below(source, bases), *bases)), source.path]
    if len(files) > _MOST_BASES:
        return None
    most = max(_MOST_FILES, len(files))
    files += [one for one in dict.fromkeys(one.path for one, _ in derived) if one not in files]
    if len(files) == 1:
        return None
    # The first of those that build on it tell most of what matters.
    files = files[:most]
    derived = [(one, mine) for one, mine in derived if one.path in files]
    try:
        return _Joiner(dockerfile, files).joined(bases, derived)
    except UnreadableDockerfileError:
        return None


def _bases(dockerfile: Dockerfile) -> Iterator[BuiltImage]:
    """Yield the images of the repository that stages of the file begin with, those of known base images apart."""
    own = dockerfile.source.path
    for stage in dockerfile.stages:
        if stage.image and stage.parent is None and lookup(stage.image) is None:
            found = begun_with(dockerfile.source.images, stage, own)
            if found is not None and found.path != own:
                yield found


def _below(source: Source, bases: Sequence[BuiltImage]) -> list[BuiltImage]:
    """Return the images of the repository that its base images begin with, directly or not, the lowest first."""
    found: list[BuiltImage] = []
    seen = {source.path, *(one.path for one in bases)}
    waiting = list(bases)
    while waiting:
        above = waiting.pop(0)
        for name in _begins_with(above):
            image = built(source.images, name, above.path) if lookup(name) is None else None
            if image is not None and image.path not in seen and len(seen) < _MOST_BASES:
                seen.add(image.path)
                found.insert(0, image)
                waiting.append(image)
    return found


def _begins_with(image: BuiltImage) -> Iterator[str]:
    """Yield the images that the Dockerfile of an image begins with, any tag where an argument has it."""
    names = [_OPEN_TAG.sub(f":{ANY_TAG}", written) for written in _FROM.findall(image.text)]
    yield from names
    if any("$" in name for name in names):
        try:
            stages = read(Source(path=image.path, text=image.text, arguments=image.arguments)).stages
        except UnreadableDockerfileError:
            return
        yield from (stage.image for stage in stages if stage.parent is None)


def _derived(dockerfile: Dockerfile) -> Iterator[tuple[BuiltImage, BuiltImage]]:
    """Yield other images of the repository whose Dockerfiles may begin with an image of this one, and that image."""
    source = dockerfile.source
    for mine in source.images:
        if mine.path != source.path or not mine.name or lookup(mine.name) is not None:
            continue
        name = short_name(mine.name)
        for other in source.images:
            given = any(short_name(value or "") == name for _, value in other.arguments)
            # A word is found sooner than an image.
            if other.path == source.path or not (given or name in other.text):
                continue
            if built(source.images, mine.name, other.path) is mine and (
                given or re.search(rf"(?im)^\s*(?:FROM|ARG)\b.*\b{re.escape(name)}\b", other.text)
            ):
                yield other, mine


def built(images: tuple[BuiltImage, ...], name: str, reader: str) -> BuiltImage | None:
    """Return the image of the repository that a name in a Dockerfile stands for; None where that is not certain."""
    if not name or "$" in name:
        return None
    wanted = _plain(name)
    # What files say counts more than what the name alone tells.
    any_tag = (wanted[0], ANY_TAG)
    for within, one_named in ((reader, wanted), ("", wanted), ("", any_tag), (reader, any_tag)):
        found = [one for one in images if one.within == within and _plain(one.name) == one_named]
        if found:
            builds = {(one.path, one.target, _changing(one.text, one.arguments)) for one in found}
            return found[0] if len(builds) == 1 else None
    return None


def begun_with(images: tuple[BuiltImage, ...], stage: Stage, reader: str) -> BuiltImage | None:
    """Return the image of the repository that a stage begins with; None where that is not certain.

    Where the repository does not build the default of an argument, it is the one that all known builds give.
    """
    found = built(images, _OPEN_TAG.sub(f":{ANY_TAG}", stage.image), reader)
    choices = [one for one in stage.choices if one]
    if found is not None or not choices or lookup(stage.image) is not None:
        return found
    others = [built(images, one, reader) for one in choices]
    builds = {one and (one.path, one.target, one.arguments) for one in others}
    return others[0] if len(builds) == 1 else None


def _changing(text: str, arguments: tuple[tuple[str, str | None], ...]) -> tuple[tuple[str, str | None], ...]:
    """Return the arguments of a build without those that say what the Dockerfile has by default."""
    return tuple((name, value) for name, value in arguments if {value} != {*_defaults(text).get(name, ())})


@lru_cache(maxsize=64)
def _defaults(text: str) -> dict[str, list[str]]:
    """Return what a Dockerfile gives each argument by default, in all places."""
    found: dict[str, list[str]] = {}
    for name, value in _DEFAULT.findall(text):
        found.setdefault(name, []).append(value)
    return found


@lru_cache(maxsize=2048)
def _plain(name: str) -> tuple[str, str]:
    found, tag = split(name)
    return found, tag or "latest"


class _Joiner:
    """Reads the files one after another into one text."""

    def __init__(self, dockerfile: Dockerfile, files: list[str]) -> None:
        source = dockerfile.source
        self._source = source
        images = {one.path: one for one in source.images}
        texts = [source.text if path == source.path else images[path].text for path in files]
        texts = [text if text.endswith("\n") else text + "\n" for text in texts]
        if sum(map(len, texts)) > _MOST_CHARACTERS:
            raise UnreadableDockerfileError("the files are too large to be read as one", 0)
        self._read: dict[str, Dockerfile] = {}
        self._starts: dict[str, int] = {}
        at = 0
        for path, text in zip(files, texts, strict=True):
            own = path == source.path
            arguments = source.arguments if own else images[path].arguments
            # Blank lines in front move all offsets to where the text stands among the others.
            choices = source.choices if own else _choices(source.images, path)
            found = read(Source(path=path, text="\n" * at + text, arguments=arguments, choices=choices))
            if not own and read_directives(text)[0] != "\\":
                raise UnreadableDockerfileError("another escape character", 0)
            self._read[path], self._starts[path] = found, at
            at += len(text)
        self._text = "".join(texts)

    def joined(self, bases: list[BuiltImage], derived: list[tuple[BuiltImage, BuiltImage]]) -> Joined | None:
        own = self._read[self._source.path]
        before = self._join_bases(own, bases)
        after = self._join_derived(own, derived)
        self._release([*before, *own.stages, *after] if before or after else [])
        if not before and not after:
            return None
        start = self._starts[self._source.path]
        parts = tuple(
            Part(start=at, path="" if path == self._source.path else path) for path, at in self._starts.items()
        )
        comments = [comment for one in self._read.values() for comment in one.comments]
        for number, stage in enumerate(before):
            stage.index = number - len(before)
        for number, stage in enumerate(after):
            stage.index = len(own.stages) + number
        whole = replace(
            own,
            source=replace(self._source, text=self._text, parts=parts),
            stages=(*before, *own.stages, *after),
            last=own.stages[-1],
            comments=tuple(comments),
        )
        return Joined(dockerfile=whole, own=Span(start, start + len(self._source.text)))

    def _release(self, kept: list[Stage]) -> None:
        """Let stages know no other children than those kept: nothing is read of the others."""
        used = {id(stage) for stage in kept}
        for one in self._read.values():
            for stage in one.stages:
                children = stage.children if id(stage) in used else ()
                stage.children[:] = [child for child in children if id(child) in used]

    def _join_bases(self, own: Dockerfile, bases: list[BuiltImage]) -> list[Stage]:
        """Let stages of the file begin with the stages of others that build their images, and return those."""
        found: list[Stage] = []
        for stage in own.stages:
            if stage.parent is not None or not stage.image:
                continue
            image = begun_with(self._source.images, stage, own.source.path)
            if image is None or image not in bases or (top := self._top(image, {own.source.path})) is None:
                continue
            stage.parent = top
            top.children.append(stage)
            found += [one for one in top.lineage() if one not in found]
        return found

    def _top(self, image: BuiltImage, above: set[str]) -> Stage | None:
        """Return the stage that an image is of, as one of another file, on what that builds on; `above` are others."""
        file = self._read.get(image.path)
        top = _target(file, image.target) if file is not None and image.path not in above else None
        if file is None or top is None or top.file is not None:
            return top
        mine = [one for one in top.lineage() if one.file is None]
        for one in mine:
            self._make_foreign(one, image.path)
        first = mine[0]
        if first.parent is None and first.image and lookup(first.image) is None:
            lower = begun_with(self._source.images, first, image.path)
            base = None if lower is None else self._top(lower, {*above, image.path})
            if base is not None:
                first.parent = base
                base.children.append(first)
        return top

    def _join_derived(self, own: Dockerfile, derived: list[tuple[BuiltImage, BuiltImage]]) -> list[Stage]:
        """Let stages of other files begin with those of the file that build their images, and return those."""
        found: list[Stage] = []
        for other, mine in derived:
            top = _target(own, mine.target)
            if top is None or other.path not in self._read:
                continue
            for stage in self._read[other.path].stages:
                begins = stage.parent is None and begun_with(self._source.images, stage, other.path) is mine
                if begins:
                    stage.parent = top
                    top.children.append(stage)
                if (begins or stage.parent in found) and stage not in found:
                    self._make_foreign(stage, other.path)
                    found.append(stage)
        return found

    def _make_foreign(self, stage: Stage, path: str) -> None:
        stage.file = self._read[path]
        stage.name = ""
        # No stage of this file is meant.
        stage.instructions[:] = [_apart(one, path) for one in stage.instructions]


def _apart(instruction: Instruction, path: str) -> Instruction:
    flags = tuple(
        Flag(span=one.span, name=one.name, value=f"{path}#{one.value}") if one.name == "from" else one
        for one in instruction.flags
    )
    return replace(instruction, flags=flags) if flags != instruction.flags else instruction


def _choices(images: Sequence[BuiltImage], path: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Return the arguments that are known of each build of a Dockerfile."""
    builds = (one.arguments for one in images if one.path == path)
    known = (tuple((name, value) for name, value in one if value is not None) for one in builds)
    return tuple(dict.fromkeys(one for one in known if one))


def _target(dockerfile: Dockerfile, target: str) -> Stage | None:
    if not target:
        return dockerfile.stages[-1]
    wanted = target.lower()
    return next((one for one in dockerfile.stages if wanted in (one.name.lower(), str(one.index))), None)
