"""What a devcontainer.json says: what its container begins with, has installed on it, and runs when it is made.

https://containers.dev/implementors/json_reference/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount.files.kept import kept
from cachemount.late_pattern import late
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

# Those that run in the container.
LIFECYCLE = ("onCreateCommand", "updateContentCommand", "postCreateCommand", "postStartCommand", "postAttachCommand")
_NAME = late(r"(^|/)(\.devcontainer/([^/]+/)?devcontainer|\.devcontainer)\.json$")
# What is never closed goes to the end of the text: to look for its end from each of its characters would be quadratic.
_STRING = r'"(?:\\.|[^"\\])*(?:"|\\?\Z)'
_STRING_OR_COMMENT = late(rf"({_STRING})|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_WORKSPACE = late(r"\A\$\{(?:localWorkspaceFolder|containerWorkspaceFolder)\}/")
_TRAILING_COMMA = late(rf"({_STRING})|,(?=\s*[}}\]])", re.DOTALL)


def is_devcontainer_name(path: str) -> bool:
    """Return whether tools look for a devcontainer.json at this path, given with slashes."""
    return _NAME.search(path) is not None


def dockerfile(text: str) -> str:
    """Return the path of the Dockerfile, relative to the devcontainer.json; "" where none is named."""
    return _dockerfile(_loaded(text))


def target(text: str) -> str:
    """Return the stage that the container is made of; "" where none is named."""
    build = _loaded(text).get("build")
    named = build.get("target") if isinstance(build, dict) else None
    return named if isinstance(named, str) else ""


def has_features(text: str) -> bool:
    """Return whether features are installed on the image: https://containers.dev/implementors/features/"""
    features = _loaded(text).get("features")
    return isinstance(features, dict) and bool(features)


def begins_with(text: str) -> tuple[str, str, list[str], str]:
    """Return what the container is made of: Dockerfile, image, or Compose files and service."""
    loaded = _loaded(text)
    image, files, service = (loaded.get(one) for one in ("image", "dockerComposeFile", "service"))
    found = [one.replace("\\", "/") for one in (files if isinstance(files, list) else [files]) if isinstance(one, str)]
    named = image if isinstance(image, str) else ""
    return _dockerfile(loaded), named, found, service if isinstance(service, str) else ""


def lifecycle(text: str) -> Iterator[tuple[str, str]]:
    """Yield the commands that a container runs when it is made or started, each with its key.

    https://containers.dev/implementors/json_reference/#lifecycle-scripts
    """
    loaded = _loaded(text)
    for key in LIFECYCLE:
        given = loaded.get(key)
        for one in given.values() if isinstance(given, dict) else (given,):
            words = [word for word in (one if isinstance(one, list) else [one]) if isinstance(word, str)]
            if words:
                yield key, " ".join(words)


@kept
def _loaded(text: str) -> dict[str, Any]:
    """Return the object of a devcontainer.json; comments and trailing commas are allowed, as the tools allow them."""
    import json

    for pattern in (_STRING_OR_COMMENT, _TRAILING_COMMA):
        text = pattern.sub(lambda match: match[1] or "", text)
    try:
        loaded = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _dockerfile(loaded: dict[str, Any]) -> str:
    build = loaded.get("build")
    named = build.get("dockerfile") if isinstance(build, dict) else None
    # `dockerFile` is the older spelling.
    named = named or loaded.get("dockerFile")
    # On Windows some write backslashes.
    return named.replace("\\", "/") if isinstance(named, str) else ""


def in_workspace(named: str, path: str) -> str:
    """Return a path that a devcontainer.json names, seen from its folder; `path` is its own, with slashes."""
    rest = _WORKSPACE.sub("", named)
    if rest == named:
        return named
    folders = path.split("/")[:-1]
    # The workspace is the folder that .devcontainer, or the file of that name, is in.
    depth = len(folders) - folders.index(".devcontainer") if ".devcontainer" in folders else 0
    return "../" * depth + rest
