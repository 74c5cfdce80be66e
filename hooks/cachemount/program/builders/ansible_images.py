"""Dockerfiles that Ansible's module docker_image builds, by the engine's interface and so with the classic builder.

https://github.com/ansible-collections/community.docker/pull/468; docker_image_build, its successor, builds by buildx.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.nearest import nearest_files
from cachemount.files.reading import names_in, text_inside_repository
from cachemount.late_pattern import late
from cachemount.records import Record

MODULE = "Ansible's docker_image"

_MOST_BYTES = 100_000
_MOST_FOLDERS = 600
_MOST_FILES = 600
_SKIPPED = frozenset({"dist", "docs", "node_modules", "third_party", "vendor", "venv"})
# What a repository with playbooks has at its root, or in a folder there.
_SIGNS = frozenset(
    {"ansible", "ansible.cfg", "galaxy.yml", "molecule", "playbook.yml", "playbooks", "roles", "site.yml"}
)

_TASK = late(r"(?m)^([ \t]*)(?:-[ \t]+)?(?:ansible\.builtin\.|community\.(?:docker|general)\.)?docker_image:[ \t\r]*$")
_BUILD = late(r"(?m)^[ \t]+build:[ \t]*(?:#.*)?\r?$|^[ \t]+build:[ \t]*\{")
# Before Ansible 2.8 it was an option of the module.
_PATH = late(r"(?m)(?:^[ \t]+|[{,][ \t]*)path:[ \t]*([\"']?)([^\n#]*?)\1[ \t]*(?:[,}#][^\n]*)?\r?$")
_FILE = late(r"(?m)(?:^[ \t]+|[{,][ \t]*)dockerfile:[ \t]*[\"']?([\w./-]+)")
_FILLED = late(r"\{\{.*?\}\}")


class _Built(Record):
    """What a task builds: its file, the folder as far as it is known ("": not at all), and the Dockerfile in it."""

    name: str
    folder: str
    file: str


def ansible_build(path: str, root: str) -> str:
    """Return the file of tasks, relative to its repository, that may build a Dockerfile; "" without one.

    Both paths are absolute, `path` is the Dockerfile's.
    """
    own = os.path.relpath(path, root).replace(os.sep, "/")
    for one in _tasks(root):
        named = f"{one.folder}/{one.file}".strip("/")
        if own == named or own.endswith(f"/{named}"):
            return one.name
    return ""


@kept
def _tasks(root: str) -> tuple[_Built, ...]:
    tops = [root, *(os.path.join(root, one) for one in names_in(root) if "." not in one)]
    if not any(_SIGNS.intersection(names_in(one)) for one in tops):
        return ()
    found: list[_Built] = []
    for path in islice(nearest_files(root, (".yml", ".yaml"), _SKIPPED, _MOST_FOLDERS), _MOST_FILES):
        text = text_inside_repository(path, root, _MOST_BYTES)
        if "docker_image:" in text:
            found += _in_text(os.path.relpath(path, root).replace(os.sep, "/"), text)
    return tuple(found)


def _in_text(name: str, text: str) -> Iterator[_Built]:
    for task in _TASK.finditer(text):
        # What is deeper than the name of the module.
        end = re.compile(rf"(?m)^(?![ \t]{{{len(task[1]) + 1},}}|[ \t\r]*$)").search(text, task.end() + 1)
        options = text[task.end() : end.start() if end else len(text)]
        given = _PATH.search(options)
        if given is None or not (_BUILD.search(options) or "source: build" in options):
            continue
        # A folder on another machine has what was copied there.
        plain = _FILLED.sub("\0", given[2]).rpartition("\0")[2]
        folder = "" if given[2].startswith(("/", "~")) else os.path.normpath(f"./{plain}").replace(os.sep, "/")
        file = _FILE.findall(options)[:1] or ["Dockerfile"]
        yield _Built(name=name, folder=re.sub(r"\A(?:\.\.?(?:/|\Z))+", "", folder), file=file[0].removeprefix("./"))
