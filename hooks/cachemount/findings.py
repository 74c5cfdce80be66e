"""What the check reports: findings, and the fixes they may carry."""

from __future__ import annotations

from dataclasses import dataclass

from cachemount.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Replace the source span by `text`; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """Edits that belong together: all are applied or none.

    `safe` has to be claimed: the image has the same packages, later steps still work, nothing copied out of the cache
    goes missing. `withheld` says in a clause why a fix is not safe; it is empty for a safe one.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False
    withheld: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A defect. `span` is that of the command (or mount flag) at fault, `instruction` that of its instruction.

    `note` says in a clause why there is no fix, where a reader would expect one.
    """

    rule: str
    message: str
    span: Span
    instruction: Span
    stage: str = ""
    manager: str | None = None
    fix: Fix | None = None
    note: str = ""
