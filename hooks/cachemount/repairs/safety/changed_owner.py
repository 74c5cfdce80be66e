"""Commands of a step that give what is mounted to another user: pip does not use a cache that is not its user's.

https://github.com/pypa/pip/blob/main/src/pip/_internal/utils/filesystem.py (check_path_owner)
"""

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

_RECURSIVE = late(r"-[a-zA-Z]*R[a-zA-Z]*|--recursive")
_OWNER = late(r"([^:.]*)(?:[:.].*)?")


def changed_owner(facts: Facts, step: Step, place: str, manager: PackageManager) -> Iterator[Withheld]:
    """Yield the reason not to mount a place that the step gives to a user that the manager is not run as."""
    if not manager.checks_owner or "chown" not in step.run.script.text:
        return
    mine = [one for one in step.installs if one.manager is manager]
    users = {name for one in mine for name in _users(one.command.user or step.environment.user, one.uid)}
    for command, words in expanded(step):
        owner = _new_owner(command, words, step, place)
        if owner is not None and owner not in users:
            line = facts.dockerfile.source.position(command.span.start).line
            title = shortened(facts.dockerfile.source.slice(command.span))
            yield reasons.CHANGES_OWNER.about(words=title, line=line, path=place, manager=manager.name)
            return


def _users(user: str, uid: int | None) -> tuple[str, ...]:
    """Return how an owner may be written that is the one who runs the manager; "" changes the group alone."""
    names = ("", user) if user else ("",)
    return (*names, "root", "0") if uid == 0 else (*names, str(uid))


def _new_owner(command: Command, words: tuple[Word, ...], step: Step, place: str) -> str | None:
    """Return the owner that a command gives a place; None where it gives it none."""
    texts = [word.known for word in words]
    everything = words[0].name == "find"
    if everything and "chown" in texts:
        at = texts.index("chown")
        words = (*words[at:], *words[1:at])
    elif words[0].name != "chown":
        return None
    operands = [word for word in words[1:] if not word.known.startswith("-")]
    everything = everything or any(map(_RECURSIVE.fullmatch, texts))
    for word in operands[1:]:
        path = resolved(re.split(r"[*?\[]", word.known)[0], command, step) if word.known else None
        if path is not None and (path == place or (everything and locations.below(place, path))):
            match = _OWNER.fullmatch(operands[0].text or "$")
            return match[1] if match else "$"
    return None
