"""With which verb a package manager is run, and whether it downloads then."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import islice

from cachemount.facts.patterns import compiled, found_in, is_all_of
from cachemount.late_pattern import late
from cachemount.managers.model import Download, OnDisk, PackageManager
from cachemount.shell.model import Word

_SIGNS = ("-", "+")
# What another command prints: its options do not belong to this one.
_INNER = late(r"\$\(.*\)|`.*`", re.DOTALL)


def positionals(manager: PackageManager, rest: tuple[Word, ...]) -> tuple[str, ...]:
    """Return the arguments that are neither options nor values of options; "" for one that is not known."""
    result = [word.text or "" for word in operands(manager, rest)]
    if manager.commands and result:
        result[:1] = _in_full(manager, result[0])
        if result[0] == "global" and len(result) > 1:
            result[1:2] = _in_full(manager, result[1])
    return tuple(result)


def operands(manager: PackageManager, rest: tuple[Word, ...]) -> Iterator[Word]:
    """Yield the arguments that are neither options nor values of options."""
    words = iter(rest)
    for word in words:
        text = word.text
        if not text or text[0] not in _SIGNS or text == "-":
            yield word
        elif text == "--":
            yield from words
        elif text in manager.valued:
            # `+nightly` chooses a toolchain.
            next(words, None)


def names_files(manager: PackageManager, way: Download, verb: tuple[str, ...], rest: tuple[Word, ...]) -> bool:
    """Return whether all that is asked for are files of packages, or what completes packages that are there."""
    if not way.files:
        return False
    names = [word.text or word.word.raw for word in operands(manager, rest)][len(verb) :]
    if not names:
        return any(is_all_of(way.completes, word.known) for word in rest)
    return all(is_all_of(way.files, name) for name in names)


def names_nothing(manager: PackageManager, way: Download, verb: tuple[str, ...], rest: tuple[Word, ...]) -> bool:
    """Return whether a command names none of what its verb needs a name for."""
    if way.named.isdisjoint(verb) or next(islice(operands(manager, rest), len(verb), None), None) is not None:
        return False
    completes = compiled(way.completes)
    return not any(completes.fullmatch(word.known) for word in rest)


def _is_on_disk(
    manager: PackageManager, on_disk: OnDisk, verb: tuple[str, ...], rest: tuple[Word, ...], flags: set[str]
) -> bool:
    """Return whether all that is asked for is on disk, and nothing is needed beside it."""
    if not on_disk.flags <= flags or any(is_all_of(on_disk.unless, word.known) for word in rest):
        return False
    names = [word.text or word.word.raw for word in operands(manager, rest)][len(verb) :]
    return bool(names) and all(is_all_of(on_disk.files, name.strip("\"'")) for name in names)


def _in_full(manager: PackageManager, word: str) -> list[str]:
    """Return the command that a word abbreviates, in a list, where exactly one begins so; else the word."""
    if not word or any(word in names for names in manager.commands):
        return [word]
    found = [names[0] for names in manager.commands if any(name.startswith(word) for name in names)]
    return found if len(found) == 1 else [word]


def own(manager: PackageManager, rest: tuple[Word, ...], verb: tuple[str, ...]) -> tuple[Word, ...]:
    """Return the arguments up to the last word of the verb, a program that takes the following ones for itself."""
    end = next((end for end in range(len(rest)) if len(positionals(manager, rest[:end])) >= len(verb)), len(rest))
    return rest[:end]


def has_verb(verbs: tuple[tuple[str, ...], ...], words: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the word sequence of `verbs` that `words` begin with; `("",)` stands for no words at all."""
    for verb in verbs:
        if words[: len(verb)] == verb:
            if verb or not words:
                return verb
        elif (
            "*" in verb
            and len(words) >= len(verb)
            and all(want in ("*", word) for want, word in zip(verb, words, strict=False))
        ):
            return verb
    return None


@cache
def _longest(manager: PackageManager) -> int:
    """Return how many words decide whether an invocation downloads."""
    return max(1, *(len(verb) for way in manager.downloads for verb in way.verbs))


@lru_cache(maxsize=1024)
def _ways(
    manager: PackageManager, program: str, words: tuple[str, ...]
) -> tuple[tuple[Download, tuple[str, ...]], ...]:
    """Return the ways to download that a program has with these first words, each with the verb that matched."""
    return tuple(
        (way, verb)
        for way in manager.downloads
        if not way.programs or any(is_all_of(pattern, program) for pattern in way.programs)
        if (verb := has_verb(way.verbs, words)) is not None
    )


def is_known(manager: PackageManager, program: str, words: tuple[str, ...]) -> bool:
    """Return whether a program with these words downloads at times: the manager's data say when."""
    return bool(_ways(manager, program, words[: _longest(manager)]))


def set_to(wanted: Mapping[str, str], variables: Mapping[str, str | None]) -> bool:
    """Return whether one of the variables has the value that its pattern describes."""
    return bool(wanted) and any(is_all_of(pattern, variables.get(name) or "") for name, pattern in wanted.items())


def is_offline(manager: PackageManager, variables: Mapping[str, str | None]) -> bool:
    """Return whether a variable keeps the manager from fetching, if it may read what was fetched."""
    return set_to(manager.offline_variables, variables) or set_to(manager.no_op_variables, variables)


def _line(rest: tuple[Word, ...]) -> str:
    return " ".join([argument.text or _INNER.sub("$()", argument.word.raw) for argument in rest])


def download(
    manager: PackageManager,
    program: str,
    rest: tuple[Word, ...],
    variables: Mapping[str, str | None],
    *,
    may_keep: bool = True,
) -> tuple[Download, tuple[str, ...], bool] | None:
    """Return the way in which this invocation downloads, its verb, and whether it only reads what was downloaded.

    Return None when it does neither. `may_keep` is False where a file of the project lets nothing be kept in the image.
    """
    words = positionals(manager, rest)
    while words and not words[0]:
        words = words[1:]
    if not words and manager.task and any(found_in(manager.task, one.raw) for one in operands(manager, rest)):
        words = ("*",)
    line = ""
    if set_to(manager.no_op_variables, variables):
        return None
    for pattern in (manager.local_index, manager.kept_in_image if may_keep else ""):
        if pattern and found_in(pattern, _line(rest)):
            return None
    offline = set_to(manager.offline_variables, variables)
    for way, verb in _ways(manager, program, words[: _longest(manager)]):
        # What follows a program is its own.
        mine = own(manager, rest, verb) if way.verb_is_program else rest
        flags = {text for argument in mine if (text := argument.text) and text[0] == "-"}
        if not flags.isdisjoint(manager.no_op_flags):
            continue
        if way.needs and way.needs.isdisjoint(flags):
            continue
        if way.unless and any(group <= flags for group in way.unless):
            continue
        if any(_is_on_disk(manager, one, verb, rest, flags) for one in way.on_disk):
            continue
        if way.pattern:
            line = line or _line(rest)
            if not found_in(way.pattern, _line(mine) if way.verb_is_program else line):
                continue
        return way, verb, offline or any(group <= flags for group in way.offline)
    return None
