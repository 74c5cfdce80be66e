"""Images that the repository hands to others, who install on them: it pushes them, or has dev containers of them."""

from __future__ import annotations

from cachemount.dockerfile.model import Stage
from cachemount.facts import chain
from cachemount.facts.model import Facts
from cachemount.managers.model import PackageManager
from cachemount.source import Elsewhere


def handed_on(facts: Facts, stage: Stage) -> Elsewhere | None:
    """Return the line of another file that hands on an image with what a stage has; None without one."""
    stages = {one.name.lower(): one for one in facts.dockerfile.stages if one.file is None and one.name}
    stages[""] = facts.dockerfile.last
    handed = ((stages.get(one.stage.lower()), one.line) for one in facts.dockerfile.source.published)
    return next((line for one, line in handed if one is not None and chain.descends(one, stage)), None)


def keeps_file(facts: Facts, stage: Stage, manager: PackageManager) -> Elsewhere | None:
    """Return the line that hands on an image in which the file stays that keeping packages for good removes."""
    return handed_on(facts, stage) if any(one.removes for one in manager.retentions) else None
