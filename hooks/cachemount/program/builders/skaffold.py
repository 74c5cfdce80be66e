"""Which Dockerfiles a file of Skaffold builds by the engine's interface, which takes the classic builder.

https://github.com/GoogleContainerTools/skaffold/blob/v2.16.1/pkg/skaffold/build/docker/docker.go; what Google's Cloud
Build builds takes it too, whatever is set for local builds: https://github.com/GoogleContainerTools/skaffold/issues/4773
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from cachemount.late_pattern import late

_ARTIFACTS = late(r"[ \t]*artifacts:[ \t]*(?:[&!]\S+[ \t]*)?(?:#.*)?\Z")
_OTHER_BUILDER = late(r"(?m)^[ \t-]+(?:bazel|buildpacks|custom|jib|kaniko|ko):")
_BUILDKIT = late(r"(?m)\buse(?:DockerCLI|Build[kK]it):[ \t]*true\b|\bcliFlags:|^[ \t]+cluster:")
_CLOUD = late(r"(?m)^[ \t]+googleCloudBuild:")
_CLOUD_IMAGE = late(r"(?m)^[ \t]+dockerImage:")
_CONTEXT = late(r"\bcontext:[ \t]*[\"']?([\w./-]+)")
_DOCKERFILE = late(r"\bdockerfile:[ \t]*[\"']?([\w./-]+)")
_ALIAS = late(r":[ \t]+\*[\w-]")


def is_classic(text: str) -> bool:
    """Return whether the classic builder builds an image that the file names."""
    is_plain = builds_in_cloud(text) or not _BUILDKIT.search(text)
    return is_plain and any(True for _ in _images(text))


def builds_in_cloud(text: str) -> bool:
    """Return whether the file may have Cloud Build build, by the docker step that it has by default."""
    return _CLOUD.search(text) is not None and not _CLOUD_IMAGE.search(text)


def may_build(text: str, place: str, dockerfile: str, *, is_above: bool) -> bool:
    """Return whether a file of Skaffold in a folder may build a Dockerfile.

    Without a name it is the context's own (https://skaffold.dev/docs/references/yaml/#build-artifacts-docker-dockerfile).
    Where a template gives the name, or a profile may give another, each one below the context may be meant, if the
    file is above it.
    """
    folder = os.path.dirname(dockerfile)
    for image in _images(text):
        named = _DOCKERFILE.findall(image)
        for one in _contexts(image, text):
            context = os.path.normpath(os.path.join(place, one))
            files = named or ["Dockerfile", *(_DOCKERFILE.findall(text) if _ALIAS.search(image) else ())]
            if any(os.path.normpath(os.path.join(context, file)) == dockerfile for file in files):
                return True
            unknown = "patches:" in text or ("dockerfile:" in image and not named)
            if unknown and is_above and (folder == context or folder.startswith(context + os.sep)):
                return True
    return False


def _contexts(image: str, text: str) -> list[str]:
    """Return the folders that may be the context of an image: an alias may bring any that the file has."""
    own = _CONTEXT.findall(image)
    return own or [".", *(_CONTEXT.findall(text) if _ALIAS.search(image) else ())]


def _images(text: str) -> Iterator[str]:
    """Yield what the file says of each image that it builds from a Dockerfile."""
    return ("\n".join(lines) for lines in _items(text) if not any(map(_OTHER_BUILDER.match, lines)))


def _items(text: str) -> Iterator[list[str]]:
    """Yield the lines of each item of the lists named `artifacts`."""
    key = dash = -1
    item: list[str] = []
    for line in text.splitlines():
        start = line.lstrip()
        column = len(line) - len(start)
        if not start or start.startswith("#"):
            continue
        begins = start.startswith("-") and (dash < 0 or column == dash)
        ends = column < key or (column == key and not start.startswith("-"))
        if item and (begins or ends):
            yield item
            item = []
        if ends or key < 0:
            key, dash = (column if _ARTIFACTS.match(line) else -1), -1
        elif begins:
            dash, item = column, [line]
        elif item:
            item.append(line)
    if item:
        yield item
