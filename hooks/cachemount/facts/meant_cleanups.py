"""Clean-ups of a mount that are meant: something decides on them, the step fills it anew, or does nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cachemount.facts.cleanups import Cleanup, resolved
from cachemount.facts.expansion import expanded
from cachemount.facts.locations import below
from cachemount.facts.model import Facts, Step
from cachemount.facts.mounts import expand_flag
from cachemount.late_pattern import late
from cachemount.shell.model import Chain, Command
from cachemount.shell.scope import TEST_COMMANDS
from cachemount.source import Span

_ASKING = frozenset({"[", "[[", "test", "cmp", "diff", "grep", "cat", "sha256sum", "md5sum"})
# They do nothing to the image.
_IDLE = frozenset({"true", ":", "echo", "printf", "set", "export", "cd", "exit", "ls", "du", "df", "date"})
_COPIERS = frozenset({"cp", "mv", "rsync"})
_BRANCH = late(r"(?:^|(?<=[\s;(&|]))(if|elif|case|for|while|until|\w+\s*\(\))(?=\s)")
_VARIABLE = late(r"\$\{?[A-Za-z_]\w*")
# Whether there is a program is no wish.
_PROGRAM = late(r"(?:^|\s)-x\s|\bcommand\s+-v\b|\bwhich\s|\btype\s")


def is_meant(facts: Facts, step: Step, cleanup: Cleanup) -> bool:
    """Return whether a step empties a mount on purpose, as it does so only when it is told to."""
    return _goes_by_content(facts, step, cleanup) or _is_told(step, cleanup) or _is_filled_anew(step, cleanup)


def only_cleans(step: Step, cleanups: Collection[Cleanup]) -> bool:
    """Return whether a step does nothing but empty its mounts."""
    emptying = {id(one.command) for one in cleanups}
    return all(
        id(one) in emptying or not one.words or one.program in _IDLE or one.program in TEST_COMMANDS
        for one in step.commands
    )


def _goes_by_content(facts: Facts, step: Step, cleanup: Cleanup) -> bool:
    """Return whether a clean-up depends on a test of a file in a mount: only what is out of date is removed then."""
    if not cleanup.command.conditional:
        return False
    targets = _targets(step)
    return any(path != target and below(path, target) for path in _asked(facts, step, cleanup) for target in targets)


def _is_filled_anew(step: Step, cleanup: Cleanup) -> bool:
    """Return whether a later command copies into the folder that a clean-up empties: only what is old goes."""
    end = cleanup.command.span.end
    emptied = {
        path
        for command, words in expanded(step)
        if command is cleanup.command
        for word in words[1:]
        if (path := resolved(word.known.rstrip("*/") or "/", command, step)) in _targets(step)
    }
    return any(
        command.span.start > end
        and words[0].name in _COPIERS
        and (path := resolved(words[-1].known, command, step)) is not None
        and any(below(path, one) for one in emptied)
        for command, words in (expanded(step) if emptied else ())
    )


def _targets(step: Step) -> list[str]:
    return [mount.target for mount in step.caches if mount.target is not None]


def _asked(facts: Facts, step: Step, cleanup: Cleanup) -> Iterator[str]:
    """Yield the paths that commands before a clean-up look at."""
    for command in step.commands:
        if command.span.start < cleanup.command.span.start and command.program in _ASKING:
            for word in facts.dockerfile.source.slice(command.span).split():
                path = _path(step, command, word)
                if path is not None:
                    yield path


def _path(step: Step, command: Command, word: str) -> str | None:
    """Return the path that a word of a condition names; None where it is none, or is not known."""
    home = step.environment.home or next((one.home for one in step.installs if one.home), None)
    text = expand_flag(word.strip("\"'"), {"HOME": home, **step.environment.variables, **command.exports})
    return resolved(text, command, step) if text else None


def _is_told(step: Step, cleanup: Cleanup) -> bool:
    """Return whether a clean-up apart from all installs depends on a variable, or on a file that is no mount."""
    if not cleanup.command.conditional:
        return False
    found = _condition(step, cleanup.command)
    if found is None:
        return False
    condition, region = found
    if any(install.command.span.within(region) for install in step.installs) or _PROGRAM.search(condition):
        return False
    if step.run.script.text.count(condition.strip()) > 1:
        # What is installed depends on it as well.
        return False
    targets = _targets(step)
    for word in condition.split():
        plain = word.strip("\"'();[]!`")
        if plain.startswith("$(") or not (_VARIABLE.search(plain) or "/" in plain):
            continue
        path = _path(step, cleanup.command, plain) if plain.startswith(("/", "~", "$")) else None
        if path is None or not any(below(target, path) for target in targets):
            return True
    return False


def _condition(step: Step, command: Command) -> tuple[str, Span] | None:
    """Return what decides on a command, and the part of the step that is run with it; None where that is not known."""
    place = next(((one, one.members.index(command)) for one in step.script.chains if command in one.members), None)
    while place is not None:
        chain, index = place
        first, last = _list(chain, index)
        tested = first < index and _is_test(chain, first)
        if tested or (first < index and chain.operators[index - 1] == "||"):
            asked = chain.excerpt.text[chain.places[first].start : chain.places[index - 1].end]
            return asked, Span(chain.span(first).start, chain.span(last).end)
        if chain.owner is None:
            break
        place = chain.owner
    if place is None or place[0].final:
        return None
    chain = place[0]
    before = chain.excerpt.text[: chain.places[0].start]
    words = [*_BRANCH.finditer(before)]
    if not words or words[-1][1] not in ("if", "elif", "case"):
        return None
    whole = Span(chain.span(0).start, chain.span(len(chain.places) - 1).end)
    return before[words[-1].end() :].partition("\n")[0], whole


def _is_test(chain: Chain, index: int) -> bool:
    member = chain.members[index]
    return member is not None and member.program in TEST_COMMANDS


def _list(chain: Chain, index: int) -> tuple[int, int]:
    """Return the first and the last item of the `&&`/`||` list of an item."""
    first = last = index
    while first and chain.operators[first - 1] in ("&&", "||"):
        first -= 1
    while last < len(chain.operators) and chain.operators[last] in ("&&", "||"):
        last += 1
    return first, last
