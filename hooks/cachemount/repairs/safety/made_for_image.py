"""Commands of a step that make a folder for the image, or give it rights there: with a mount they change the mount."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount import reasons
from cachemount.facts import locations
from cachemount.facts.cleanups import resolved
from cachemount.facts.expansion import expanded
from cachemount.facts.model import Facts, Step
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import shortened
from cachemount.shell.model import Command, Word

_RIGHTS = frozenset({"chgrp", "chmod", "chown"})
_RECURSIVE = late(r"-[a-zA-Z]*R[a-zA-Z]*|--recursive")
_DIRECTORIES = late(r"-[a-zA-Z]*d[a-zA-Z]*|--directory")
_REFERENCE = late(r"--reference=.*")


def made_for_image(
    facts: Facts, step: Step, place: str, manager: PackageManager, *, stored: bool
) -> Iterator[Withheld]:
    """Yield the reason not to mount a folder that the step makes, or gives rights, for what comes after it.

    All that lies in a folder above it counts where the place is `stored` packages: another user may be meant to have
    them. A cache is made anew, with the rights in the folder above.
    """
    if manager.system:
        return
    last = max((one.command.span for one in step.installs if one.manager is manager), default=None)
    for command, words in expanded(step):
        after = last is not None and command.span > last
        if any(
            _changes(path, place, everything and stored)
            for path, everything in _made(command, words, step, after=after)
        ):
            line = facts.dockerfile.source.position(command.span.start).line
            title = shortened(facts.dockerfile.source.slice(command.span))
            yield reasons.MADE_FOR_IMAGE.about(words=title, line=line, path=place)
            return


def _changes(path: str, place: str, everything: bool) -> bool:
    return locations.below(path, place) or (everything and locations.below(place, path))


def _made(command: Command, words: tuple[Word, ...], step: Step, *, after: bool) -> Iterator[tuple[str, bool]]:
    """Yield the folders that a command makes or gives rights, and whether that goes for all that lies in them."""
    name = words[0].name
    texts = [word.known for word in words[1:]]
    operands = [text for text in texts if not text.startswith("-")]
    everything = False
    if name in _RIGHTS:
        everything = any(map(_RECURSIVE.fullmatch, texts))
        operands = operands if any(map(_REFERENCE.fullmatch, texts)) else operands[1:]
    elif not (after and (name == "mkdir" or (name == "install" and any(map(_DIRECTORIES.fullmatch, texts))))):
        return
    for text in operands:
        path = resolved(re.split(r"[*?\[]", text)[0], command, step) if text else None
        if path is not None:
            yield path, everything
