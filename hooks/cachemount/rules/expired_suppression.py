"""An allowlist entry is past its date; the finding that it hid counts again.

It is not repaired automatically: fix the finding, or agree on a new date.
"""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.facts.model import Facts
from cachemount.findings import Finding
from cachemount.rules.model import Rule

NAME = "expired-suppression"


def check(_facts: Facts) -> Iterator[Finding]:
    """Found where suppressions are applied, in `cachemount.policy.suppress`."""
    yield from ()


RULE = Rule(name=NAME, check=check)
