"""Whether the builder that a repository or a comment shows may refuse new mounts in a Dockerfile, or ignore them."""

from __future__ import annotations

from collections.abc import Collection

from cachemount import reasons
from cachemount.facts.model import Facts
from cachemount.reasons import Withheld


def refused_mounts(facts: Facts, ids: Collection[str]) -> list[Withheld]:
    """Return why a builder may refuse new mounts with these ids; one that refuses them builds no such file.

    Railway takes those with an id of its form.
    """
    reason = facts.refusal or _told(facts) or facts.memo(_by_service)
    if reason is None or reason.id == reasons.IGNORED_MOUNTS.id:
        return []
    from cachemount.facts.service_ids import is_of_service

    any_id = reason.id == reasons.REFUSED_WITHOUT_ID.id
    if any_id and all(map(is_of_service, ids)):
        return []
    taken = any(not any_id or "id" not in one.flag.options for step in facts.mounted for one in step.caches)
    return [] if taken or (not any_id and facts.memo(_has_heredocs)) else [reason]


def ignored_mounts(facts: Facts) -> Withheld | None:
    """Return that a builder ignores new mounts: with it a fix is safe that adds mounts and nothing else."""
    reason = facts.refusal
    return reason if reason is not None and reason.id == reasons.IGNORED_MOUNTS.id else None


def _told(facts: Facts) -> Withheld | None:
    if not facts.dockerfile.comments:
        return None
    from cachemount.repairs.safety.classic_comments import built_by_classic

    return built_by_classic(facts)


def _by_service(facts: Facts) -> Withheld | None:
    """Return why Railway may refuse mounts, where the ids of a file are of its form."""
    if facts.id_template or not facts.mounted:
        return None
    from cachemount.facts.service_ids import first_of_service

    first = first_of_service(facts)
    if first is None:
        return None
    line = facts.dockerfile.source.position(first.flag.span.start).line
    return reasons.REFUSED_WITHOUT_ID.about(name=f"the id in line {line}")


def _has_heredocs(facts: Facts) -> bool:
    """Return whether a file has what ends its build by the classic builder, and by podman before 4.8."""
    return any(one.heredocs for stage in facts.dockerfile.stages for one in stage.instructions)
