"""Scripts that empty a mounted cache, as their text or their names say; a known one that leaves it alone does not."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator

from cachemount import reasons
from cachemount.facts import locations, programs
from cachemount.facts.cleanups import cleanups_of, empties
from cachemount.facts.model import Directory, Facts, Step
from cachemount.facts.queries import may_write_scripts
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.records import replace
from cachemount.repairs.safety.later_commands import Called, called_by, commands_of, runs_file, shortened
from cachemount.shell.model import Script
from cachemount.shell.reader import read_file
from cachemount.shell.words import braces

_CLEANS = late(r"(?:\A|[-_.])(?:clean|cleanup|purge|prune)(?:[-_.]|\Z)")
_EMPTIES = late(
    r"(?i)cache|\b(?:auto)?(?:clean|purge|prune|remove)\b|\.(?:ba)?sh\b|\b(?:eval|source|find|xargs)\b|^[ \t]*\.[ \t]"
    r"|\brm\b[^\n]*[\s\"'](?:/|~|\$)",
    re.MULTILINE,
)
_WILDCARD = late(r"[*?\[]")
_REMOVES = frozenset({"mv", "rm", "rmdir", "shred", "unlink"})
# They run what they are given.
_RUNS = frozenset({".", "builtin", "busybox", "chroot", "command", "env", "eval", "exec", "nice", "nohup", "source"})


def cleaning_script(facts: Facts, step: Step, manager: PackageManager, places: Collection[str]) -> Withheld | None:
    """Return the reason not to mount a cache on the places that a script of the step may empty, by its name."""
    first = next((one.command.span for one in step.installs if one.manager is manager), None)
    for called in commands_of(step):
        file = runs_file(called) or called.path
        if first is None or not first < called.command.span or not _CLEANS.search(posixpath.basename(file)):
            continue
        from cachemount.repairs.safety.known_programs import READS_NO_STORE

        if (
            called.name not in READS_NO_STORE
            and not programs.managers(called.name)
            and not _is_known_not_to_clean(facts, file, manager, places)
        ):
            line = facts.dockerfile.source.position(called.command.span.start).line
            return reasons.MAY_EMPTY_CACHE.about(words=called.title, line=line)
    return None


def emptied_by_script(
    facts: Facts, step: Step, directories: Collection[Directory], manager: PackageManager
) -> Withheld | None:
    """Return the reason not to mount directories that a script is known to empty in the step.

    It is one of the repository, or one that the file itself writes.
    """
    if not may_write_scripts(facts):
        return None
    from cachemount.repairs.safety.ran_texts import ran_texts

    for called in commands_of(step):
        for text in ran_texts(facts, called, deep=True):
            if found := _emptying(step, text, directories, manager):
                line = facts.dockerfile.source.position(called.command.span.start).line
                return reasons.SCRIPT_EMPTIES.about(words=called.title, line=line, command=found)
    return None


def _emptying(step: Step, text: str, directories: Collection[Directory], manager: PackageManager) -> str:
    """Return the command of a script that empties directories where it runs in a step; "" for none."""
    script = read_file(text) if _EMPTIES.search(text) else None
    if script is None:
        return ""
    # What was worked out for the step is not true of the script.
    alike = replace(step, script=script, installs=[], _known={})
    found = (one for one in cleanups_of(alike, directories, [manager]) if not one.selective)
    return next((shortened(" ".join(word.raw for word in one.command.words)) for one in found), "")


def _is_known_not_to_clean(facts: Facts, file: str, manager: PackageManager, places: Collection[str]) -> bool:
    """Return whether a script of the project is known, and does not empty the places."""
    name = posixpath.basename(file)
    from cachemount.facts.context import scripts_in

    texts = scripts_in(facts.dockerfile.source.context, [name])
    from cachemount.repairs.safety.context_scripts import is_brought

    if not texts or not (is_brought(facts, name) or _is_of_base(facts, file)):
        return False
    return all(not _EMPTIES.search(text) or _leaves_alone(text, manager, places) for text in texts)


def _is_of_base(facts: Facts, file: str) -> bool:
    """Return whether a script has the folder in the image that it has in the repository, and nothing else brings it.

    The image that the Dockerfile begins with has it then.
    """
    beside, name = posixpath.split(file)
    end = posixpath.join(posixpath.basename(beside), name)
    found = [one.path for one in facts.dockerfile.source.context if posixpath.basename(one.path) == name]
    written = rf"(?:>|\b(?:cp|curl|install|ln|mv|tee|wget)\b)[^\n;&|]*{re.escape(name)}"
    brings = facts.says(rf"(?im)^[ \t]*(?:COPY|ADD)[ \t]|{written}")
    return "/" in end and {*found} == {end} and not brings


def _leaves_alone(text: str, manager: PackageManager, places: Collection[str]) -> bool:
    """Return whether all that a script removes is known, and lies apart from the places."""
    script = read_file(text)
    if script is None:
        return False
    from cachemount.repairs.safety.known_programs import READS_NO_STORE

    for command in script.commands:
        called = called_by(command, command.words) if command.words else None
        if called is None or called.name in script.defined:
            continue
        removed = _removed(called, script)
        if removed is None or any(_meets(path, places) for path in removed):
            return False
        if called.name in _RUNS or manager in programs.managers(called.name):
            return False
        if called.name not in READS_NO_STORE and not programs.managers(called.name):
            return False
    return True


def _removed(called: Called, script: Script) -> list[str] | None:
    """Return the paths that a command may remove; None where they are not known."""
    if called.name == "find":
        folders = [path for text in _searched(called) for path in braces(text)]
        return folders if all(one.startswith("/") for one in folders) else None
    if called.name not in _REMOVES:
        return []
    # What `find -exec` runs stands among the commands too.
    if "xargs" in called.command.wrappers or "{}" in called.texts:
        held = script.item_of(called.command)
        item = None if held is None else held[0].span(held[1])
        inside = [one for one in script.commands if item is not None and one.span.within(item) and one.words]
        finders = [called_by(one, one.words) for one in inside]
        if not finders or finders[0].name != "find":
            return None
        return _removed(finders[0], script)
    operands = [word for word in called.arguments if not word.known.startswith("-")]
    known = [word.text for word in operands if word.text is not None and word.text.startswith("/")]
    return [path for text in known for path in braces(text)] if known and len(known) == len(operands) else None


def _searched(called: Called) -> Iterator[str]:
    """Yield the folders that `find` searches."""
    for text in called.texts:
        if text in ("-H", "-L", "-P"):
            continue
        if text.startswith(("-", "(", "!")):
            return
        yield text or "."


def _meets(path: str, places: Collection[str]) -> bool:
    """Return whether a path, with wildcards, may be one of the places, be above one or lie in one."""
    if empties(path, places, dots=True):
        return True
    wildcard = _WILDCARD.search(path)
    start = path[: wildcard.start()] if wildcard else path
    folder = posixpath.normpath(start if not wildcard else start.rpartition("/")[0] or "/")
    return any(locations.below(folder, place) or (not wildcard and locations.below(place, folder)) for place in places)
