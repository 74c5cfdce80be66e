"""The file cannot be read as BuildKit reads it, so nothing in it was checked.

The message is the reason for which a build would stop. It is not repaired automatically.
"""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.facts.model import Facts
from cachemount.findings import Finding
from cachemount.rules.model import Rule

NAME = "unreadable-dockerfile"


def check(_facts: Facts) -> Iterator[Finding]:
    """Found where the file is read, in `cachemount.engine`."""
    yield from ()


RULE = Rule(name=NAME, check=check, severity="error")
