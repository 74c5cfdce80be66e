"""Where and how a command is put in front of another one, so that the rest of the script does what it did."""

from __future__ import annotations

from cachemount.facts.model import Step
from cachemount.facts.shell_options import has_errexit
from cachemount.late_pattern import late
from cachemount.records import Record
from cachemount.shell.model import Command
from cachemount.shell.removal.errexit import Errexit
from cachemount.source import Span

# What comes before is asked how it ended: by its status, or by an `exit` that ends with the same.
_ASKS_STATUS = late(r"\$(?:\?|\{\?\})|(?:^|[|&;({\s])(?:exit|return)\s*(?:[|&;)}#]|\Z)")


class Place(Record):
    """Where a command may be put, and what has to stand after it."""

    at: int
    joint: str


def place_before(step: Step, command: Command) -> Place | None:
    """Return where the item of a chain that holds a command begins; None where nothing may be put in front of it.

    A condition takes a failure for an answer, which a command in front of its `if` or `while` would not give. In a
    pipeline that ends with another command, the failure of this one counts for nothing.

    The command that is put there is joined by `&&`. Where `set -e` is in force, this would hide its failure: there it
    is a command of its own.
    """
    found = step.script.item_of(command)
    if found is None:
        return None
    chain, index = found
    before = chain.operators[index - 1] if index else ""
    is_asked = command.negated and (chain.members[index] is not command or chain.text(index).startswith("!"))
    if is_asked or not _decides(step, chain.span(index), command):
        return None
    if before == "||" or _ASKS_STATUS.search(chain.excerpt.text, *chain.places[index]):
        return None
    at = chain.span(index).start
    in_background = chain.operators[index : index + 1] == ("&",)
    state = step.memo(_errexit)
    if in_background or not state.may_hold(chain, index) or state.is_last(chain, index):
        return Place(at=at, joint=" && ")
    if before == "&&" or command.negated:
        return None
    return Place(at=at, joint="; ")


def _decides(step: Step, item: Span, command: Command) -> bool:
    """Return whether an item ends with the status of a command: no other one follows in its pipeline."""
    return not any(command.span.end <= other.span.start < item.end for other in step.script.commands)


def _errexit(step: Step) -> Errexit:
    return Errexit(step.script, on=has_errexit(step))
