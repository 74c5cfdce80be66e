"""What manifests of Kubernetes, and templates of Helm, run in containers of the image of a Dockerfile.

https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
They are read line by line: a template is no YAML.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from cachemount.dockerfile.images.lookup import lookup
from cachemount.embedded import nodes, yaml
from cachemount.files.kept import kept
from cachemount.files.nearest import nearest_files
from cachemount.files.reading import names_in, real_path, repository_of, text_inside_repository
from cachemount.late_pattern import late
from cachemount.program.container_runs import SKIPPED, texts_run_by
from cachemount.program.discovery import host_kind
from cachemount.program.given_names import given_names, without_registry
from cachemount.program.repository_images import telling_folders
from cachemount.program.service_runs import LIKELY
from cachemount.records import Record
from cachemount.repairs.safety.health_checks import run_by_check
from cachemount.source import ContainerRun, Elsewhere
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

_MOST_BYTES = 100_000
_MOST_FOLDERS, _MOST_FILES, _MOST_IMAGES = 300, 300, 100
# Of a container, before its image and after it.
_MOST_LINES, _LONGEST = 200, 1_000
_TELLING = late(r"(?m)^[ \t]*(?:-[ \t]+)?(?:command|args):")
_CONTAINERS = late(r"(?i)containers:")
_IMAGE = late(r"([ \t]*)((?:-[ \t]+)?)image:[ \t]*[\"']?([^#\n]*?)[\"']?[ \t]*(?:#.*)?")
_COMMAND = late(r"([ \t]*(?:-[ \t]+)?)(command|args):[ \t]*(.*)")
_INDENTED = late(r"[ \t]*")
# Of a template: such a line may stand anywhere.
_OF_TEMPLATE = late(r"[ \t]*(?:\{\{.*|#.*)?")
_PUNCTUATION = late(r"(?m)^[ \t]*-[ \t]+|[\[\]\",']|\|-?[ \t]*$|>-?[ \t]*$")
_MOUNTED = late(r"(?m)^[ \t]*(?:-[ \t]+)?mountPath:[ \t]*[\"']?(/[\w./-]+)")
_VALUE = late(r"\{\{-?[ \t]*\.Values\.([\w.]+)[^}]*\}\}.*")


class _Container(Record):
    """A container: the image's name, the file, the line of its first command, what it runs, and what is mounted."""

    image: str
    line: Elsewhere
    key: str
    command: str
    volumes: tuple[str, ...]


def runs_by_manifests(path: str) -> Iterator[ContainerRun]:
    """Yield what manifests of the repository run in containers of the image of a Dockerfile."""
    real = real_path(path)
    root = repository_of(os.path.dirname(real))
    containers = _containers(root)
    wanted = {one.image for one in containers}
    if not wanted:
        return
    own = os.path.relpath(real, root).replace(os.sep, "/")
    targets = dict(given_names(telling_folders(os.path.dirname(real)), own, root, wanted))
    for one in containers:
        if one.image in targets:
            yield ContainerRun(
                by=one.key,
                line=one.line,
                target=targets[one.image],
                texts=tuple(dict.fromkeys(texts_run_by(one.command, root))),
                volumes=one.volumes,
            )


@kept
def _containers(root: str) -> tuple[_Container, ...]:
    """Return the containers in a repository's manifests that may run a manager or a file of the project."""
    found: list[_Container] = []
    files = nearest_files(root, (".yml", ".yaml"), SKIPPED, _MOST_FOLDERS)
    for path in islice((one for one in files if not host_kind(os.path.basename(one))), _MOST_FILES):
        text = text_inside_repository(path, root, _MOST_BYTES)
        if _TELLING.search(text) and _CONTAINERS.search(text) and LIKELY.search(text):
            found += _containers_in(path, text, root)
    return tuple(found)


def _containers_in(path: str, text: str, root: str) -> Iterator[_Container]:
    lines = [one[:_LONGEST] for one in text.split("\n")]
    images = ((at, match) for at, line in enumerate(lines) if (match := _IMAGE.fullmatch(line)))
    shown = os.path.relpath(path, root).replace(os.sep, "/")
    for at, match in islice(images, _MOST_IMAGES):
        column = len(match[1]) + len(match[2])
        start, end = (at if match[2] else _begin(lines, at, column)), _end(lines, at + 1, column)
        told = list(_commands(lines, start, end, column))
        command = " ".join(words for _, _, words in told)
        if not told or not LIKELY.search(f"command: {command}"):
            continue
        image = without_registry(_filled(match[3], path, root))
        if image and "{" not in image and lookup(image) is None:
            mounted = tuple(_MOUNTED.findall("\n".join(lines[start:end])))
            line = Elsewhere(told[0][1] + 1, shown)
            yield _Container(image=image, line=line, key=told[0][0], command=command, volumes=mounted)


def _commands(lines: list[str], start: int, end: int, column: int) -> Iterator[tuple[str, int, str]]:
    """Yield the commands of a container: keys, lines, and words. Of those deeper inside, a probe may ask alone."""
    for at in range(start, end):
        match = _COMMAND.fullmatch(lines[at])
        if match:
            last = _end_of_value(lines, at + 1, end, len(match[1]))
            words = " ".join(_PUNCTUATION.sub(" ", "\n".join([match[3], *lines[at + 1 : last]])).split())
            words = words if len(match[1]) == column else run_by_check(words)
            if words:
                yield match[2], at, words


def _begin(lines: list[str], at: int, column: int) -> int:
    """Return the line with which the item of a list begins that a line with a key in a column is of."""
    first = max(0, at - _MOST_LINES)
    while at > first and (_OF_TEMPLATE.fullmatch(lines[at]) or _indentation(lines[at]) >= column):
        at -= 1
    return at


def _end(lines: list[str], at: int, column: int) -> int:
    """Return the line in front of which all are deeper inside than a column, or in it."""
    last = min(len(lines), at + _MOST_LINES)
    while at < last and (_OF_TEMPLATE.fullmatch(lines[at]) or _indentation(lines[at]) >= column):
        at += 1
    return at


def _end_of_value(lines: list[str], at: int, end: int, column: int) -> int:
    while at < end:
        here = _indentation(lines[at])
        is_item = here == column and lines[at][here : here + 1] in ("-", "]")
        if not (is_item or here > column or _OF_TEMPLATE.fullmatch(lines[at])):
            break
        at += 1
    return at


def _indentation(line: str) -> int:
    match = _INDENTED.match(line)
    return len(match[0]) if match else 0


def _filled(image: str, path: str, root: str) -> str:
    """Return the name of an image, with the value that the chart of a template gives it in front."""
    match = _VALUE.match(image)
    if match is None:
        return image
    for folder in (os.path.dirname(path), os.path.dirname(os.path.dirname(path))):
        if "values.yaml" not in names_in(folder):
            continue
        text = text_inside_repository(os.path.join(folder, "values.yaml"), root, _MOST_BYTES)
        *above, last = match[1].split(".")
        node: Node | None = next(iter(yaml.documents_in(text, last)), None)
        for key in above:
            node = nodes.get(node, key)
        return nodes.text(node, last)
    return image
