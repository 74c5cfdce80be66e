"""A label, first comment, document or Makefile that says that others are built on this image: they have no mounts."""

from __future__ import annotations

from cachemount.dockerfile.model import Stage
from cachemount.facts import chain
from cachemount.facts.model import Facts
from cachemount.late_pattern import late
from cachemount.source import ContextFile, Elsewhere

# `description="Base image for ..."`, `name="Nginx Base Image"`; not "uses java7 as the base image".
_SAYS_BASE = late(
    r"(?i)=[ \t]*[\"']?(?:this is )?(?:an? |the )?base image\b|^[^\"'\n]*=[ \t]*[\"'][\w .+-]{1,60} base image[\"']"
)
# "Others can build images layered on this one", "used as the base image for all services"; not "# Base image".
_COMMENT_SAYS_BASE = late(
    r"(?i)\bimages?\s(?:[\w-]+\s){0,3}(?:layered|built|based|build) (?:on|upon|from)(?: top of)? (?:this|it)\b"
    r"|\b(?:this is|used as|serves as) (?:an? |the )?(?:[\w-]+ ){0,2}base image"
    r" (?:for|of) (?:all|any|every|other|our|several|the other)\b"
)
_README = late(r"(?i)(?:\.\./)*readme\b")


def said_base(facts: Facts, stage: Stage) -> int | None:
    """Return the line, counted from 1, that says that images are built on that of a stage; None without one.

    It is a LABEL's, the first of the comments in front of the first FROM, or one of another file.
    """
    return facts.memo(_said_base, stage)


def _said_base(facts: Facts, stage: Stage) -> int | None:
    source, last = facts.dockerfile.source, facts.dockerfile.last
    shown = next((one for one in source.context if _is_of(facts, stage, one)), None)
    if shown is not None:
        return _last_line(shown)
    if not chain.descends(last, stage):
        return None
    for one in last.lineage():
        for instruction in one.instructions:
            if instruction.keyword == "LABEL" and _SAYS_BASE.search(source.slice(instruction.span)):
                return source.position(instruction.span.start).line
    first = facts.dockerfile.stages[0].instruction.span.start
    head = [one.span for one in facts.dockerfile.comments if one.span.start < first]
    if head and _COMMENT_SAYS_BASE.search(" ".join(source.slice(one).strip("# \t") for one in head)):
        return source.position(head[0].start).line
    readme = next(
        (one for one in source.context if not (one.generated or one.of_images) and _README.match(one.path)), None
    )
    return None if readme is None else _last_line(readme)


def _is_of(facts: Facts, stage: Stage, file: ContextFile) -> bool:
    """Return whether a file shows, as a base, the image of a stage that begins with another one."""
    if not file.base_of:
        return file.base_of is not None and chain.descends(facts.dockerfile.last, stage)
    wanted = file.base_of.lower()
    found = (one for one in facts.dockerfile.stages if one.file is None and one.name.lower() == wanted)
    return any(chain.descends(one, stage) for one in found)


def _last_line(file: ContextFile) -> Elsewhere:
    return Elsewhere(file.text.rstrip().count("\n") + 1, file.path)
