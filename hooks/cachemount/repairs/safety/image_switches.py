"""A variable of the image that switches a cache off, and that it may need when it runs, or is built on."""

from __future__ import annotations

import re

from cachemount import reasons
from cachemount.dockerfile.model import Stage
from cachemount.facts import chain, locations
from cachemount.facts.cache_switches import CacheSwitch
from cachemount.facts.context import scripts_in
from cachemount.facts.model import Facts, Install
from cachemount.late_pattern import late
from cachemount.managers import MANAGERS
from cachemount.reasons import Withheld
from cachemount.repairs.safety.container_features import features
from cachemount.repairs.safety.handed_on import handed_on
from cachemount.repairs.safety.later_commands import images_commands
from cachemount.repairs.safety.said_bases import said_base
from cachemount.source import Elsewhere

# https://docs.openshift.com/container-platform/latest/openshift_images/create-images.html#images-create-s2i_create-images
_SCRIPTS = late(r"\bio\.(?:openshift\.)?s2i\.scripts-url\b|\$\{?STI_SCRIPTS_PATH\b|/usr/libexec/s2i\b")


def meant_for_image(facts: Facts, install: Install, off: CacheSwitch) -> Withheld | None:
    """Return the reason to leave a variable in the image: what the image runs would cache without it."""
    stage = _stage_of(install, off)
    sign = (
        None
        if stage is None
        else _runs(facts, stage, off)
        or _volume(facts, stage, install)
        or _builder(facts, stage)
        or _said(facts, stage)
        or _features(facts, install)
    )
    return None if sign is None else reasons.SWITCH_FOR_IMAGE.about(what=off.what, sign=sign[0], line=sign[1])


def is_handed_on(facts: Facts, install: Install, off: CacheSwitch) -> bool:
    """Return whether the repository hands an image to others that has the variable."""
    stage = _stage_of(install, off)
    return stage is not None and handed_on(facts, stage) is not None


def _stage_of(install: Install, off: CacheSwitch) -> Stage | None:
    """Return the stage whose ENV sets the variable for an install; None where anything else does."""
    setting = install.step.environment.settings.get(off.variable)
    instruction = None if setting is None or setting.origin != "env" else setting.instruction
    if instruction is None or any(one.name == off.variable for one in install.command.assignments):
        return None
    return next((one for one in install.step.stage.lineage() if instruction in one.instructions), None)


def _runs(facts: Facts, stage: Stage, off: CacheSwitch) -> tuple[str, int] | None:
    """Return the instruction by which the image runs a manager whose cache the variable switches off, and its line."""
    managers = (one for one in MANAGERS if off.variable in one.off_variables)
    programs = "|".join(f"(?:{name})" for one in managers for name in one.programs)
    pattern = re.compile(rf"(?:\A|[\s;&|(/])(?:{programs})(?=\s)")
    for _rank, instruction, words in images_commands(stage):
        texts = (" ".join(words), *scripts_in(facts.dockerfile.source.context, words))
        if any(pattern.search(text) for text in texts):
            return instruction.keyword, facts.dockerfile.source.position(instruction.span.start).line
    return None


def _builder(facts: Facts, stage: Stage) -> tuple[str, int] | None:
    """Return what says that projects are built on the image, and its line: a trigger, or scripts of source-to-image."""
    for _rank, instruction in chain.after(stage):
        if instruction.onbuild or _SCRIPTS.search(facts.dockerfile.source.slice(instruction.span)):
            name = "ONBUILD" if instruction.onbuild else instruction.keyword
            return name, facts.dockerfile.source.position(instruction.span.start).line
    return None


def _said(facts: Facts, stage: Stage) -> tuple[str, int] | None:
    """Return what says that images are built on this one, and its line."""
    line = said_base(facts, stage)
    if line is None or isinstance(line, Elsewhere):
        return None if line is None else ("the text", line)
    begin = facts.dockerfile.source.position(facts.dockerfile.stages[0].instruction.span.start).line
    return "the comment" if line < begin else "LABEL", line


def _features(facts: Facts, install: Install) -> tuple[str, int] | None:
    """Return what says that a dev container installs more on the image, and its line."""
    line = features(facts, install)
    return None if line is None else ("the features", line)


def _volume(facts: Facts, stage: Stage, install: Install) -> tuple[str, int] | None:
    """Return the VOLUME that the cache lies in, and its line."""
    places = [one.path for one in install.directories if one.path is not None]
    for _rank, instruction in chain.after(stage):
        if instruction.keyword != "VOLUME":
            continue
        for word in instruction.operands:
            folder = locations.absolute(word, "/") or "/"
            if folder != "/" and any(locations.below(place, folder) for place in places):
                return instruction.keyword, facts.dockerfile.source.position(instruction.span.start).line
    return None
