"""Whether a command installs files from a folder into which another one has put them and all that they need."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Sequence

from cachemount.dockerfile.model import Dockerfile
from cachemount.facts import chain, locations
from cachemount.facts.model import Step
from cachemount.managers.model import Gathered


def are_gathered(
    dockerfile: Dockerfile,
    step: Step,
    gathered: Gathered,
    files: Sequence[str],
    *,
    options: Sequence[str],
    workdir: str | None,
) -> bool:
    """Return whether a command installs nothing but `files` from folders that are complete: it downloads nothing."""
    if not files or not all(re.fullmatch(gathered.files, one) for one in files):
        return False
    if any(re.fullmatch(gathered.unless, word) for word in options):
        return False
    folders = {locations.absolute(posixpath.dirname(one), workdir) for one in files}
    filled = {one.strip("\"'").removeprefix("./").rstrip("/") for one in re.findall(gathered.by, dockerfile.code)}
    return all(folder and _is_one_of(_origins(step, folder), filled) for folder in folders)


def _is_one_of(places: Collection[str], filled: Collection[str]) -> bool:
    """Return whether one of the places is a folder that a command names, perhaps from its own directory."""
    return any(place == one or place.endswith(f"/{one}") for place in places for one in filled if one)


def _origins(step: Step, folder: str) -> list[str]:
    """Return the folder, and those of other stages that it is copied or mounted from."""
    return [folder, *_mounted(step, folder), *_copied(step, folder)]


def _mounted(step: Step, folder: str) -> Iterator[str]:
    for mount in step.mounts:
        source = mount.flag.options.get("source", "/")
        if mount.flag.options.get("from") and mount.target and locations.below(folder, mount.target):
            yield posixpath.normpath(posixpath.join(source, posixpath.relpath(folder, mount.target)))


def _copied(step: Step, folder: str) -> Iterator[str]:
    for one in chain.before(step.stage, step.instruction):
        if one.keyword == "COPY" and any(flag.name == "from" for flag in one.flags) and len(one.operands) > 1:
            *sources, place = (word.rstrip("/") or "/" for word in one.operands)
            if folder == place or folder.endswith(f"/{place.removeprefix('./')}"):
                yield from (source.removesuffix("/*") for source in sources)
