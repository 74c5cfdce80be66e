"""Scripts that ADD or a step fetches from the net, and that a later step runs by the names of their files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from cachemount.dockerfile.model import Stage
from cachemount.facts.model import Facts, Step
from cachemount.facts.queries import all_steps
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.repairs.safety.hidden_content import copy_words
from cachemount.repairs.safety.later_commands import Called, commands_of, runs_file

_FETCHERS = frozenset({"curl", "wget"})
_SCHEMES = ("https://", "http://")
_OUTPUT = late(r"-\w*[oO]\Z|--output(?:-document)?\Z")


def runs_fetched(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether a step runs a file that comes from an address with a script that is known to run the manager."""
    if not (manager.run_by and facts.says("https?://")):
        return False
    fetched = facts.memo(_fetched, step.stage)
    for called in commands_of(step) if fetched else ():
        address = fetched.get(posixpath.basename(runs_file(called) or called.path))
        # As a pipe would run it, which is how the address is known.
        words = " ".join(word.raw for word in called.arguments)
        if address and re.search(manager.run_by, f"{address} | sh -s {words}"):
            return True
    return False


def _fetched(facts: Facts, stage: Stage) -> Mapping[str, str]:
    """Return the addresses of what a stage, or one that it is built on, fetches, by the names of the files."""
    found: dict[str, str] = {}
    for instruction in (one for each in stage.lineage() for one in each.instructions if one.keyword == "ADD"):
        sources, place = copy_words(facts, instruction)
        if len(sources) == 1 and sources[0].startswith(_SCHEMES):
            names = (sources[0], place or instruction.operands[-1])
            found.update((posixpath.basename(name), sources[0]) for name in names)
    for step in all_steps(facts, stage).values():
        if "://" in step.run.script.text:
            for called in commands_of(step):
                found.update((name, address) for name, address in _by_command(called))
    return found


def _by_command(called: Called) -> Iterator[tuple[str, str]]:
    """Yield the file that a command fetches, by its name, with the address."""
    addresses = [text for text in called.texts if text.startswith(_SCHEMES)]
    if called.name not in _FETCHERS or len(addresses) != 1:
        return
    given = [after for text, after in pairwise(called.texts) if _OUTPUT.match(text)]
    outputs = [word.known for word in called.command.outputs]
    yield from ((posixpath.basename(name), addresses[0]) for name in (addresses[0], *given, *outputs))
