"""Dockerfiles that a BuildConfig of OpenShift builds, by a buildah that some of its releases let stop at cache mounts.

https://docs.redhat.com/en/documentation/openshift_container_platform/4.19/html/builds_using_buildconfig/build-strategies,
https://github.com/podman-container-tools/buildah/issues/6071. Where it does not stop, each build has a pod of its own,
and begins with an empty mount.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice, product

from cachemount.files.kept import kept
from cachemount.files.nearest import nearest_files
from cachemount.files.reading import names_in, text_inside_repository
from cachemount.late_pattern import late

SIGN = "OpenShift's BuildConfig, in some of its releases"
WAY_OUT = "try it there first, or build the image with BuildKit and deploy that"

_MOST_BYTES = 200_000
_MOST_FOLDERS = 800
_MOST_FILES = 200
_SKIPPED = frozenset({"dist", "node_modules", "target", "testdata", "third_party", "vendor", "venv"})
_ENDS = (".yml", ".yaml", ".json")
# What says so in the path of a file.
_LIKELY = late(r"(?i)openshift|(?:\A|[/_.-])(?:ocp|okd|bc)(?:[/_.-]|\Z)|build-?config|build[\w-]*\.(?:ya?ml|json)\Z")
# Its name begins with a dot, so that others pass it over.
_HIDDEN = ".openshift"

_KIND = late(r"\bkind\"?:[ \t]*[\"']?BuildConfig\b")
_STRATEGY = late(r"\bdockerStrategy\"?:")
_CONTEXT = late(r"\bcontextDir\"?:[ \t]*[\"']?([^\s\"',#]*)")
_FILE = late(r"\bdockerfilePath\"?:[ \t]*[\"']?([^\s\"',#]+)")
_PARAMETERS = late(r"(?m)^([ \t]*)-[ \t]+name:[ \t]*[\"']?(\w+)[\"']?[ \t]*\n((?:\1[ \t]+\S.*\n?|[ \t]*\n)*)")
_VALUE = late(r"(?m)^[ \t]*value:[ \t]*[\"']?([\w./-]*)[\"']?[ \t]*(?:#.*)?$")
_REFERENCE = late(r"\$\{{1,2}(\w+)\}{1,2}")


def openshift_build(path: str, root: str) -> str:
    """Return the file, relative to its repository, whose BuildConfig builds a Dockerfile; "" without one.

    Both paths are absolute, `path` is the Dockerfile's.
    """
    own = os.path.relpath(path, root).replace(os.sep, "/")
    return next((name for name, files in _configs(root) if own in files), "")


@kept
def _configs(root: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return the files of a repository with a BuildConfig, and the Dockerfiles that each builds: paths in it."""
    found = []
    for name in islice(_names(root), _MOST_FILES):
        text = text_inside_repository(os.path.join(root, *name.split("/")), root, _MOST_BYTES)
        if _KIND.search(text) and _STRATEGY.search(text):
            found.append((name, frozenset(_files(text))))
    return tuple(found)


def _names(root: str) -> Iterator[str]:
    folders = [root, *([os.path.join(root, _HIDDEN)] if _HIDDEN in names_in(root) else [])]
    for folder in folders:
        for one in nearest_files(folder, _ENDS, _SKIPPED, _MOST_FOLDERS):
            name = os.path.relpath(one, root).replace(os.sep, "/")
            if _LIKELY.search(name):
                yield name


def _files(text: str) -> Iterator[str]:
    """Yield the paths of the Dockerfiles that the BuildConfigs of a file build, as far as it tells them itself."""
    values = {}
    for _, name, entry in _PARAMETERS.findall(text):
        if value := _VALUE.search(entry):
            values[name] = value[1]
    contexts = [_filled(one, values) for one in _CONTEXT.findall(text)] or ["."]
    named = [_filled(one, values) for one in _FILE.findall(text)]
    if len(named) < len(_STRATEGY.findall(text)):
        named.append("Dockerfile")
    for context, file in product(contexts, named):
        path = os.path.normpath(os.path.join(context.lstrip("/"), file.lstrip("/")))
        if "$" not in path:
            yield path.replace(os.sep, "/")


def _filled(text: str, values: dict[str, str]) -> str:
    """Return a text with the values that its parameters have by default."""
    return _REFERENCE.sub(lambda found: values.get(found[1], found[0]), text)
