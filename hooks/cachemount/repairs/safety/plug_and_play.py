"""Whether something runs a project whose packages stay in yarn's cache, after the step that installs them."""

from __future__ import annotations

from cachemount.copied_names import copied_as
from cachemount.facts import chain, locations
from cachemount.facts.context import copies_all, may_leave_out, nearest, settings_of
from cachemount.facts.model import Facts, Install
from cachemount.facts.queries import all_steps_of, copied_from
from cachemount.late_pattern import late
from cachemount.repairs.safety.later_commands import images_commands

_SETTINGS = ".yarnrc.yml"
# The second has links in node_modules/.store to a folder beside the cache. Run with 4.9: it works with a mount on the
# cache, and the image without that.
_LINKER = late(r"(?m)^nodeLinker:\s*[\"']?(?:node-modules|pnpm)\b")
_STORED_ELSEWHERE = late(r"(?m)^pnpmStoreFolder:")
# The files that say where the packages are, the folder of the packages, and patterns that may take these along.
_PROJECT = late(r"(?:^|/)(?:\.pnp\b|\.yarn\b|node_modules)|[*?\[$]")


def has_node_modules(facts: Facts) -> bool:
    """Return whether the settings of the project, which the build copies, put its packages into node_modules."""
    texts = _settings(facts)
    if not texts or not all(map(_LINKER.search, texts)) or any(map(_STORED_ELSEWHERE.search, texts)):
        return False
    # It may be set in another way as well.
    return not facts.says(r"(?i)node_?linker")


def _settings(facts: Facts) -> list[str]:
    """Return the texts of the settings that the build copies; "" for one that is not known."""
    named = list(dict.fromkeys(copied_as(facts.dockerfile.code, _SETTINGS)))
    if not named or named == [_SETTINGS]:
        return [settings_of(facts.dockerfile, _SETTINGS)]
    found = []
    for name in named:
        files = nearest(facts.dockerfile.source.context, name)
        found.append("" if may_leave_out(files, name) else files.get(name, ""))
    whole = settings_of(facts.dockerfile, _SETTINGS) if copies_all(facts.dockerfile.code) else ""
    return [*found, whole] if whole else found


def runs_later(facts: Facts, install: Install) -> bool:
    """Return whether the project may run after the step: in a later one, in the image, or where it is copied to."""
    stage, here = install.step.stage, install.step.instruction.span.start
    if any(step.instruction.span.start > here for step in all_steps_of(facts, stage)):
        return True
    if chain.descends(facts.dockerfile.stages[-1], stage) or next(images_commands(stage), None):
        return True
    if any(
        "from" in mount.flag.options and "source" not in mount.flag.options
        for step in facts.steps
        for mount in step.mounts
    ):
        return True
    workdir = install.variables["WORKDIR"]
    return workdir is None or not all(_is_made_in(source, workdir) for source in copied_from(facts, stage))


def _is_made_in(source: str, workdir: str) -> bool:
    """Return whether a path that is copied is in a folder, and not the project itself."""
    path = locations.absolute(source, "/")
    return path is not None and path != workdir and locations.below(path, workdir) and not _PROJECT.search(path)
