"""A label that says that other images are built on this one: what they install has no mount of this file."""

from __future__ import annotations

from cachemount.dockerfile.model import Stage
from cachemount.facts import chain
from cachemount.facts.model import Facts
from cachemount.late_pattern import late

# `description="Base image for ..."`, `name="Nginx Base Image"`; not "uses java7 as the base image".
_SAYS_BASE = late(
    r"(?i)=[ \t]*[\"']?(?:this is )?(?:an? |the )?base image\b|^[^\"'\n]*=[ \t]*[\"'][\w .+-]{1,60} base image[\"']"
)


def base_label(facts: Facts, stage: Stage) -> int | None:
    """Return the line, counted from 1, of a LABEL that calls the image of a stage a base image; None without one."""
    return facts.memo(_base_label, stage)


def _base_label(facts: Facts, stage: Stage) -> int | None:
    source, last = facts.dockerfile.source, facts.dockerfile.last
    if not chain.descends(last, stage):
        return None
    for one in last.lineage():
        for instruction in one.instructions:
            if instruction.keyword == "LABEL" and _SAYS_BASE.search(source.slice(instruction.span)):
                return source.position(instruction.span.start).line
    return None
