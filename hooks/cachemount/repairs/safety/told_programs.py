"""Images that may be made to run any program: their entrypoint runs its arguments."""

from __future__ import annotations

from collections.abc import Iterator

from cachemount import reasons
from cachemount.facts.context import scripts_in
from cachemount.facts.model import Facts
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.started_scripts import scripts_named

_WORD = late(r"[\w./-]+")
_RUNS_ARGUMENTS = late(r"(?m)^\s*exec\s+(?:\S+\s+)*[\"']?\$(?:@|\{@\})")


def runs_what_it_is_told(facts: Facts, manager: PackageManager) -> Iterator[Withheld]:
    """Yield why an image may be made to run any program: its entrypoint runs its arguments, and there is no CMD."""
    told = None
    for instruction in (one for each in facts.dockerfile.last.lineage() for one in each.instructions):
        if instruction.keyword == "CMD":
            return
        for word in _WORD.findall(instruction.arguments.text) if instruction.keyword == "ENTRYPOINT" else ():
            names = [word, *(one.path for one in scripts_named(facts, word))]
            if any(map(_RUNS_ARGUMENTS.search, scripts_in(facts.dockerfile.source.context, names))):
                line = facts.dockerfile.source.position(instruction.span.start).line
                told = reasons.IMAGE_MAY_READ_STORE.about(
                    keyword="ENTRYPOINT", line=line, script=f'{word} "$@"', manager=manager.name
                )
    if told:
        yield told
