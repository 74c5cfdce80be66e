"""Tests of a step that ask what the image has where a mount would be: with it the answer is that of other builds."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator

from cachemount import reasons
from cachemount.facts import locations
from cachemount.facts.cleanups import cleanups_of, resolved
from cachemount.facts.expansion import runner
from cachemount.facts.model import Directory, Facts, Step
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import shortened
from cachemount.shell.model import Command
from cachemount.shell.scope import TEST_COMMANDS

_WORDS = late(r"""[\s"'`$(){};|&=!\[\]]+""")
_HOME = late(r"(?:~|\$HOME\b|\$\{HOME\})(?=/|\Z|[\s\"'])")
_IS_THERE = late(r"\s-[ders]\s")


def asked_of_image(
    facts: Facts, step: Step, place: str, directories: Collection[Directory], manager: PackageManager
) -> Iterator[Withheld]:
    """Yield the doubt about the first test of a step that a mount on the place may answer in another way."""
    tests = [one for one in step.commands if one.program in TEST_COMMANDS and not one.other_root]
    if not tests:
        return
    gone = [one.command for one in cleanups_of(step, directories, [manager])]
    source = facts.dockerfile.source
    for one in tests:
        text = source.slice(one.span)
        if _asks(step, one, text, place, manager) and not _is_for(step, one, gone):
            line = source.position(one.span.start).line
            yield reasons.ASKS_FOR_CACHED.about(words=shortened(text), line=line, place=place)
            return


def _is_for(step: Step, test: Command, gone: Collection[Command]) -> bool:
    """Return whether a test is there for clean-ups alone, and goes with them."""
    held = step.script.item_of(test)
    if held is None:
        return False
    chain, index = held
    if chain.members[index] is test:
        last = index + 1 == len(chain.members) or chain.operators[index] not in ("&&", "||")
        return not last and any(one is chain.members[index + 1] for one in gone)
    inside = [one for one in step.commands if one.span.within(chain.span(index)) and one.program not in TEST_COMMANDS]
    return bool(inside) and all(any(one is other for other in gone) for one in inside)


def _asks(step: Step, command: Command, text: str, place: str, manager: PackageManager) -> bool:
    home = runner(step, command).home
    plain = text.replace('"', "").replace("'", "")
    for word in _WORDS.split(_HOME.sub(home or "~", plain)):
        path = resolved(word.rstrip("*"), command, step) if "/" in word else None
        if path is None:
            continue
        if path == place and manager.system and _IS_THERE.search(text):
            # The image has it as well.
            continue
        if locations.below(path, place) or (locations.below(place, path) and _is_made(path, home)):
            return True
    return False


def _is_made(path: str, home: str | None) -> bool:
    """Return whether a folder above a mount may be one that the image has not."""
    in_home = home is not None and path != home and locations.below(path, home)
    return in_home or posixpath.basename(path).startswith(".")
