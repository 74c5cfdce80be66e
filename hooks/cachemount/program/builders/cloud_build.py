"""The Dockerfiles that a file of Cloud Build hands to its plain docker step."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.nearest import nearest_files
from cachemount.files.reading import text_inside_repository
from cachemount.late_pattern import late
from cachemount.program.builders.build_commands import BUILD
from cachemount.program.builders.buildkit_on import BUILDKIT_ON
from cachemount.records import Record

_MOST_BYTES = 200_000
_MOST_FOLDERS = 300
_MOST_FILES = 60
# Those of Docker 23 and later have buildx, by which they build: docker-ce-cli of the image recommends it.
# https://github.com/GoogleCloudPlatform/cloud-builders/blob/master/docker/Dockerfile-versioned
_DOCKER_STEP = late(r"\bcloud-builders/docker\b(?!:(?:2[3-9]|[3-9]\d)\b)")
_BUILDKIT = late(rf"{BUILDKIT_ON}|\bbuildx[\"',\s]+install\b")
# A file that cannot be told, which may be any.
_ANY = ".*"
_COMMENT = late(r"(?m)(?:^|(?<=[ \t]))#.*$")
_KEYS = "name|id|args|entrypoint|dir|env|waitFor|script|timeout|secretEnv|volumes|allow\\w+|automap\\w+"
_ITEM = late(rf"(?m)^([ \t]*)-[ \t]+[\"']?(?:{_KEYS})[\"']?[ \t]*:")
_FIELD = late(rf"(?m)^[ \t]*(?:-[ \t]+)?[\"']?({_KEYS})[\"']?[ \t]*:[ \t]*")
_ALIAS = late(r"[ \t]*[*&]")
_FLOW = late(r"\[((?:\"(?:\\.|[^\"\\])*\"|'(?:''|[^'])*'|[^\]\"'])*)\]")
_FLOW_WORD = late(r"\"((?:\\.|[^\"\\])*)\"|'((?:''|[^'])*)'|([^\s,][^,]*)")
_BLOCK_WORD = late(r"(?m)^[ \t]*-[ \t]+(?:[|>][+-]?[ \t]*\n)?")
_DEFAULT = late(r"(?m)^[ \t]*[\"']?(_[A-Z0-9_]+)[\"']?[ \t]*:")
_CHOSEN = late(r"(?<!\$)\$(?:\{(_\w+)\}|(_\w+))")
_VARIABLE = late(r"\$(?:\{[^}]*\}|\w+)")
# Options of `docker build` without a value: https://docs.docker.com/reference/cli/docker/image/build/
_ALONE = late(r"--(?:compress|force-rm|no-cache|pull|quiet|rm|squash|disable-content-trust)(?:=.*)?|-q")
_FILE = late(r"(?:-f|--file)(?:=(.*))?|-f(.+)")
_DOCKER = late(r"(?<![\w./-])docker[ \t]+(?:image[ \t]+)?([\w-]+)([^\n;&|]*)")
_JOINED = late(r"\\\n[ \t]*")
# What it runs is not read, or goes to another folder.
_OTHERS = r"\.sh\b|(?<!\S)\./|(?<![\w./-])(?:cd|pushd|eval|docker-compose)\s|\bdocker[ \t]+compose\b"
_RUNS_OTHERS = late(rf"{_OTHERS}|(?<![\w./-])make\s")
_RUNS_MORE_THAN_MAKE = late(rf"{_OTHERS}|\bmake\b[^\n]*[ \t](?:-[A-Za-z]*[CfI]|--(?:directory|file|makefile))")
_MAKES = late(r"(?<![\w./-])make(?![\w./-])")
# What a Makefile runs that may build without buildx.
_MAY_BUILD = late(
    r"\.(?:sh|py)\b|(?<![\w.-])\./|\b(?:compose|include|sh|bash|skaffold)\b|(?:\bmake\b|\$[({]MAKE[)}])[^\n]*\.\."
)
_BUILDX = late(r"\bdocker[ \t]+buildx[ \t]+(?:bake|build)\b")
_STDIN = late(r"-(?:<<.*)?")


class _Step(Record):
    words: tuple[str, ...]
    folder: str
    # What a shell runs instead of `docker`.
    script: bool


class Built(Record):
    """Files that may be built: a pattern of the paths; whether from every folder, and not from those above alone."""

    pattern: str
    anywhere: bool


@kept
def has_plain_step(text: str) -> bool:
    """Return whether a file of Cloud Build has docker steps that nothing gives BuildKit."""
    return "cloud-builders/docker" in text and _DOCKER_STEP.search(text) is not None and not _BUILDKIT.search(text)


def built_by(text: str) -> tuple[Built, ...]:
    """Return the Dockerfiles that the docker steps of a file of Cloud Build name, from the folder that is handed in."""
    defaults = {*_DEFAULT.findall(text)}
    found: list[Built] = []
    for step in _docker_steps(text):
        for words in [_any_build()] if step is None else _builds(step):
            # Without a default each build gives it: the file may serve several images.
            chosen = {one for pair in _CHOSEN.findall(" ".join(words)) for one in pair if one}
            paths = _named(words, "" if step is None else step.folder)
            found += [Built(pattern=one, anywhere=not chosen <= defaults or "/" in one) for one in paths]
    return tuple(found)


def makes_by_buildx(text: str, root: str) -> bool:
    """Return whether all that docker steps do is make, whose Makefiles in the folder that is handed in use buildx."""
    if not _MAKES.search(text):
        return False
    folders = set()
    for step in _docker_steps(text):
        script = _JOINED.sub(" ", "\n".join(step.words)) if step and step.script else ""
        if step is None or not _MAKES.search(script) or _RUNS_MORE_THAN_MAKE.search(script) or _DOCKER.search(script):
            return False
        folders.add(os.path.normpath(os.path.join(root, step.folder)))
    return bool(folders) and all(map(_are_by_buildx, folders))


def _are_by_buildx(folder: str) -> bool:
    files = nearest_files(folder, ("akefile", ".mk"), (), _MOST_FOLDERS)
    text = "\n".join(text_inside_repository(one, folder, _MOST_BYTES) for one in islice(files, _MOST_FILES))
    return _BUILDX.search(text) is not None and not _MAY_BUILD.search(text) and not BUILD.search(text)


def _any_build() -> list[str]:
    return ["-f", "$any"]


def is_built(built: Built, path: str, folders: Sequence[str]) -> bool:
    """Return whether one of the files may be a path, where one of these folders is handed in."""
    if built.anywhere and re.fullmatch(f"(?:.*/)?{built.pattern}", path):
        return True
    return any(re.fullmatch(f"{re.escape(one)}/{built.pattern}", path) for one in folders)


def _docker_steps(text: str) -> Iterator[_Step | None]:
    """Yield the docker steps; None for one that cannot be read."""
    if text.lstrip().startswith("{"):
        yield from _of_json(text)
        return
    code = _COMMENT.sub("", text)
    items = list(_ITEM.finditer(code))
    starts = [one for one in items if one[1] == items[0][1]]
    if not starts or _DOCKER_STEP.search(code, 0, starts[0].start()):
        yield None
        return
    for here, after in zip(starts, [*starts[1:], None], strict=True):
        part = code[here.start() : after.start() if after else _end_of_steps(code, here)]
        fields = _fields(part)
        if _DOCKER_STEP.search(part) or _ALIAS.match(fields.get("name", "")):
            yield _step(fields)


def _end_of_steps(code: str, last: re.Match[str]) -> int:
    """Return where the list ends whose last step begins here: at a key of the file, as `images:`."""
    after = re.compile(rf"(?m)^[ \t]{{0,{len(last[1])}}}[\w\"'][^\n:]*:").search(code, last.end())
    return after.start() if after else len(code)


def _of_json(text: str) -> Iterator[_Step | None]:
    import json

    try:
        steps = json.loads(text)["steps"]
        for one in steps:
            if _DOCKER_STEP.search(one["name"]):
                words = tuple(map(str, one["args"]))
                yield _Step(words=words, folder=str(one.get("dir", "")), script="entrypoint" in one)
    except (ValueError, KeyError, TypeError):
        yield None


def _fields(part: str) -> dict[str, str]:
    """Return the texts of the fields of a step in YAML."""
    marks = list(_FIELD.finditer(part))
    if not marks:
        return {}
    column = _column(marks[0])
    marks = [one for one in marks if _column(one) == column]
    ends = [*(one.start() for one in marks[1:]), len(part)]
    return {one[1]: part[one.end() : end] for one, end in zip(marks, ends, strict=True)}


def _column(mark: re.Match[str]) -> int:
    return mark.start(1) - mark.string.rfind("\n", 0, mark.start(1))


def _step(fields: dict[str, str]) -> _Step | None:
    text = fields.get("script") or fields.get("args", "")
    flow = _FLOW.match(text)
    if "script" in fields:
        words = [text]
    elif flow:
        words = [first or second or third.strip() for first, second, third in _FLOW_WORD.findall(flow[1])]
    else:
        words = [one.strip().strip("\"'") for one in _BLOCK_WORD.split(text)[1:]]
    if not words:
        return None
    folder = fields.get("dir", "").strip().strip("\"'")
    return _Step(words=tuple(words), folder=folder, script="script" in fields or "entrypoint" in fields)


def _builds(step: _Step) -> Iterator[list[str]]:
    """Yield the words after each `docker build` of a step."""
    if not step.script:
        if step.words[0] == "build":
            yield list(step.words[1:])
        return
    text = _JOINED.sub(" ", "\n".join(step.words))
    if _RUNS_OTHERS.search(text):
        yield _any_build()
        return
    runs = _DOCKER.findall(text)
    if not runs or any(verb.startswith("-") for verb, _ in runs):
        yield _any_build()
    for verb, rest in runs:
        if verb == "build":
            yield [one.strip("\"'") for one in rest.split()]


def _named(words: list[str], folder: str) -> Iterator[str]:
    """Yield a pattern of the path that `docker build` reads; nothing where the Dockerfile is given to it."""
    file = context = ""
    waiting = iter(words)
    for word in waiting:
        if match := _FILE.fullmatch(word):
            file = match[1] or match[2] or next(waiting, "$any")
        elif word.startswith("-") and not _STDIN.fullmatch(word):
            if "=" not in word and not _ALONE.fullmatch(word):
                next(waiting, "")
        else:
            context = context or word
    if context.startswith("-<<") or (context == "-" and any(one.startswith("<<") for one in words)):
        return
    if context == "-" and not file:
        file = "$any"
    path = posixpath.normpath(
        posixpath.join("/workspace", folder, file or posixpath.join(context or ".", "Dockerfile"))
    )
    pieces = _VARIABLE.split(posixpath.normpath(path).removeprefix("/workspace/"))
    yield _ANY.join(map(re.escape, pieces))
