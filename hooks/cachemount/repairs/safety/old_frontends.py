"""Frontends of `# syntax` that know no cache mounts, or not all that a fix writes into them."""

from __future__ import annotations

from collections.abc import Collection

from cachemount import reasons
from cachemount.facts.model import Facts
from cachemount.late_pattern import late
from cachemount.reasons import Withheld
from cachemount.repairs.text_edits import CacheMount

_OLD_SYNTAX = late(
    r"(?:docker\.io/)?docker/dockerfile(?:-upstream)?"
    r":(experimental|1\.[012](?:\.\d+)?(?:-(?:experimental|labs))?)(?:@\S*)?"
)


def old_syntax(facts: Facts, mounts: Collection[CacheMount]) -> list[Withheld]:
    """Return why the frontend that the file names may refuse mounts.

    Read in its sources: 1.0 and 1.1 were built without them but where they are experimental, 1.2 and those fill no
    variables into them, and the first experimental ones give them no owner.
    """
    syntax = facts.dockerfile.syntax
    version = _OLD_SYNTAX.fullmatch(syntax) if syntax else None
    if version is None:
        return []
    tag = version[1]
    refuses = tag.startswith(("1.0", "1.1")) and not tag.endswith("-experimental")
    owned = tag.startswith("1.0") and any(one.uid is not None or one.gid is not None or one.mode for one in mounts)
    if refuses or owned or any("$" in str(one) for one in mounts):
        return [reasons.OLD_SYNTAX.about()]
    return []
