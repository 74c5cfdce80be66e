"""A pragma or an allowlist entry hides nothing, names a rule that does not exist, or gives no reason.

A suppression that outlives its finding will hide the next one, which was never looked at.

It is not repaired automatically: delete the pragma, or correct it.
"""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.facts.model import Facts
from cachemount.findings import Finding
from cachemount.rules.model import Rule

NAME = "unused-suppression"


def check(_facts: Facts) -> Iterator[Finding]:
    """Found where suppressions are applied, in `cachemount.policy.suppress`."""
    yield from ()


RULE = Rule(name=NAME, check=check)
