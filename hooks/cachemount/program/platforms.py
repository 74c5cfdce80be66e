"""Whether a repository builds images for several platforms at once, on one builder and so with one cache."""

from __future__ import annotations

import os
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, repository_of, text_inside_repository
from cachemount.late_pattern import late
from cachemount.script_names import MAKEFILES

_MOST_BYTES = 200_000
_MOST_FILES = 50
_WORKFLOWS = ".github/workflows"
_ENDS = (".sh", ".bash", ".hcl", ".yml", ".yaml", ".mk")
# `--platform linux/amd64,linux/arm64`, `platforms = ["linux/amd64", "linux/arm64"]`, or a list of YAML.
_SEVERAL = late(
    r"\blinux/[\w/]+[\"']?,[ \t]*[\"']?linux/(?=\w)"
    r"|(?m:^[ \t]*-[ \t]*[\"']?linux/[\w/]+[\"']?[ \t]*\n[ \t]*-[ \t]*[\"']?linux/)"
)


def builds_for_platforms(path: str) -> bool:
    """Return whether a file beside a Dockerfile or at the root of its repository, or a workflow, names several."""
    folder = os.path.dirname(os.path.realpath(path))
    root = repository_of(folder)
    return any(_names_platforms(one, root) for one in (folder, root, os.path.join(root, *_WORKFLOWS.split("/"))))


@kept
def _names_platforms(folder: str, root: str) -> bool:
    names = (name for name in sorted(names_in(folder)) if name.endswith(_ENDS) or name in MAKEFILES)
    texts = (text_inside_repository(os.path.join(folder, one), root, _MOST_BYTES) for one in islice(names, _MOST_FILES))
    return any("linux/" in text and _SEVERAL.search(text) for text in texts)
