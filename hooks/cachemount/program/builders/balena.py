"""Which Dockerfiles balena builds, on its own builders, on a device or on the computer that calls it.

All of them ask the engine's interface for a build, and do not name the builder, so that the engine takes its legacy
one: https://github.com/balena-io-modules/balena-compose/blob/master/lib/multibuild/build.ts. What is built is said by
the file docker-compose.yml of the folder that is handed in, or there is one Dockerfile in that:
https://docs.balena.io/learn/develop/dockerfile/ and https://docs.balena.io/learn/develop/multicontainer/.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, text_inside_repository
from cachemount.late_pattern import late

CONTRACT = "balena.yml"
_COMMANDS = late(r"(?<![\w./-])balena\s+(push|deploy|build)\b((?:[^\n;&|\\`]|\\\r?\n)*)")
ACTION = late(r"\buses:[ \t]*[\"']?balena-io/deploy-to-balena-action@")
_MOST_BYTES = 100_000

_VALUED = r"-(?:-source|s|-dockerfile|A|-arch|d|-deviceType|f|-fleet|h|-dockerHost|p|-dockerPort|n|-projectName)\b"
_SOURCE = late(r"(?<!\S)(?:--source|-s)[=\s]+(\S+)")
_FILE = late(r"(?<!\S)--dockerfile[=\s]+[\"']?([\w./-]+)")
_OPTION = late(rf"(?<!\S)(?:{_VALUED}(?:=|\s+)\S+|-\S+)")
_PATH = late(r"[\"']?([\w.-][\w./-]*)[\"']?")
# What stands before a command in the line of a document.
_OF_DOCUMENT = late(r"(?:[ \t>]*|.*`)(?:\$[ \t]+)?")
_COMPOSE = ("docker-compose.yml", "docker-compose.yaml")
_NAMED = late(r"(?<![\w.${}/-])((?:[\w.${}-]+/)*)(docker-compose[\w.${}-]*\.ya?ml[\w.]*)")
_PUT = late(r"(?<![\w.-])(?:cp|mv|ln|install|cat|sed|yq|envsubst)[ \t]|>")
_VARIABLE = late(r"\$\{?\w*\}?")
# Taken before the file `Dockerfile`: by architectures and by types of devices.
_OTHER = late(
    r"Dockerfile\.(?:template|aarch64|amd64|armv7hf|armv5e|i386(?:-nlp)?|rpi|raspberry[\w-]*|generic[\w-]*|intel[\w-]*"
    r"|jetson[\w-]*|beaglebone[\w-]*|odroid[\w-]*|up-board|qemu[\w-]*)"
)


def handed_in(text: str, name: str) -> Iterator[tuple[int, str, str, str]]:
    """Yield the commands of a text that have balena build: where they begin, what they are, their folder and file."""
    for match in _COMMANDS.finditer(text):
        words = re.sub(r"\\\r?\n", " ", match[2])
        before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if name.endswith(".md") and not _OF_DOCUMENT.fullmatch(before):
            continue
        others = _OPTION.sub(" ", words).split()
        if match[1] == "push" and not others:
            continue
        # The second word is an image that is there.
        if match[1] == "deploy" and len(others) != 1 and not re.search(r"(?<!\S)(?:--build|-b)(?!\S)", words):
            continue
        sources = _SOURCE.findall(words) or ([] if match[1] != "build" else others)
        source = _PATH.fullmatch(sources[0]) if sources else None
        if not sources or source:
            yield match.start(), f"balena {match[1]}", source[1] if source else ".", "".join(_FILE.findall(words)[:1])


@kept
def built_of(folder: str, file: str, root: str, compose: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the paths of the Dockerfiles that balena builds of a folder which is handed in.

    `file` is the one that a command names. `compose` are files that a script makes its docker-compose.yml of.
    """
    own = tuple(os.path.join(folder, one) for one in _COMPOSE if one in names_in(folder))
    if own or compose:
        return tuple(path for one in (*own, *compose) for path in _built_by(one, folder, root))
    return tuple(_in_context(folder, file or "Dockerfile"))


def compose_files(text: str, places: Sequence[str]) -> tuple[str, ...]:
    """Return the paths of what commands of a text make a docker-compose.yml of, which may be there itself or not."""
    lines = re.sub(r"\\\r?\n", " ", text).splitlines() if "docker-compose" in text else ()
    named = [_NAMED.findall(one) for one in lines if "docker-compose" in one and _PUT.search(one)]
    found: list[str] = []
    for before, name in (one for line in named if any(name in _COMPOSE for _, name in line) for one in line):
        pattern = re.compile(r"[\w.-]*".join(map(re.escape, _VARIABLE.split(name))))
        inside = _VARIABLE.sub("", before).strip("/")
        for folder in (os.path.normpath(os.path.join(one, inside)) for one in places):
            names = [one for one in names_in(folder) if pattern.fullmatch(one)]
            found += [os.path.join(folder, one) for one in names or [name]]
    return tuple(dict.fromkeys(found))


def of_contract(folder: str, root: str) -> tuple[str, ...]:
    """Return the paths of the Dockerfiles that balena builds of a folder with its contract.

    A Dockerfile there without a docker-compose.yml may be for something else.
    """
    return built_of(folder, "", root) if any(one in names_in(folder) for one in _COMPOSE) else ()


def _built_by(compose: str, folder: str, root: str) -> Iterator[str]:
    """Yield the paths of what a Compose file builds that stands in a folder."""
    from cachemount.embedded.model import UnreadableHostError
    from cachemount.embedded.yaml import compose_builds

    text = text_inside_repository(compose, root, _MOST_BYTES)
    try:
        found = compose_builds(text) if "build" in text else []
    except UnreadableHostError:
        found = []
    for build in found:
        if build.context is not None and build.dockerfile is not None:
            yield from _in_context(os.path.join(folder, build.context), build.dockerfile)


def _in_context(context: str, file: str) -> Iterator[str]:
    context = os.path.normpath(context)
    yield os.path.normpath(os.path.join(context, file))
    if file == "Dockerfile":
        yield from (os.path.join(context, one) for one in names_in(context) if _OTHER.fullmatch(one))
