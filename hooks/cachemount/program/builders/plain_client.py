"""Dockerfiles that a program of the repository builds by a `docker build` which may be that of a client without buildx.

Such a client takes the classic builder. A comment of the program says that BuildKit is not asked for on purpose, or the
repository installs the client alone in an image: the archive of Docker's static programs, `docker.io` of Debian and
`docker-cli` of Alpine are without buildx (https://docs.docker.com/engine/install/binaries/, where it is a plugin).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.nearest import nearest_files
from cachemount.files.reading import text_inside_repository
from cachemount.late_pattern import late
from cachemount.program.builders.build_commands import BUILD, build_target
from cachemount.program.builders.call_paths import is_end_of, joined_texts
from cachemount.program.builders.likely_files import PROGRAMS, likely_files
from cachemount.program.builders.named_near import named_near
from cachemount.repairs.safety.demanded_words import is_test

ANY_CLIENT = "`docker build` by a client that may have no buildx"
CLIENT_ALONE = "a Docker client without buildx"

_MOST_BYTES = 100_000
_MOST_FOLDERS = 400
_MOST_DOCKERFILES = 100
_SKIPPED = frozenset({"dist", "docs", "node_modules", "third_party", "vendor", "venv"})

_BUILDS = late(r"\bdocker(?:[ \t]+image)?[ \t]+build\b|[\"']docker[\"'](?s:.){0,1500}?[\"']build[\"']")
_OTHERWISE = late(r"\bDOCKER_BUILDKIT[\"']?\s*[:=,]\s*[\"']?1\b|\bbuildx[\"',\s]+(?:build|bake)\b")
_COMMENTS = late(r"(?m)(?:^[ \t]*(?://|#|\*|/\*)[^\n]*\n?)+")
_MARKS = late(r"(?m)^[ \t]*(?:/?\*+/?|//+|#+)|`")
_OLD = r"(?:classic|legacy|old)\s(?:docker\s)?builder"
_ON_PURPOSE = late(
    rf"(?i)\bfalls?\sback\sto\s(?:the\s|docker's\s)?{_OLD}\b"
    r"|\b(?:deliberately|intentionally|on\spurpose)\b[^.:;]{0,60}\b(?:not|never|no|without|avoids?)\b[^.:;]{0,60}\bbuild(?:kit|x)\b"
    r"|\b(?:also|even|still)\s(?:builds?|runs?|works?)\s(?:\w+\s){0,3}without\sbuild(?:kit|x)\b"
)
_DOCKERFILE = late(r"(?i)(?:.*[._-])?(?:docker|container)file(?:[._-].*)?")
_CLIENT = late(
    r"download\.docker\.com/linux/static/|\binstall\b(?:[^\n;&|]|\\\n){0,600}\sdocker\.io\b|\badd\b(?:[^\n;&|]|\\\n){0,600}\sdocker-cli\b"
    r"|(?m:^[ \t]*COPY[ \t]+--from=(?:[\w./-]+/)?docker:\S+[ \t]+/usr/local/bin/docker\b)"
)
_NEAR = late(r"(?i)\bdocker\w*[.(]|\bbuild_?\w*\(")


def plain_client_build(path: str, root: str) -> tuple[str, str] | None:
    """Return the file, relative to its repository, that shows such a build of a Dockerfile, and by what; None without.

    Both paths are absolute, `path` is the Dockerfile's.
    """
    for name, text in _on_purpose(root):
        if path in _targets(name, text, root) or _is_named(path, root):
            return name, ANY_CLIENT
    client = _client(root) if _runs_docker(root) else ""
    folder = os.path.basename(os.path.dirname(path))
    for name, text in likely_files(root) if client else ():
        if name.endswith(PROGRAMS) and folder in text and named_near(_NEAR, text, path, root):
            return client, CLIENT_ALONE
    return None


@kept
def _on_purpose(root: str) -> tuple[tuple[str, str], ...]:
    """Return the programs and scripts that build so and whose comments say that BuildKit need not be there."""
    return tuple(
        (name, text)
        for name, text in likely_files(root)
        if not is_test(name) and _is_on_purpose(text) and _builds_plainly(text)
    )


@kept
def _runs_docker(root: str) -> bool:
    return any(name.endswith(PROGRAMS) and _builds_plainly(text) for name, text in likely_files(root))


def _builds_plainly(text: str) -> bool:
    return "build" in text and _BUILDS.search(text) is not None and not _OTHERWISE.search(text)


def _is_on_purpose(text: str) -> bool:
    """Return whether a comment of a program says that BuildKit need not be there."""
    if "uildkit" not in text.lower() and "builder" not in text and "buildx" not in text:
        return False
    comments = (" ".join(_MARKS.sub("", one).split()) for one in _COMMENTS.findall(text))
    return any(_ON_PURPOSE.search(one) for one in comments)


def _targets(name: str, text: str, root: str) -> Iterator[str]:
    """Yield the paths of the Dockerfiles that the commands of a program may name."""
    for words in BUILD.findall(text):
        if target := build_target(words):
            for place in (os.path.dirname(name), ""):
                yield os.path.normpath(os.path.join(root, place, target))


def _is_named(path: str, root: str) -> bool:
    """Return whether a program names a Dockerfile by a path with a folder in it."""
    folder = os.path.basename(os.path.dirname(path))
    for name, text in likely_files(root):
        if name.endswith(PROGRAMS) and folder in text and os.path.basename(path) in text and not is_test(name):
            for one in joined_texts(text):
                if "/" in one and _DOCKERFILE.fullmatch(os.path.basename(one)) and is_end_of(one, path, root):
                    return True
    return False


@kept
def _client(root: str) -> str:
    """Return the Dockerfile of a repository, relative to it, that installs a client without buildx; "" without one."""
    files = nearest_files(root, ("ockerfile", "ontainerfile"), _SKIPPED, _MOST_FOLDERS)
    for path in islice(files, _MOST_DOCKERFILES):
        text = text_inside_repository(path, root, _MOST_BYTES)
        if "docker" in text and "buildx" not in text and _CLIENT.search(text):
            return os.path.relpath(path, root).replace(os.sep, "/")
    return ""
