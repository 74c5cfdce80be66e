"""What a step has of the package lists and marks that others leave in a cache mount, and who else installs in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cachemount.facts import chain, locations, programs
from cachemount.facts.expansion import expanded
from cachemount.facts.invocations import positionals
from cachemount.facts.model import Directory, Facts, Install, Mount, Step
from cachemount.facts.patterns import compiled
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.records import Record
from cachemount.shell.model import Command

# None of these letters takes the rest of the word for its value.
_CLUSTER = late(r"-[ablfimnquUyV]+\Z")
# What may make an architecture known, so that the program takes the index for fetched.
_DEFINES = late(r"([\w-]+)[ \t]*(?:\([ \t]*\))?[ \t]*\{(?:\s|\\\r?\n)*\Z")
_LONGEST_HEAD = 300
_MAY_ADD = late(r"add-architecture|\.(?:sh|bash)\b")


class MarkReader(Record):
    """A command that removes packages by marks of what was installed automatically, which lie in a cache mount."""

    command: Command
    name: str
    mount: Mount
    manager: PackageManager


def reads_marks(step: Step) -> MarkReader | None:
    """Return the first command of a step that goes by the marks of other builds, which share the mount."""
    for command, words in expanded(step) if step.caches else ():
        for program, _word, rest in programs.programs(words):
            for manager in programs.managers(program):
                mount = next((one for one in step.caches if _holds_marks(one, manager)), None)
                line = " ".join((program, *(word.known for word in rest)))
                if mount is not None and compiled(manager.reads_marks).search(line):
                    verb = next((word for word in positionals(manager, rest) if word), "")
                    return MarkReader(command=command, name=f"{program} {verb}".rstrip(), mount=mount, manager=manager)
    return None


def sharing_marks(facts: Facts, step: Step, manager: PackageManager) -> Iterator[tuple[Step, Mount]]:
    """Yield the other steps that install packages and keep their marks in a cache mount, each with that mount.

    They are those of the same chain of stages, and those of other stages that take the index from another step.
    """
    for one in facts.mounted:
        mount = next((mount for mount in one.caches if _holds_marks(mount, manager)), None)
        mine = [install for install in one.installs if install.manager is manager and not install.reader]
        if mount is None or not mine or one is step:
            continue
        fetches = fetches_index(mine[0]) and all(map(is_served, mine))
        if chain.related(step.stage, one.stage) or not fetches:
            yield one, mount


def _holds_marks(mount: Mount, manager: PackageManager) -> bool:
    return bool(manager.marks) and mount.target is not None and locations.below(manager.marks, mount.target)


def index_of(install: Install) -> Directory | None:
    """Return the directory of an install that holds the index, where a cache mount has it."""
    for one in install.directories:
        if (one.cache.index or one.cache.holds_index) and one.cover is not None and one.cover.is_cache:
            return one
    return None


def fetched_earlier(facts: Facts, install: Install) -> Step | None:
    """Return the earlier step that fetches the index into the cache mount which this install has as well."""
    step, directory = install.step, index_of(install)
    if directory is None:
        return None
    return next(
        (
            earlier.step
            for earlier in facts.memo_all(_fetching, install.manager)
            if earlier.step.instruction.span.start < step.instruction.span.start
            and chain.descends(step.stage, earlier.step.stage)
            and any(one.path == directory.path for one in earlier.directories)
        ),
        None,
    )


def filled_by(facts: Facts, install: Install) -> Step | None:
    """Return the step that fills the cache from which an install takes the index; None where no step does.

    It is one of the chain of stages, or else of another stage.
    """
    step, wanted = install.step, _index_cache(install)
    found = [
        one.step
        for one in facts.memo_all(_fetching, install.manager)
        if one.step is not step and _index_cache(one) == wanted
    ]
    return min(found, key=lambda one: not chain.descends(step.stage, one.stage), default=None)


def needs_other_stage(facts: Facts, install: Install) -> bool:
    """Return whether no step in front of an install has the mount with its index, where packages have another place."""
    step, directory = install.step, index_of(install)
    if directory is None or directory.cover is None or all(one.cache.index for one in install.directories):
        return False
    if not directory.cache.index:
        return False
    place = directory.cover.target or ""
    before = (
        one.target
        for earlier in facts.mounted
        if earlier.instruction.span.start < step.instruction.span.start and chain.descends(step.stage, earlier.stage)
        for one in earlier.caches
    )
    return not any(one is None or locations.below(place, one) or locations.below(one, place) for one in before)


def begins_with_image(install: Install) -> bool:
    """Return whether the mount with an install's index begins with a folder of an image, which may have it."""
    directory = index_of(install)
    return directory is not None and directory.cover is not None and bool(directory.cover.flag.options.get("from"))


def _index_cache(install: Install) -> tuple[str, ...] | None:
    """Return what tells the cache that has an install's index from others, as it is written where a build tells it.

    One that begins with a folder of an image is another cache than the one with the same name that begins empty:
    https://github.com/moby/buildkit/blob/master/solver/llbsolver/mounts/mount.go
    """
    directory = index_of(install)
    if directory is None or directory.cover is None:
        return None
    flag = directory.cover.flag
    from cachemount.facts.cache_names import cache_name

    name = cache_name(directory.cover, install.step.environment)
    begin = (flag.options.get("from", ""), flag.options.get("source", ""))
    return name or flag.options.get("id") or "", directory.cover.target or flag.target, *begin


def _fetching(facts: Facts, manager: PackageManager) -> Iterator[Install]:
    """Yield the installs that fetch the index into a cache mount."""
    for step in facts.mounted:
        for install in step.installs:
            if install.manager is manager and fetches_index(install) and index_of(install) is not None:
                yield install


def runs_installer(step: Step, manager: PackageManager) -> bool:
    """Return whether a step runs another program that installs with the manager, such as rosdep."""
    text = step.run.script.text or step.instruction.arguments.text
    return bool(manager.run_by) and compiled(manager.run_by).search(text) is not None


def fetches_where_none(step: Step, manager: PackageManager) -> bool:
    """Return whether an install in the image of a step fetches the index where it finds none."""
    pattern = manager.installs_fetch_index_on
    from cachemount.facts.releases import releases

    return bool(pattern) and all(re.search(pattern, one) for one in releases(step.environment))


def fetches_index(install: Install) -> bool:
    """Return whether a command fetches the index, of all sources."""
    if _fetches_part(install):
        return False
    return install.verb in install.manager.refresh_verbs or has_refresh_flag(install) or _is_first_of(install)


def _fetches_part(install: Install) -> bool:
    """Return whether an argument tells a command to fetch the index of some sources alone."""
    pattern = install.manager.refresh_part
    return bool(pattern) and any(re.match(pattern, one.known or one.raw) for one in install.arguments)


def _is_first_of(install: Install) -> bool:
    """Return whether an install is the first in its chain of stages by a program that fetches the index once."""
    name, step = install.manager.refreshed_once_by, install.step
    if not name or name not in install.program_word.raw or install.command.conditional:
        return False
    mine = next(one for one in step.installs if one.manager is install.manager and name in one.program_word.raw)
    return mine is install and step.environment.base is not None and not step.memo(_may_have_fetched, name)


def _may_have_fetched(step: Step, name: str) -> bool:
    """Return whether an instruction before a step names a program, adds an architecture or runs a script."""
    texts = (one.run.script.text or one.arguments.text for one in chain.before(step.stage, step.instruction) if one.run)
    return any(name in text or _MAY_ADD.search(text) for text in texts)


def replaces_index(install: Install) -> bool:
    """Return whether a command fetches the index even where one is in its cache."""
    manager = install.manager
    if _fetches_part(install):
        return False
    if install.verb not in manager.refresh_verbs:
        return has_refresh_flag(install) or _is_first_of(install)
    # One that switches the cache off asks for nothing where there is a cache.
    flags = manager.refresh_flags - manager.off_flags.keys()
    if any(_has_flag(argument.known, flag) for flag in flags for argument in install.arguments):
        return True
    idle = manager.refresh_verbs_idle_on
    from cachemount.facts.releases import releases

    known = releases(install.step.environment)
    return not idle or not any(re.search(idle, f"{install.program} {one}") for one in known)


def has_refresh_flag(install: Install) -> bool:
    """Return whether a command has a flag with which it fetches the index, whatever else it does."""
    flags = install.manager.refresh_flags
    return any(_has_flag(argument.known, flag) for flag in flags for argument in install.arguments)


def asked_before(facts: Facts, install: Install) -> bool:
    """Return whether the step says something before an install that fetches the index, or makes the install ask."""
    pattern = install.manager.refreshed_by
    start = install.step.instruction.span.start
    before = facts.dockerfile.source.text[start : install.command.span.start]
    return bool(pattern) and re.search(pattern, before) is not None


def shares_index(one: Install, other: Install) -> bool:
    """Return whether two installs read one index: of one manager, in one place, for one root folder."""
    if one.manager is not other.manager or one.other_root != other.other_root or _apart(one) != _apart(other):
        return False
    mine, theirs = _places(one), _places(other)
    return not mine or not theirs or not mine.isdisjoint(theirs)


def _apart(install: Install) -> tuple[str, ...]:
    """Return what tells the index of a program for other platforms from others; nothing for other programs."""
    name = install.program_word.raw.rpartition("/")[2]
    if name != install.manager.index_apart_by or not name:
        return ()
    return (name, *(f"{one.name}={one.value.raw}" for one in install.command.assignments))


def _places(install: Install) -> set[str]:
    found = (path for one in install.directories for path in (one.path, *one.accepted))
    return {path for path in found if path is not None}


def refreshed_before(facts: Facts, install: Install, fetching: Collection[Install] = ()) -> bool:
    """Return whether an install runs only after another one of its step has fetched the index of its repositories.

    `fetching` are those that a fix lets do so.
    """
    manager, text = install.manager, facts.dockerfile.source.text
    for earlier in install.step.installs:
        fetches = earlier in fetching or replaces_index(earlier)
        if shares_index(earlier, install) and fetches and (leads_to(earlier, install) or _leads_into(earlier, install)):
            since = text[earlier.command.span.end : install.command.span.end]
            return bool(manager.asks_again_for) and re.search(manager.asks_again_for, since) is None
    return False


def _leads_into(earlier: Install, install: Install) -> bool:
    """Return whether nothing but `&&` stands between a command and the condition, loop or group that has another."""
    script = install.step.script
    for one in script.chains if not script.defined else ():
        first = next((index for index, member in enumerate(one.members) if member is earlier.command), None)
        for index in range(len(one.members)) if first is not None else ():
            if install.command.span.within(one.span(index)):
                return first is not None and first < index and set(one.operators[first:index]) == {"&&"}
    return False


def is_served(install: Install) -> bool:
    """Return whether the step fetches the index before an install on all ways there, if its first install does."""
    step = install.step
    mine = [one for one in step.installs if one.manager is install.manager and not one.reader]
    if install not in mine or fetches_index(install):
        return True
    earlier = mine[: mine.index(install)]
    return not earlier or any(
        (one is mine[0] or fetches_index(one)) and is_surely_before(one, install) for one in earlier
    )


def is_surely_before(earlier: Install, install: Install) -> bool:
    """Return whether an earlier command has run whenever a later one begins."""
    if not earlier.command.conditional or leads_to(earlier, install):
        return True
    for one in install.step.script.chains:
        members = [id(member) for member in one.members]
        if id(earlier.command) in members and id(install.command) in members:
            first = members.index(id(earlier.command))
            return first == 0 or one.operators[first - 1] not in ("&&", "||")
    return False


def leads_to(earlier: Install, install: Install) -> bool:
    """Return whether nothing but `&&` stands between two commands."""
    for one in install.step.script.chains:
        at = {id(member): index for index, member in enumerate(one.members)}
        first, last = at.get(id(earlier.command)), at.get(id(install.command))
        if first is not None and last is not None:
            return first < last and set(one.operators[first:last]) == {"&&"}
    return False


def _has_flag(text: str, flag: str) -> bool:
    """Return whether a word is the flag, or a cluster of short ones that has it: `-yU` has `-U`."""
    return text == flag or (len(flag) == 2 and _CLUSTER.match(text) is not None and flag[1] in text[2:])


def fetched_before_calls(facts: Facts, install: Install) -> bool:
    """Return whether an install stands in a function of the step that is called only after the index is fetched."""
    step, text = install.step, facts.dockerfile.source.text
    for one in step.script.chains if step.script.defined else ():
        if not any(member is install.command for member in one.members):
            continue
        start = one.span(0).start
        defines = _DEFINES.search(text, max(step.instruction.span.start, start - _LONGEST_HEAD), start)
        calls = [call for call in step.commands if call.words and defines and call.words[0].known == defines[1]]
        first = min((call.span.start for call in calls), default=-1)
        return any(
            not other.command.conditional
            and shares_index(other, install)
            and fetches_index(other)
            and install.command.span.start < other.command.span.start < first
            for other in step.installs
        )
    return False
