"""Whether a repository builds images for several platforms on one builder and so with one cache."""

from __future__ import annotations

import os
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, real_path, repository_of, text_inside_repository
from cachemount.files.workflows import FOLDER
from cachemount.late_pattern import late
from cachemount.program.repository_images import DOCKERFILE
from cachemount.program.workflow_builds import build_steps
from cachemount.script_names import MAKEFILES

_MOST_BYTES = 200_000
_MOST_FILES = 50
_ENDS = (".sh", ".bash", ".hcl", ".yml", ".yaml", ".mk")
# `--platform linux/amd64,linux/arm64`, `platforms = ["linux/amd64", "linux/arm64"]`, or a list of YAML.
_SEVERAL = late(
    r"\blinux/[\w/]+[\"']?,[ \t]*[\"']?linux/(?=\w)"
    r"|(?m:^[ \t]*-[ \t]*[\"']?linux/[\w/]+[\"']?[ \t]*\n[ \t]*-[ \t]*[\"']?linux/)"
)
_FROM = late(r"(?im)^[ \t]*FROM[ \t]+(?:--platform=[\"']?([\w/$.{}-]+)[\"']?[ \t]+)?([^\s-]\S*)")
_OTHER_BUILDS = late(r"\b(?:docker|podman|buildah)[ \t]+(?:buildx?|image|bud|compose)\b|\bbake\b|\bmake[ \t]")
_STAGE = late(r"(?im)^[ \t]*FROM[ \t][^\n]*[ \t]AS[ \t]+(\S+)")


def builds_for_platforms(path: str, text: str) -> bool:
    """Return whether a Dockerfile's image is built for several platforms, or stages of it or of its folder for two.

    A file beside it or at the root of its repository, or a workflow, names several. Or FROM names one that another
    stage or Dockerfile does not.
    """
    real = real_path(path)
    folder = os.path.dirname(real)
    root = repository_of(folder)
    if any(_texts_with_platforms(one, root) for one in (folder, root)) or _is_built_by_workflow(real, root):
        return True
    return "--platform=" in text and len(_platforms(text) | _platforms_beside(folder, root)) > 1


def _platforms(text: str) -> frozenset[str]:
    """Return the platforms of the images that stages of a Dockerfile begin with; "" is that of the build."""
    stages = {name.lower() for name in _STAGE.findall(text)}
    found = _FROM.findall(text)
    return frozenset(one for one, image in found if image.lower() not in stages and not one.startswith("$"))


@kept
def _platforms_beside(folder: str, root: str) -> frozenset[str]:
    """Return the platforms of the images that the Dockerfiles of a folder with apk begin with."""
    names = islice((one for one in sorted(names_in(folder)) if DOCKERFILE.fullmatch(one)), _MOST_FILES)
    texts = (text_inside_repository(os.path.join(folder, one), root, _MOST_BYTES) for one in names)
    return frozenset(one for text in texts if "apk " in text for one in _platforms(text))


@kept
def _texts_with_platforms(folder: str, root: str) -> tuple[str, ...]:
    """Return the texts of the files in a folder that name several platforms."""
    names = (name for name in sorted(names_in(folder)) if name.endswith(_ENDS) or name in MAKEFILES)
    texts = (text_inside_repository(os.path.join(folder, one), root, _MOST_BYTES) for one in islice(names, _MOST_FILES))
    return tuple(text for text in texts if "linux/" in text and _SEVERAL.search(text))


def _is_built_by_workflow(path: str, root: str) -> bool:
    """Return whether a workflow that names several platforms may build a Dockerfile; both paths are absolute."""
    own = os.path.relpath(path, root).replace(os.sep, "/")
    for workflow in _texts_with_platforms(os.path.join(root, *FOLDER.split("/")), root):
        steps = [one for one in build_steps(root) if one.workflow == workflow]
        if not steps or _OTHER_BUILDS.search(workflow) or any(one.builds(own) for one in steps):
            return True
    return False
