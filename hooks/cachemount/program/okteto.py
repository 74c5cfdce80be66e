"""What manifests of Okteto run in development containers of images of the repository: there the packages are wanted.

They build the image, or have the name of one that another file builds.
https://www.okteto.com/docs/reference/okteto-manifest/
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from cachemount.dockerfile.images.lookup import short_name
from cachemount.embedded import nodes
from cachemount.files.kept import kept
from cachemount.files.nearest import nearest_files
from cachemount.files.reading import names_in, real_path, repository_of, text_inside_repository
from cachemount.late_pattern import late
from cachemount.program.container_runs import COMMENT, SKIPPED, images_of, texts_run_by
from cachemount.records import replace
from cachemount.script_names import MAKEFILES
from cachemount.source import ContainerRun, Elsewhere
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

_MOST_BYTES = 100_000
_MOST_FOLDERS, _MOST_FILES = 200, 20
_FOLDER = ".okteto"
# Without a command it is a shell, in which people most likely do what a Makefile does.
_SHELL_OR_MAKE = late(r"(?s)(?:\S*/)?(?:ba|da|z|a|fi)?sh(?: -[il]+| --login)*|make(?:\s.*)?|")
_BUILT = late(r"\$\{?OKTETO_BUILD_(\w+?)_(?:IMAGE|REPOSITORY|SHA)\b")


_Told = tuple[tuple[str, ...], str, ContainerRun]


def runs_by_okteto(path: str) -> Iterator[ContainerRun]:
    """Yield what manifests of the repository run in development containers of the image of a Dockerfile."""
    real = real_path(path)
    root = repository_of(os.path.dirname(real))
    runs = _runs(root)
    yield from (run for dockerfiles, _, run in runs if real in dockerfiles)
    named = [(image, run) for _, image, run in runs if image]
    for name, target in dict.fromkeys(images_of(real, root)) if named else ():
        # The registry of a cluster has another name inside it.
        yield from (replace(run, target=target) for image, run in named if image == short_name(name))


@kept
def _runs(root: str) -> tuple[_Told, ...]:
    """Return the runs of all manifests.

    Each has the Dockerfiles, by real paths, one of which its image is of, or else the last part of the image's name.
    """
    found: list[_Told] = []
    for path in _manifests(root):
        text = text_inside_repository(path, root, _MOST_BYTES)
        if "dev:" in text or "image:" in text:
            found += _runs_of(path, text, root)
    return tuple(found)


def _manifests(root: str) -> Iterator[str]:
    inside = os.path.join(root, _FOLDER)
    hidden = names_in(inside) if _FOLDER in names_in(root) else ()
    found = [os.path.join(inside, name) for name in sorted(hidden) if name.endswith((".yml", ".yaml"))]
    files = nearest_files(root, (".yml", ".yaml"), SKIPPED, _MOST_FOLDERS)
    yield from found[:_MOST_FILES]
    yield from islice((one for one in files if os.path.basename(one).startswith("okteto")), _MOST_FILES)


def _runs_of(path: str, text: str, root: str) -> Iterator[_Told]:
    from cachemount.embedded import yaml

    folder = os.path.dirname(path)
    if os.path.basename(folder) == _FOLDER:
        folder = os.path.dirname(folder)
    shown = os.path.relpath(path, root).replace(os.sep, "/")
    for document in yaml.documents_in(text, ":"):
        built = {name: one for name, (_, one) in nodes.merged(nodes.get(document, "build")).items()}
        for key, container in _containers(document):
            # There the command runs on the developer's machine.
            if _text(nodes.get(container, "mode")) == "hybrid":
                continue
            command = nodes.get(container, "command")
            run = ContainerRun(
                by="okteto up",
                line=Elsewhere((key if command is None else command).start_mark.line + 1, shown),
                target="",
                texts=tuple(dict.fromkeys(_texts(container, (folder,), root))),
            )
            builds = _builds_of(container, str(key.value), built)
            for build in builds:
                context = os.path.join(folder, _text(build) or _text(nodes.get(build, "context")) or ".")
                dockerfile = _text(nodes.get(build, "dockerfile")) or "Dockerfile"
                places = tuple(real_path(os.path.join(one, dockerfile)) for one in dict.fromkeys((context, folder)))
                texts = tuple(dict.fromkeys(_texts(container, (context, folder), root)))
                yield places, "", replace(run, target=_text(nodes.get(build, "target")), texts=texts)
            if not builds:
                # Without one it has the image of the deployment, which is most often called like it.
                image = nodes.get(container, "image")
                yield (), short_name(str(key.value) if image is None else _text(image)), run


def _containers(document: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the development containers of a manifest, and the keys of each; of an old one it is the whole."""
    containers = nodes.get(document, "dev")
    if containers is not None:
        yield from nodes.merged(containers).values()
    elif nodes.get(document, "image") is not None and nodes.get(document, "name") is not None:
        yield nodes.pairs(document)[0][0], document


def _builds_of(container: Node, name: str, built: dict[str, Node]) -> list[Node]:
    """Return the builds that the image of a development container may be of.

    Without an image of its own it has that of what is deployed, by the same name in most cases.
    """
    image = nodes.get(container, "image")
    if image is None:
        return [built[name]] if name in built else [*built.values()]
    told = _BUILT.search(_text(image))
    if told:
        return [one for key, one in built.items() if key.upper().replace("-", "_") == told[1]]
    return [one for one in built.values() if _text(image) and _text(nodes.get(one, "image")) == _text(image)]


def _texts(container: Node, folders: tuple[str, ...], root: str) -> Iterator[str]:
    command = _words(nodes.get(container, "command"))
    yield from texts_run_by(command, root)
    variables = nodes.get(container, "environment")
    # What a script runs may stand there.
    values = [_text(one).partition("=")[2] for one in nodes.items(variables)]
    yield from filter(None, (*values, *(_text(one) for _, one in nodes.merged(variables).values())))
    if _SHELL_OR_MAKE.fullmatch(command):
        files = (os.path.join(folder, name) for folder in folders for name in MAKEFILES)
        texts = (text_inside_repository(os.path.normpath(one), root, _MOST_BYTES) for one in files)
        yield from (COMMENT.sub("", one) for one in texts if one)


def _words(command: Node | None) -> str:
    return " ".join(map(_text, nodes.items(command))) or _text(command)


def _text(node: Node | None) -> str:
    value = getattr(node, "value", None)
    return value if isinstance(value, str) else ""
