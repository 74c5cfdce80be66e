"""Which Dockerfiles DigitalOcean's App Platform builds, as its specifications say: by kaniko, which ignores mounts.

A component names its Dockerfile from the root of the repository, or has one in its folder:
https://docs.digitalocean.com/products/app-platform/reference/dockerfile/, https://docs.digitalocean.com/products/app-platform/reference/app-spec/
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.reading import names_under, text_inside_repository
from cachemount.late_pattern import late

BUILDER = "App Platform's kaniko"

_MOST_BYTES = 100_000
_MOST_FILES = 60
_FOLDERS = ("", ".do", ".digitalocean", "deploy", "deployment", "do", "infra")
# Everything in them is one.
_OWN = (".do/", ".digitalocean/")
_ENDS = (".yaml", ".yml")
_COMPONENTS = ("services", "workers", "jobs", "functions", "static_sites")
# What other files of YAML do not have together.
_SPEC = late(r"(?m)^[ \t-]*(?:dockerfile_path|source_dir|instance_size_slug):")


def app_platform_build(path: str, root: str) -> str:
    """Return the specification, relative to its repository, of an app that a Dockerfile is built for; "" without one.

    Both paths are absolute, `path` is the Dockerfile's.
    """
    return next((name for name, files in specifications(root) if path in files), "")


@kept
def specifications(root: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return the specifications of apps in a repository, each with the paths of the Dockerfiles that it may name."""
    found = []
    for name in islice(names_under(root, _FOLDERS, _ENDS), _MOST_FILES):
        text = text_inside_repository(os.path.join(root, *name.split("/")), root, _MOST_BYTES)
        if name.startswith(_OWN) or _SPEC.search(text):
            files = frozenset(os.path.normpath(os.path.join(root, one)) for one in _files(text))
            found.append((name, files))
    return tuple(found)


def _files(text: str) -> Iterator[str]:
    """Yield the paths, from the root of the repository, of what an app's components are built of."""
    from cachemount.embedded import nodes, yaml

    for document in yaml.documents_in(text, "name"):
        # That of a button to deploy it has it all in `spec`.
        spec = nodes.get(document, "spec") or document
        for component in (one for kind in _COMPONENTS for one in nodes.items(nodes.get(spec, kind))):
            named = nodes.text(component, "dockerfile_path")
            if named:
                yield named.lstrip("/")
            elif nodes.get(component, "image") is None and nodes.get(component, "environment_slug") is None:
                yield os.path.join(nodes.text(component, "source_dir").lstrip("/"), "Dockerfile")
