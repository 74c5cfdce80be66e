"""Dockerfiles that workflows build by actions which run `docker build` in an image of their own with an old Docker.

Before Docker 23 it takes the classic builder unless DOCKER_BUILDKIT is set, which a step may do. What each has is in
the Dockerfile of its repository; whoan/docker-build-with-cache-action switches BuildKit off itself before version 8.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from cachemount.files.kept import kept
from cachemount.files.reading import text_inside_repository
from cachemount.files.workflows import ITEM, workflows
from cachemount.late_pattern import late
from cachemount.records import Record

_MOST_BYTES = 500_000
_BUILDKIT = late(r"\bDOCKER_BUILDKIT[\"']?[ \t]*[:=][ \t]*[\"']?1\b")
_USES = late(r"\buses:[ \t]*[\"']?([\w.-]+/[\w.-]+)@([\w.-]+)")
_INPUT = late(r"(?m)^[ \t]*([\w-]+):[ \t]*[\"']?((?:\$\{\{[^{}]*\}\}|[\w./-])+)")
_EXPRESSION = late(r"\$\{\{[^{}]*\}\}")


class _Action(Record):
    """The versions of an action with such a Docker, and its inputs: the file, the context, and where it is run."""

    versions: str
    file: str
    context: str
    folder: str


_OLD = {
    "docker/build-push-action": _Action(versions=r"v1(?:\..*)?", file="dockerfile", context="path", folder=""),
    "elgohr/publish-docker-github-action": _Action(
        versions=r"master|v?[123](?:\..*)?", file="dockerfile", context="context", folder="workdir"
    ),
    "jerray/publish-docker-action": _Action(versions=".*", file="file", context="path", folder=""),
    "kciter/aws-ecr-action": _Action(versions=r"v[1-4](?:\..*)?", file="dockerfile", context="path", folder=""),
    "machine-learning-apps/gpr-docker-publish": _Action(
        versions=".*", file="dockerfile_path", context="build_context", folder=""
    ),
    "pmorelli92/github-container-registry-build-push": _Action(
        versions=".*", file="dockerfile-path", context="build-context", folder=""
    ),
    "rafikfarhad/push-to-gcr-github-action": _Action(versions=".*", file="dockerfile", context="context", folder=""),
    "vaultvulp/gp-docker-action": _Action(
        versions=r"1\.[0-2](?:\..*)?", file="dockerfile", context="build-context", folder=""
    ),
    "whoan/docker-build-with-cache-action": _Action(
        versions=r"v[1-7](?:\..*)?", file="dockerfile", context="context", folder=""
    ),
}


class _Built(Record):
    """A step with such an action: its workflow, the action, and a pattern of the Dockerfile's path."""

    name: str
    action: str
    pattern: str


def old_action_build(path: str, root: str) -> tuple[str, str] | None:
    """Return the workflow, relative to its repository, that builds a Dockerfile so, and the action; None without one.

    Both paths are absolute, `path` is the Dockerfile's.
    """
    file = os.path.relpath(path, root).replace(os.sep, "/")
    return next(((one.name, one.action) for one in _steps(root) if re.fullmatch(one.pattern, file)), None)


@kept
def _steps(root: str) -> tuple[_Built, ...]:
    found: list[_Built] = []
    for name in workflows(root):
        text = text_inside_repository(os.path.join(root, *name.split("/")), root, _MOST_BYTES)
        if not _BUILDKIT.search(text):
            found += _in_text(text, name)
    return tuple(found)


def _in_text(text: str, name: str) -> Iterator[_Built]:
    for step in ITEM.split(text):
        used = _USES.search(step)
        action = _OLD.get(used[1].lower()) if used else None
        if used and action and re.fullmatch(action.versions, used[2]):
            given = dict(_INPUT.findall(step, used.end()))
            # A file that is named is so from where the action is run.
            file = given.get(action.file) or os.path.join(given.get(action.context, "."), "Dockerfile")
            place = os.path.normpath(os.path.join(given.get(action.folder, ""), file)).replace(os.sep, "/")
            pattern = ".*".join(map(re.escape, _EXPRESSION.split(place)))
            yield _Built(name=name, action=f"{used[1]}@{used[2]}", pattern=pattern)
