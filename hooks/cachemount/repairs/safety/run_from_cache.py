"""Programs that a manager runs straight out of its cache, as npx and uvx do: what a step fetches, the image may run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from cachemount import reasons
from cachemount.facts import chain
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.patterns import compiled
from cachemount.managers.model import Download, PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import commands_of, images_commands


def needed_at_run_time(facts: Facts, step: Step, manager: PackageManager) -> Iterator[Withheld]:
    """Yield the reasons to leave the programs that a step fetches and runs in the image."""
    mine = [one for one in step.installs if one.manager is manager and one.download.verb_is_program and not one.reader]
    if not mine:
        return
    runners = [way for way in manager.downloads if way.verb_is_program]
    name = " ".join((mine[0].program, *(word for word in mine[0].verb if word != "*")))
    for rank, instruction, words in images_commands(step.stage):
        if rank > step.instruction.span.start and any(_is_run(way, manager, words) for way in runners):
            line = facts.dockerfile.source.position(instruction.span.start).line
            yield reasons.RUN_FROM_CACHE.about(keyword=instruction.keyword, line=line, manager=manager.name, name=name)
            return
    if chain.descends(facts.dockerfile.last, step.stage) and all(_only_asks(step, one) for one in mine):
        yield reasons.ONLY_ASKED.about(name=name)


def _is_run(way: Download, manager: PackageManager, words: Sequence[str]) -> bool:
    """Return whether the words of CMD, ENTRYPOINT or HEALTHCHECK have the manager run a program in this way."""
    for at, word in enumerate(words):
        program = posixpath.basename(word.strip("'"))
        if not any(re.fullmatch(pattern, program) for pattern in way.programs or manager.programs):
            continue
        rest = words[at + 1 :]
        after = [text for text in rest if not text.startswith("-")]
        for verb in way.verbs:
            wanted = [one for one in verb if one != "*"]
            named = verb == ("*",) or (wanted and after[: len(wanted)] == wanted)
            if named and not _leaves_cache(way, manager, {*_own(manager, verb, rest)}):
                return not way.pattern or compiled(way.pattern).search(" ".join(rest)) is not None
    return False


def _own(manager: PackageManager, verb: Sequence[str], words: Sequence[str]) -> Iterator[str]:
    """Yield the words before the program that is run: what follows it is the program's."""
    operands, is_value = 0, False
    for word in words:
        operands += not is_value and not word.startswith("-")
        if operands == len(verb):
            return
        is_value = word in manager.valued
        yield word


def _leaves_cache(way: Download, manager: PackageManager, own: set[str]) -> bool:
    """Return whether a command with these words runs nothing out of the cache, which it reads where it is offline."""
    if not own.isdisjoint(manager.off_flags):
        return True
    return any(group <= own and not any("offline" in one for one in group) for group in way.unless)


def _only_asks(step: Step, install: Install) -> bool:
    """Return whether the program that the install runs is only asked for its version or for help."""
    return any(called.command is install.command and called.is_query for called in commands_of(step))
