"""Steps that keep what a manager has downloaded in a cache mount by hand: unpacked before the install, packed after it.

So they do who want the packages in the image as well, or in a place where no mount may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cachemount.facts import locations
from cachemount.facts.cleanups import resolved
from cachemount.facts.expansion import expanded
from cachemount.facts.model import Directory, Facts, Install, Mount, Step
from cachemount.late_pattern import late
from cachemount.shell.model import Command, Word

_EXTRACTS = late(r"-?[A-Za-z]*x[A-Za-z]*|--extract|--get")
_CREATES = late(r"-?[A-Za-z]*[cru][A-Za-z]*|--create|--append|--update")
_COPIERS = frozenset({"cp", "mv", "rsync"})


def is_carried(facts: Facts, install: Install, directory: Directory) -> bool:
    """Return whether the step of an install brings a directory from a cache mount, to which a step takes it again."""
    step, path = install.step, directory.path
    return path is not None and any(
        _brings(step, install, mount, path) and any(_takes(one, other, path) for one, other in _of_same(facts, mount))
        for mount in step.caches
        if mount.target is not None and not locations.below(path, mount.target)
    )


def _of_same(facts: Facts, mount: Mount) -> Iterator[tuple[Step, Mount]]:
    """Yield the mounts of a file's steps that hold the same cache."""
    name = mount.flag.options.get("id", mount.target)
    for step in facts.mounted:
        yield from ((step, one) for one in step.caches if one.flag.options.get("id", one.target) == name)


def _brings(step: Step, install: Install, mount: Mount, path: str) -> bool:
    for command, words in expanded(step):
        if command.span.start >= install.command.span.start:
            return False
        if command.program != "tar" and command.program not in _COPIERS:
            continue
        places = _places(step, command, words)
        if command.program == "tar" and _is_told(words, _EXTRACTS) and _any_inside(places, mount):
            return True
        if command.program in _COPIERS and _any_inside(places[:-1], mount) and _meets(places[-1:], path):
            return True
    return False


def _takes(step: Step, mount: Mount, path: str) -> bool:
    for command, words in expanded(step):
        if command.program != "tar" and command.program not in _COPIERS:
            continue
        places = _places(step, command, words)
        if command.program == "tar" and _is_told(words, _CREATES) and _any_inside(places, mount):
            # The names may come from another command.
            return any(_meets(_places(step, one, others), path) for one, others in expanded(step))
        if command.program in _COPIERS and _any_inside(places[-1:], mount) and _meets(places[:-1], path):
            return True
    return False


def _is_told(words: Sequence[Word], pattern: re.Pattern[str]) -> bool:
    """Return whether one of the first words after `tar` says what it is to do."""
    return any(pattern.fullmatch(word.known) for word in words[1:3])


def _places(step: Step, command: Command, words: Sequence[Word]) -> list[str]:
    """Return the paths that the words of a command may be."""
    texts = (word.text for word in words[1:] if word.text and not word.text.startswith("-"))
    return [place for text in texts if (place := resolved(text, command, step))]


def _any_inside(places: Sequence[str], mount: Mount) -> bool:
    return mount.target is not None and any(locations.below(place, mount.target) for place in places)


def _meets(places: Sequence[str], path: str) -> bool:
    """Return whether one of the places is a folder, or lies above or below it, but near the root."""
    return any(
        locations.below(place, path) or (place.count("/") > 1 and locations.below(path, place)) for place in places
    )
