"""Whether what a step leaves goes into an image."""

from __future__ import annotations

from cachemount.facts import chain
from cachemount.facts.model import Facts, Step
from cachemount.facts.queries import copied_from


def is_of_image(facts: Facts, step: Step) -> bool:
    """Return whether a step goes into an image: into the last one, or into one of its own.

    That is a stage which nothing takes, and which gets the project after the step: it is for what runs in it.
    """
    stage, here = step.stage, step.instruction.span.start
    if chain.descends(facts.dockerfile.last, stage):
        return True
    gets_project = any(
        one.keyword in ("COPY", "ADD") and one.span.start > here and not any(flag.name == "from" for flag in one.flags)
        for one in stage.instructions
    )
    return gets_project and not stage.children and not any(copied_from(facts, stage))
