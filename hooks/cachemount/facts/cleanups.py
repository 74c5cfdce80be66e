"""Which paths a command empties, and which directories a mount should serve."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Sequence

from cachemount.facts import invocations, locations, programs
from cachemount.facts.expansion import expanded
from cachemount.facts.model import Directory, Install, Mount, Step
from cachemount.files.patterns import match_name
from cachemount.late_pattern import late
from cachemount.managers.model import Cleaner, PackageManager
from cachemount.records import Record
from cachemount.shell.model import Command, Word
from cachemount.shell.words import braces

# PATH_MAX of Linux: no path is longer.
_LONGEST = 4096
_PLAIN_PATH = late(r"/[\w./-]+")
_WILDCARD = late(r"[*?\[]")
_UNFINISHED = late(r"(.+)/partial(?:/\*)?")
_PART_OF_NAME = late(r"\*\.?(deb|rpm|apk|gem|gz|lz4|tgz)")
# How apt names what it keeps (`URItoFileName`: https://salsa.debian.org/apt-team/apt/-/blob/main/apt-pkg/contrib/strutl.cc).
_NAMES_OF_APT = {
    "lists": "deb.debian.org_debian_dists_stable_main_binary-amd64_Packages.lz4",
    "archives": "jq_1.7.1-6_amd64.deb",
}

# What makes a search find only some of what is in a folder; and what one may spare, which holds no downloads.
_CHOOSING = late(r"-(?:i?path|i?wholename|i?regex|user|size|empty|newer\w*|[acm](?:time|min))")
_SPARED = frozenset({"lock", "partial"})
_ALL = frozenset({"*", "*.deb", "*.rpm", "*.apk"})

# Folders in a home that hold nothing but caches and settings of the manager.
_CACHES_ONLY = frozenset({".cache", "cache", ".m2", ".gradle", ".npm", ".nuget", ".ivy2", ".composer"})


class Cleanup(Record):
    """A command that empties a cache.

    `arguments` are those at fault where it has others too; empty when all of it goes. `instead` is the command that
    removes the rest of what it removes. `above` is a folder of the caches of any program that it removes. A `selective`
    one leaves what takes longest to make.
    """

    command: Command
    arguments: tuple[Word, ...] = ()
    partly: bool = False
    wider: str = ""
    instead: str = ""
    above: str = ""
    selective: bool = False


def paths(directories: Collection[Directory]) -> frozenset[str]:
    """Return the paths whose content the caches are: the directories and their substitutes."""
    found = set()
    for directory in directories:
        if directory.path is not None:
            found.add(directory.path)
        found.update(one for one in directory.accepted if not _has_copies(directory, one))
    return frozenset(found)


def _has_copies(directory: Directory, place: str) -> bool:
    """Return whether a place that would serve as well has no mount, and there only copies of what the cache holds."""
    name, cover = directory.cache.copies_in, directory.cover
    mounted = cover is not None and cover.target is not None and locations.below(place, cover.target)
    return bool(name) and posixpath.basename(place) == name and not mounted


def empties(pattern: str, places: Collection[str], *, of_managers: bool = True, dots: bool = False) -> bool:
    """Return whether removing a path (with wildcards) takes all that is in one of the places, or the place itself.

    All that is large has the same end in a folder of a package manager. With `dots` the shell's wildcards match a point
    that a name begins with.
    """
    if len(pattern) > _LONGEST:
        return False
    pattern = posixpath.normpath(pattern)
    if not _WILDCARD.search(pattern):
        return pattern != "/" and any(locations.below(place, pattern) for place in places)
    head, name = posixpath.split(pattern)
    for place in places:
        if set(name) <= set("*?.[]!/") and _matches(head, place, dots=dots):
            return True
        is_of = of_managers and (head == place or _matches(head, place, dots=dots))
        if is_of and _takes_all(name, posixpath.basename(place)):
            return True
        if any(_matches(pattern, at, dots=dots) for at in locations.upwards(place)):
            return True
    return False


def _matches(pattern: str, path: str, *, dots: bool) -> bool:
    """Return whether a shell's pattern matches a path; most often it has to say the point that a name begins with."""
    names, wanted = path.split("/"), pattern.split("/")
    hidden = (name[:1] == "." and want[:1] != "." for name, want in zip(names, wanted, strict=False))
    return len(names) == len(wanted) and (dots or not any(hidden)) and match_name(pattern, path)


def _takes_all(name: str, folder: str) -> bool:
    """Return whether a pattern matches the name of each large file that a manager keeps in a folder."""
    if _PART_OF_NAME.fullmatch(name):
        return True
    return "*" in name[:2] and match_name(name, _NAMES_OF_APT.get(folder, ""))


def _is_wider(pattern: str, places: Collection[str]) -> bool:
    """Return whether what is removed is more than caches: `$GOPATH`, not `~/.cache`."""
    head, name = posixpath.split(posixpath.normpath(pattern))
    folder = head if set(name) <= set("*?.[]!") else posixpath.join(head, name)
    return not (
        any(locations.below(folder, place) for place in places)
        or folder.startswith(("/var/cache", "/var/lib/apt"))
        or posixpath.basename(folder) in _CACHES_ONLY
        or (folder != head and any(_matches(head, place, dots=False) for place in places))
    )


def _is_of_all(pattern: str) -> bool:
    """Return whether a folder, or all that is in it or in its folders, is one in which any program has its cache."""
    folder = posixpath.normpath(pattern)
    while folder != "/" and set(posixpath.basename(folder)) <= set("*?.[]!"):
        folder = posixpath.dirname(folder)
    return folder == "/var/cache" or posixpath.basename(folder) == ".cache"


def cleanups_of(
    step: Step, directories: Collection[Directory], managers: Collection[PackageManager]
) -> tuple[Cleanup, ...]:
    """Return the commands of a step that empty one of the directories."""
    return cleanups_at(step, paths(directories), frozenset(one.cache.name for one in directories), managers)


def cleanups_at(
    step: Step, places: frozenset[str], caches: frozenset[str], managers: Collection[PackageManager]
) -> tuple[Cleanup, ...]:
    """Return the commands of a step that empty one of the places, where the managers have caches of these names."""
    return step.memo_all(_cleanups_of, places, caches, tuple(managers))


def _cleanups_of(
    step: Step, places: frozenset[str], caches: frozenset[str], managers: Collection[PackageManager]
) -> Iterator[Cleanup]:
    downloading = {id(install.command) for install in step.installs}
    for command, words in expanded(step):
        name = words[0].name
        if name in ("rm", "rmdir", "unlink"):
            yield from _removed(step, command, words, places, managers, of_managers=bool(managers) or any(caches))
        elif name == "find":
            yield from _found(step, command, words, places)
        elif id(command) not in downloading:
            for program, _word, rest in programs.programs(words):
                cleaners = (
                    cleaner
                    for manager in programs.managers(program)
                    if manager in managers
                    for cleaner in manager.cleaners
                    if _cleans(cleaner, manager, rest, caches) and _is_set_so(cleaner, step)
                )
                cleaner = next(cleaners, None)
                if cleaner is None:
                    continue
                from cachemount.facts.fallbacks import precedes_retry

                if not precedes_retry(step, command, managers):
                    left = (alone for name, alone in cleaner.alone.items() if name not in caches)
                    flags = tuple(one for one in rest if one.text in cleaner.needs) if cleaner.lets_go else ()
                    rest_of_root = _left_in_root(cleaner, rest)
                    yield Cleanup(
                        command=command,
                        arguments=flags,
                        partly=cleaner.does_more or rest_of_root is None,
                        instead=rest_of_root or next(left, ""),
                        selective=cleaner.selective,
                    )
                    break


def _cleans(cleaner: Cleaner, manager: PackageManager, rest: tuple[Word, ...], caches: Collection[str]) -> bool:
    flags = {argument.text for argument in rest if argument.text}
    words = invocations.positionals(manager, rest)
    verb = invocations.has_verb(cleaner.verbs, words)
    return (
        verb is not None
        and (not cleaner.whole or len(words) == len(verb))
        and (not cleaner.needs or bool(cleaner.needs & flags))
        and (
            not cleaner.pattern or re.search(cleaner.pattern, " ".join(argument.known for argument in rest)) is not None
        )
        and (not cleaner.caches or any(name in caches for name in cleaner.caches))
    )


def _left_in_root(cleaner: Cleaner, rest: tuple[Word, ...]) -> str | None:
    """Return the command that removes what is left in another root folder; "" for none, None if not known."""
    flag, command = cleaner.of_root
    given = locations.flag_value(rest, (flag,)) if flag else None
    if given is None:
        return ""
    return command.format(given[1]) if given[1] and _PLAIN_PATH.fullmatch(given[1]) else None


def _is_set_so(cleaner: Cleaner, step: Step) -> bool:
    """Return whether the image's variables let a command empty the cache."""
    variables = step.environment.variables
    return (not cleaner.only_set or invocations.set_to(cleaner.only_set, variables)) and not invocations.set_to(
        cleaner.unless_set, variables
    )


def resolved(text: str, command: Command, step: Step) -> str | None:
    """Return the absolute path for a path as a command sees it; None where it is not known."""
    directory = step.environment.workdir
    if command.directory != "":
        directory = None if command.directory is None else locations.absolute(command.directory, directory)
    return locations.absolute(text, directory)


def may_expand_braces(step: Step) -> bool:
    """Return whether the step's shell may expand braces; an argument may choose a stage with another shell."""
    chosen = any(
        one.parent is not None and "$" in one.instruction.arguments.text.split(" ")[0] for one in step.stage.lineage()
    )
    return step.environment.may_be_bash or chosen or step.run.interpreter != ""


def _removed(
    step: Step,
    command: Command,
    words: tuple[Word, ...],
    places: Collection[str],
    managers: Collection[PackageManager],
    *,
    of_managers: bool,
) -> Iterator[Cleanup]:
    operands = [word for word in words[1:] if word.text is None or not word.text.startswith("-")]
    expands = may_expand_braces(step) or "bash" in command.wrappers
    dots = any("dotglob" in text for text in (step.run.script.text, *step.environment.shell))
    hit, partly, wider, above = [], False, "", ""
    for operand in operands:
        if operand.text is None:
            from cachemount.facts.asked_places import asked_place

            known = [asked_place(step, operand)]
        else:
            known = [resolved(text, command, step) for text in (braces(operand.text) if expands else [operand.text])]
        emptied = [path is not None and empties(path, places, of_managers=of_managers, dots=dots) for path in known]
        if any(emptied):
            hit.append(operand)
            partly = partly or not all(emptied)
            wider = wider or next((path for path in known if path is not None and _is_wider(path, places)), "")
            above = above or next((path for path in known if path is not None and _is_of_all(path)), "")
    at_first = bool(hit) and all(_is_of_index(resolved(one.known, command, step), managers) for one in hit)
    if hit and all(one.known.endswith("/*") for one in hit):
        from cachemount.facts.fallbacks import precedes_retry

        if precedes_retry(step, command, managers, at_first=at_first):
            # A folder itself could not be removed from under its mount.
            return
    if hit:
        # What is left of a broken download goes with the others.
        gone = {id(one) for one in hit}
        hit += [one for one in operands if id(one) not in gone and _is_unfinished(one, command, step, places)]
        # A variable that holds a whole command line cannot lose a part of it.
        gone = {id(one) for one in hit}
        held = {id(one.word) for one in hit}
        partly = partly or any(id(word.word) in held for word in words if id(word) not in gone)
        arguments = () if len(hit) == len(operands) else tuple(hit)
        yield Cleanup(command=command, arguments=arguments, partly=partly, wider=wider, above=above)


def _is_of_index(path: str | None, managers: Collection[PackageManager]) -> bool:
    """Return whether a path lies in a manager's index, which a retry may have to fetch anew."""
    places = [one for manager in managers for cache in manager.caches if cache.index for one in cache.locations]
    return path is not None and any(locations.below(path, place) for place in places)


def _is_unfinished(operand: Word, command: Command, step: Step, places: Collection[str]) -> bool:
    path = resolved(operand.text, command, step) if operand.text else None
    match = None if path is None else _UNFINISHED.fullmatch(path)
    return match is not None and any(locations.below(match[1], place) for place in places)


def _found(step: Step, command: Command, words: tuple[Word, ...], places: Collection[str]) -> Iterator[Cleanup]:
    texts = [word.known for word in words]
    if "-delete" not in texts and not ("-exec" in texts and "rm" in texts):
        return
    if not _finds_all(texts):
        return
    known = [resolved(text, command, step) for text in texts[1:] if text.startswith(("/", "~", "."))]
    deep = "-maxdepth" not in texts
    emptied = [path is not None and any(_is_searched(path, place, deep=deep) for place in places) for path in known]
    if any(emptied):
        above = next((path for path in known if path is not None and _is_of_all(path)), "")
        yield Cleanup(command=command, partly=not all(emptied), above=above)


def _finds_all(texts: Sequence[str]) -> bool:
    """Return whether a search leaves nothing out that a cache is there for."""
    of_system = any(text.startswith("/var/cache/") for text in texts)
    for before, text, name in zip(("", *texts), texts, (*texts[1:], ""), strict=False):
        if _CHOOSING.fullmatch(text):
            return False
        if text in ("-name", "-iname"):
            denied = before in ("!", "-not")
            if name not in (_SPARED if denied else _ALL) or (name in _ALL and name != "*" and not of_system):
                return False
    return True


def _is_searched(path: str, place: str, *, deep: bool) -> bool:
    """Return whether a search from a path meets what is in a place, and little else that is worth keeping."""
    return locations.below(path, place) or (deep and locations.below(place, path) and not _is_wider(path, [place]))


def installs_using(step: Step, mount: Mount) -> list[tuple[Install, Directory]]:
    """Return the installs, and their directories, that a mount serves."""
    return [
        (install, directory)
        for install in step.installs
        for directory in install.directories
        if directory.cover is mount
    ]
