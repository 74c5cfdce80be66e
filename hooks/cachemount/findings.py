"""The findings that the check reports, and the fixes they may carry."""

from __future__ import annotations

from cachemount.records import Record
from cachemount.source import Span
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal, TypeAlias

# `error` where a build or an image breaks, `warning` where a build is slower than it has to be.
Severity: TypeAlias = "Literal['error', 'warning']"


class Edit(Record):
    """Replace the source span by `text`; an empty span inserts.

    Where mounts are inserted, `targets` are theirs: mounts of another fix may be put after them, with `joint` between.
    """

    span: Span
    text: str
    targets: tuple[str, ...] = ()
    joint: str = ""


class Fix(Record):
    """Edits that belong together: all are applied or none.

    `safe` has to be claimed: the image has the same packages, later steps still work, nothing copied out of the cache
    goes missing. `withheld` says in a clause why a fix is not safe; it is empty for a safe one. Of fixes
    with the same `turn` one is made at a time: what a comment may still say is known only then.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False
    withheld: str = ""
    turn: int | None = None


class Finding(Record):
    """A defect. `span` is that of the command (or mount flag) at fault, `instruction` that of its instruction.

    `note` says in a clause why there is no fix, where a reader would expect one. `identity` is the message of the first
    version that had this finding, where the words have changed since: services that know a finding by its text still
    know it. `by_hand` has the lines that a safe fix would change, as those of a diff, where it cannot be written into
    the file.
    """

    rule: str
    message: str
    span: Span
    instruction: Span
    stage: str = ""
    manager: str | None = None
    fix: Fix | None = None
    note: str = ""
    by_hand: str = ""
    identity: str = ""
    severity: Severity = "warning"
