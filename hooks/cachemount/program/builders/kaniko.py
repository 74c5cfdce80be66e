"""Which Dockerfiles a file has kaniko build, which ignores cache mounts or, before 1.0, ends at them.

https://github.com/GoogleContainerTools/kaniko/issues/969; what its arguments mean: https://github.com/GoogleContainerTools/kaniko#additional-flags,
the parameters of Tekton's task: https://hub.tekton.dev/tekton/task/kaniko
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator

from cachemount.late_pattern import late

_USED = late(
    r"(?m)kaniko(?:-project)?/(?:[\w.-]+/)*executor|\bplugins/kaniko\b|^[ \t]*kaniko:"
    r"|\btaskRef:(?:\s+\w+:[ \t]*[\w/.-]+)*?\s+name:[ \t]*[\"']?kaniko\b"
)
_MOUNTS = late(r"FF_KANIKO_RUN_MOUNT_CACHE[\"']?\s*[:=]\s*[\"']?(?:true|1)\b")
_FILE = late(
    r"(?:--dockerfile(?:[\"']?,[ \t]*|[=\s]\s*)|\bexecutor\b[^\n]*\s-f\s+|\bdockerfile:[ \t]*"
    r"|\bname:[ \t]*[\"']?DOCKERFILE[\"']?\s+value:[ \t]*)([^\s,\]]+)"
)
_CONTEXT = late(
    r"(?:--context(?:[\"']?,[ \t]*|[=\s]\s*)|\bcontext:[ \t]*|\bname:[ \t]*[\"']?CONTEXT[\"']?\s+value:[ \t]*)"
    r"([^\s,\]]+)"
)
# What stands in front of a path in the repository: a variable, or the folder that the repository is mounted to.
_FRONT = late(r"\A(?:dir://)?(?:[^/]*\$[^/]*/|/?workspace/(?:source/)?|\.{1,2}/|/)*")


def ignores_mounts(text: str) -> bool:
    """Return whether a file of a repository builds by a kaniko that is not told to take mounts."""
    return "kaniko" in text and _USED.search(text) is not None and not _MOUNTS.search(text)


def may_be_built(text: str, beside: str, path: str, root: str) -> bool:
    """Return whether a file that builds by kaniko may have a Dockerfile built.

    `beside` is the text of the files in its folder, which may say what its variables are. `path` and `root` are
    absolute: the Dockerfile's, and its repository's.
    """
    file = os.path.relpath(path, root).replace(os.sep, "/")
    files = [*_places(_FILE.findall(text))] or ["Dockerfile"]
    contexts = [*_places(_CONTEXT.findall(text))] or [""]
    if None in files or None in contexts:
        # By a variable: the file, or the folder that it is in, is named somewhere.
        named = posixpath.dirname(file).rpartition("/")[2] or file
        return re.search(rf"(?<![\w.-]){re.escape(named)}(?![\w.-])", f"{text}\n{beside}") is not None
    return any(_is_at(file, one, contexts) for one in files if one is not None)


def _places(words: list[str]) -> Iterator[str | None]:
    """Yield the paths in the repository that words name, "" for its root and None for one that is not known."""
    for word in words:
        text = word.strip("\"'")
        place = _FRONT.sub("", f"{text}/", count=1).rstrip("/")
        # A variable alone is the root for a context, and may be any file.
        yield None if "$" in place or (not place and "ockerfile" in text.lower()) else place


def _is_at(file: str, place: str, contexts: list[str | None]) -> bool:
    if "/" in place:
        return f"/{file}".endswith(f"/{place}")
    return any(file == f"{one}/{place}".lstrip("/") for one in contexts)
