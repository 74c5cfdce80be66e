"""Commands of a step that change what a manager keeps: a later step that fetches it anew gets it as it was."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cachemount import reasons
from cachemount.facts import locations
from cachemount.facts.cleanups import resolved
from cachemount.facts.expansion import expanded
from cachemount.facts.model import Facts, Step
from cachemount.facts.path_use import COPIERS
from cachemount.late_pattern import late
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import shortened
from cachemount.shell.model import Command

# The options with which a program writes into the files that it reads.
_IN_PLACE = {
    "sed": late(r"-[nErsuz]*i.*|--in-place(=.*)?"),
    "perl": late(r"-[a-zA-Z0-9]*i.*"),
    "gawk": late(r"inplace"),
}


def edited(facts: Facts, step: Step, places: Collection[str]) -> Iterator[Withheld]:
    """Yield the reasons not to mount places in which the step changes files."""
    for command, words in expanded(step):
        texts = [word.known for word in words]
        for path in _written(command, step, texts):
            place = next((one for one in places if path != one and locations.below(path, one)), None)
            if place is not None:
                line = facts.dockerfile.source.position(command.span.start).line
                title = shortened(facts.dockerfile.source.slice(command.span))
                yield reasons.EDITED_BY_STEP.about(words=title, line=line, path=place)
                return


def _written(command: Command, step: Step, texts: list[str]) -> Iterator[str]:
    """Yield the paths that a command writes to, or into."""
    name = command.program
    operands = [text for text in texts[1:] if text and not text.startswith("-")]
    found: list[str] = [one.known for one in (*command.outputs, *command.appends)]
    if name in COPIERS:
        # What is put into a folder has a name in it.
        found += [f"{operands[-1]}/*"] if len(operands) > 1 else []
    elif name == "tee" or (name in _IN_PLACE and any(map(_IN_PLACE[name].fullmatch, texts[1:]))):
        found += operands
    elif name == "patch":
        found += [*operands, "./*"]
    for text in found:
        path = resolved(text, command, step) if text else None
        if path is not None:
            yield path
