"""Whether the builder that a repository or a comment shows may refuse new mounts in a Dockerfile, or ignore them."""

from __future__ import annotations

from cachemount import reasons
from cachemount.facts.model import Facts
from cachemount.reasons import Withheld
from cachemount.repairs.safety.classic_comments import built_by_classic


def refused_mounts(facts: Facts) -> list[Withheld]:
    """Return why a builder may refuse new mounts; one that does builds no file that has some."""
    reason = facts.refusal or built_by_classic(facts)
    if reason is None or reason.id == reasons.IGNORED_MOUNTS.id:
        return []
    any_id = reason.id == reasons.REFUSED_WITHOUT_ID.id
    taken = any(not any_id or "id" not in one.flag.options for step in facts.mounted for one in step.caches)
    return [] if taken or (not any_id and facts.memo(_has_heredocs)) else [reason]


def ignored_mounts(facts: Facts) -> Withheld | None:
    """Return that a builder ignores new mounts: with it a fix is safe that adds mounts and nothing else."""
    reason = facts.refusal
    return reason if reason is not None and reason.id == reasons.IGNORED_MOUNTS.id else None


def _has_heredocs(facts: Facts) -> bool:
    """Return whether a file has what ends its build by the classic builder, and by podman before 4.8."""
    return any(one.heredocs for stage in facts.dockerfile.stages for one in stage.instructions)
