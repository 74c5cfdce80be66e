"""Whether a repository builds images for several platforms on one builder and so with one cache."""

from __future__ import annotations

import os
import posixpath
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, repository_of, text_inside_repository
from cachemount.files.workflows import FOLDER
from cachemount.late_pattern import late
from cachemount.program.repository_images import DOCKERFILE
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
_ACTIONS = late(r"\buses:[ \t]*[\"']?docker/build-push-action@")
_FILES = late(r"(?m)^[ \t]*file:[ \t]*[\"']?([^\s\"'#]+)")
_OTHER_BUILDS = late(r"\b(?:docker|podman|buildah)[ \t]+(?:buildx?|image|bud|compose)\b|\bbake\b|\bmake[ \t]")
_STAGE = late(r"(?im)^[ \t]*FROM[ \t][^\n]*[ \t]AS[ \t]+(\S+)")


def builds_for_platforms(path: str, text: str) -> bool:
    """Return whether a Dockerfile's image is built for several platforms, or stages of it or of its folder for two.

    A file beside it or at the root of its repository, or a workflow, names several. Or FROM names one that another
    stage or Dockerfile does not.
    """
    real = os.path.realpath(path)
    folder = os.path.dirname(real)
    root = repository_of(folder)
    own = os.path.relpath(real, root).replace(os.sep, "/")
    for place in (folder, root, os.path.join(root, *FOLDER.split("/"))):
        if any(files is None or own in files for files in _files_for_platforms(place, root)):
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
def _files_for_platforms(folder: str, root: str) -> tuple[frozenset[str] | None, ...]:
    """Return the Dockerfiles that each file of a folder with several platforms builds; None where it may be any."""
    names = (name for name in sorted(names_in(folder)) if name.endswith(_ENDS) or name in MAKEFILES)
    texts = (text_inside_repository(os.path.join(folder, one), root, _MOST_BYTES) for one in islice(names, _MOST_FILES))
    return tuple(_files(text) for text in texts if "linux/" in text and _SEVERAL.search(text))


def _files(text: str) -> frozenset[str] | None:
    """Return the Dockerfiles that a workflow names, from its repository's root, where it does so for each build."""
    files = _FILES.findall(text)
    if not files or len(files) != len(_ACTIONS.findall(text)) or _OTHER_BUILDS.search(text) or "$" in "".join(files):
        return None
    return frozenset(map(posixpath.normpath, files))
