"""Links that a step makes to what lies in a store: without the mount they lead nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cachemount import reasons
from cachemount.facts.cleanups import resolved
from cachemount.facts.expansion import expanded
from cachemount.facts.model import Facts, Step
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import shortened
from cachemount.repairs.safety.words_in_stores import place_of


def linked(facts: Facts, step: Step, places: Collection[str]) -> Iterator[Withheld]:
    """Yield the reason not to mount places to which the step makes links that it leaves in the image."""
    for command, words in expanded(step):
        operands = [word for word in words[1:] if not word.known.startswith("-")] if words[0].name == "ln" else []
        made = operands[-1].known if len(operands) > 1 else ""
        for word in operands[:-1] or operands:
            place = place_of(step, command, word, places)
            if place is not None and not _is_removed(step, resolved(made, command, step) if made else None):
                line = facts.dockerfile.source.position(command.span.start).line
                title = shortened(facts.dockerfile.source.slice(command.span))
                yield reasons.LINKED_BY_STEP.about(words=title, line=line, path=place)
                return


def _is_removed(step: Step, link: str | None) -> bool:
    """Return whether the step removes a link, by its path."""
    return link is not None and any(
        words[0].name in ("rm", "unlink") and any(resolved(word.known, command, step) == link for word in words[1:])
        for command, words in expanded(step)
    )
