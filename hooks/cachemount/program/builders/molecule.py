"""Dockerfiles that Molecule's driver for Docker builds, by Ansible's docker_image and so with the classic builder.

A scenario has one template for all its platforms, or each platform names its own:
https://github.com/ansible-community/molecule-plugins/blob/main/src/molecule_plugins/docker/playbooks/create.yml
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from cachemount.embedded import nodes
from cachemount.files.kept import kept
from cachemount.files.reading import names_in, text_inside_repository, upwards
from cachemount.late_pattern import late

DRIVER = "Molecule's driver for Docker"

_MOST_BYTES = 100_000
_MOST_SCENARIOS = 60
_SCENARIO = "molecule.yml"
_DRIVEN = late(r"(?m)^driver:\s*\{?\s*name:\s*[\"']?(?:molecule-)?docker\b")


def molecule_build(path: str, root: str) -> str:
    """Return the scenario, relative to its repository, that builds a Dockerfile; "" without one.

    Both paths are absolute, `path` is the Dockerfile's.
    """
    for folder in upwards(os.path.dirname(path), root):
        for name, files in _scenarios(folder, root):
            if path in files:
                return name
    return ""


@kept
def _scenarios(folder: str, root: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return the scenarios in a folder, or in those that it holds, each with the Dockerfiles that it builds."""
    found = []
    for place in islice(_places(folder), _MOST_SCENARIOS):
        text = text_inside_repository(os.path.join(place, _SCENARIO), root, _MOST_BYTES)
        if _DRIVEN.search(text):
            name = os.path.relpath(os.path.join(place, _SCENARIO), root).replace(os.sep, "/")
            found.append((name, frozenset(os.path.normpath(os.path.join(place, one)) for one in _files(text))))
    return tuple(found)


def _places(folder: str) -> Iterator[str]:
    tops = [folder, *(os.path.join(folder, one) for one in ("molecule",) if one in names_in(folder))]
    for top in tops:
        inside = (os.path.join(top, one) for one in sorted(names_in(top)) if "." not in one)
        yield from (one for one in (top, *inside) if _SCENARIO in names_in(one))


def _files(text: str) -> Iterator[str]:
    """Yield the paths, from its folder, of what a scenario builds its images of."""
    from cachemount.embedded import yaml

    for document in yaml.documents_in(text, "platforms"):
        for platform in nodes.items(nodes.get(document, "platforms")):
            if nodes.text(platform, "pre_build_image").lower() not in ("true", "yes", "on"):
                yield nodes.text(platform, "dockerfile") or "Dockerfile.j2"
