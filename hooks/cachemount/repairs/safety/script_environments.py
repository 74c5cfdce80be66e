"""Scripts that name their own packages: a manager makes their environments in its cache, and finds them there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from cachemount import reasons
from cachemount.copied_names import called_also
from cachemount.facts import locations, programs
from cachemount.facts.expansion import expanded
from cachemount.facts.invocations import operands
from cachemount.facts.model import Facts, Step
from cachemount.facts.patterns import is_all_of
from cachemount.managers.model import PackageManager, ScriptEnvironments
from cachemount.reasons import Withheld
from cachemount.records import Record
from cachemount.repairs.safety.later_commands import images_commands, shortened
from cachemount.repairs.safety.of_image import is_of_image
from cachemount.repairs.safety.texts_at_start import texts_at_start
from cachemount.shell.model import Word

_ASKS = frozenset({"--help", "-h", "--version", "-V"})


class Run(Record):
    """A command that makes the environment of a script: it runs the script, for its help at most where `only_made`."""

    script: str
    title: str
    only_made: bool


def script_environments(
    facts: Facts, step: Step, manager: PackageManager, way: ScriptEnvironments
) -> Iterator[Withheld]:
    """Yield the reason to leave in the image the environment of a script that a step makes, where the image runs it."""
    runs = list(_runs(facts, step, manager, way))
    if not runs or not is_of_image(facts, step):
        return
    started = _started(facts, step)
    for run in runs:
        if run.only_made or posixpath.basename(run.script) in started:
            yield reasons.SCRIPT_ENVIRONMENT.about(command=run.title, manager=manager.name)
            return


def _runs(facts: Facts, step: Step, manager: PackageManager, way: ScriptEnvironments) -> Iterator[Run]:
    """Yield the commands of a step that make environments of scripts."""
    for command, words in expanded(step):
        title = shortened(" ".join(word.raw for word in command.words))
        for program, _, rest in programs.programs(words):
            if manager in programs.managers(program) and (found := _run(facts, manager, way, rest)):
                script, only_made = found
                yield Run(script=script, title=title, only_made=only_made)
        text = _text_of(facts, words[0].known) if "/" in words[0].known else None
        if text and re.match(way.first_line, text) and re.search(way.block, text):
            yield Run(script=words[0].known, title=title, only_made=_only_asks(words[1:]))


def _run(
    facts: Facts, manager: PackageManager, way: ScriptEnvironments, rest: Sequence[Word]
) -> tuple[str, bool] | None:
    """Return the script whose environment a command makes in the cache, and whether it only does that; or None."""
    arguments = tuple(rest)
    named = [*operands(manager, arguments)][:2]
    verb = named[0].known if named else ""
    if verb not in way.verbs:
        return None
    end = arguments.index(named[1]) if len(named) > 1 else len(arguments)
    own = {one.known.partition("=")[0] for one in arguments[:end]}
    if not own.isdisjoint(way.unless) or not own.isdisjoint(manager.no_op_flags):
        return None
    is_said = not own.isdisjoint(way.flags)
    if verb in way.making:
        chosen = locations.flag_value(arguments, way.flags)
        return ((chosen[1] or "", True) if chosen else None) if is_said else None
    if len(named) < 2:
        return None
    script = named[1].known
    text = _text_of(facts, script)
    if text is None:
        has_block = is_said
    else:
        has_block = (is_said or is_all_of(way.names, script)) and re.search(way.block, text) is not None
    return (script, _only_asks(arguments[end + 1 :])) if has_block else None


def _only_asks(arguments: Sequence[Word]) -> bool:
    """Return whether a script is only asked for help, which is done to have its packages fetched."""
    return len(arguments) == 1 and arguments[0].known in _ASKS


def _text_of(facts: Facts, script: str) -> str | None:
    """Return the text of a script, as far as the repository has it."""
    name = posixpath.basename(script)
    names = {name, *map(posixpath.basename, called_also(facts.dockerfile.code, name))}
    return next((one.text for one in facts.dockerfile.source.context if posixpath.basename(one.path) in names), None)


def _started(facts: Facts, step: Step) -> set[str]:
    """Return the names of files in what the image runs after a step, and by which else these are called."""
    found: set[str] = set()
    for rank, instruction, words in images_commands(step.stage):
        if rank > step.instruction.span.start:
            for text in texts_at_start(facts, instruction, words):
                found.update(posixpath.basename(word) for word in re.findall(r"[\w./-]+", text))
    code = facts.dockerfile.code
    return found.union(posixpath.basename(path) for name in found for path in called_also(code, name))
