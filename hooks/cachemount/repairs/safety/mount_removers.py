"""Commands of a step that may remove the directory of a mount, by a name that only the shell knows or in a script.

While a directory is mounted it cannot be removed: `cache=$(pip cache dir); rm -rf "$cache"` then fails. A clean-up
whose paths are known goes by itself, so what is asked here are the others: variables, loops, `xargs`, and `find` from
above.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator
from itertools import islice, pairwise, product

from cachemount import reasons
from cachemount.facts import locations
from cachemount.facts.cleanups import cleanups_of, empties, resolved
from cachemount.facts.expansion import expanded, runner
from cachemount.facts.model import Directory, Facts, Step
from cachemount.facts.patterns import compiled
from cachemount.facts.queries import may_write_scripts
from cachemount.files.patterns import match_name
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.records import replace
from cachemount.repairs.safety.later_commands import commands_of, shortened
from cachemount.shell.model import Command, Word
from cachemount.shell.reader import read_file
from cachemount.shell.words import braces
from cachemount.source import Excerpt

_RECURSIVE = late(r"-[a-zA-Z]*[rR][a-zA-Z]*|--recursive")
# `.cache`, `GOMODCACHE`, `cache-dir`, and not `--no-cache`, `__pycache__` or `.pytest_cache`.
_CACHE = late(r"(?i)(?<![-\w])(?:\.|go|gomod)?cache(?!\w)")
_REMOVES = late(r"\brm\s")
_MAY_REMOVE = late(r"\brm\s|\bfind\s")
_IN_SCRIPT = late(r"\brm[ \t]+(?:-\w+[ \t]+)*-\w{0,9}[rR]\w{0,9}[ \t]([^\n;&|]*)")
_NAME = late(r"[^\s\"']+")
# `${name:-otherwise}`, and `${name%/*}`, which is a folder above.
_OTHERWISE = late(r"\$\{\w+:?[-=+?]")
_CUT = late(r"\$\{\w+[%#/]|\bdirname\b")
_LISTS = late(r"(?<![\w.-])ls(?:[ \t]+-\w+)*[ \t]*\|")
_CONTINUED = late(r"\\\r?\n")
_WORDS = late(r"""[\s"'`$(){};|&=]+""")
_HOME = late(r"(?:~|\$HOME|\$\{HOME\})(?=/|\Z)")
_BEFORE = frozenset({"command", "sudo"})
_READ = _BEFORE | {"alias", "rm", "trap"}
_MOST_PLACES = 1_000
# Options of find with a value, of which each tells which of the files it is about.
_NAMES = frozenset({"-name", "-iname"})
_PATHS = frozenset({"-path", "-ipath", "-wholename", "-iwholename", "-regex", "-iregex"})
_RUNS = frozenset({"-exec", "-execdir", "-ok", "-okdir"})
_OTHERS = frozenset({"-empty", "-newer", "-perm", "-user", "-group", "-mtime", "-atime", "-ctime", "-size", "-prune"})


def mount_removers(
    facts: Facts, step: Step, place: str, directories: Collection[Directory], manager: PackageManager
) -> Iterator[Withheld]:
    """Yield the first doubt about a command of the step that may remove a place which is to be mounted."""
    text = _CONTINUED.sub(" ", step.run.script.text)
    if manager.purged_by and (purged := compiled(manager.purged_by).search(text)):
        line = facts.dockerfile.source.position(step.instruction.span.start).line
        yield reasons.REMOVES_MOUNTED.about(words=shortened(purged[0]), line=line, path=place)
        return
    # They are taken away.
    gone = [one.command for one in cleanups_of(step, directories, [manager])]
    removes = any(words[0].name in _READ for _, words in expanded(step))
    left = _without(facts, step, gone) if removes else ""
    for command, words in expanded(step):
        if not any(command is one for one in gone) and _removes(step, command, words, place, manager, left):
            line = facts.dockerfile.source.position(command.span.start).line
            title = shortened(facts.dockerfile.source.slice(command.span))
            yield reasons.REMOVES_MOUNTED.about(words=title, line=line, path=place)
            return
    yield from _by_script(facts, step, place, manager)


def _without(facts: Facts, step: Step, gone: Collection[Command]) -> str:
    """Return the script of a step, with its here-documents, without commands that go."""
    from cachemount.repairs.safety.held_texts import script_text

    text = script_text(facts, step)
    for one in gone:
        text = text.replace(_CONTINUED.sub("", facts.dockerfile.source.slice(one.span)), " ")
    return text


def _by_script(facts: Facts, step: Step, place: str, manager: PackageManager) -> Iterator[Withheld]:
    """Yield the doubt about a script that the step runs, and that removes or empties the place."""
    if not may_write_scripts(facts):
        return
    from cachemount.repairs.safety.ran_texts import ran_texts

    for called in commands_of(step):
        home = runner(step, called.command).home or "~"
        for text in ran_texts(facts, called):
            names = (name for line in _IN_SCRIPT.findall(text) for name in _NAME.findall(line) if "/" in name)
            paths = (_HOME.sub(home, name).removesuffix("*") for name in names)
            if any(locations.below(place, path.rstrip("/") or path) for path in paths) or _removes_in_script(
                step, text, place, manager
            ):
                line = facts.dockerfile.source.position(called.command.span.start).line
                yield reasons.REMOVES_MOUNTED.about(words=called.title, line=line, path=place)
                return


def _removes_in_script(step: Step, text: str, place: str, manager: PackageManager) -> bool:
    """Return whether a command of a script may remove the place where the script runs in a step."""
    script = read_file(text) if _MAY_REMOVE.search(text) else None
    if script is None:
        return False
    # What was worked out for the step is not true of the script.
    run = replace(step.run, script=Excerpt(text))
    alike = replace(step, script=script, run=run, installs=[], _known={})
    return any(
        _removes(alike, command, words, place, manager, text) or _removes_known(alike, command, words, place)
        for command, words in expanded(alike)
    )


def _removes_known(step: Step, command: Command, words: tuple[Word, ...], place: str) -> bool:
    """Return whether a command removes the place, or a folder above it, by words that are known."""
    if words[0].name != "rm" or not any(_RECURSIVE.fullmatch(word.known) for word in words[1:]):
        return False
    paths = (path for word in words[1:] if not word.known.startswith("-") for path in braces(word.known))
    known = (resolved(path, command, step) for path in paths if path)
    return any(path is not None and path != "/" and empties(path, {place}, dots=True) for path in known)


def _removes(  # noqa: PLR0917
    step: Step, command: Command, words: tuple[Word, ...], place: str, manager: PackageManager, script: str
) -> bool:
    """Return whether a command may remove a place; `script` is the text that it stands in."""
    if words[0].name in _BEFORE and len(words) > 1 and words[1].name == "rm":
        # All of it is in a variable: else it has been taken off, and known clean-ups go.
        words = words[1:]
        if _removes_known(step, command, words, place):
            return True
    name = words[0].name
    if name == "find":
        return _found(step, command, words, place, unpacked=manager.unpacked)
    texts = [word.known for word in words[1:]]
    if name in ("alias", "trap"):
        # Their strings are run later, or never.
        return any(
            _REMOVES.search(text)
            and (
                _is_named(text, step, command, place, manager) or ("$" in text and _says(script, step, command, place))
            )
            for text in texts
        )
    if name != "rm" or not any(map(_RECURSIVE.fullmatch, texts)):
        return False
    if "xargs" in command.wrappers:
        held = step.script.item_of(command)
        item = step.instruction.span if held is None else held[0].span(held[1])
        text = step.run.script.text if held is None else held[0].text(held[1])
        finders = [pair for pair in expanded(step) if pair[1][0].name == "find" and pair[0].span.within(item)]
        if finders:
            return any(_finds(step, one, found, place) for one, found in finders)
        whole = f"{text}\n{script}" if "<" in text else text
        return _is_named(whole, step, command, place, manager) or _by_list(step, command, text, place)
    return any(
        _by_variable(step, command, word, place, manager, script) or _from_unknown_directory(command, word.known, place)
        for word in (*words[1:], *_of_no_words(command, words))
    )


def _of_no_words(command: Command, words: tuple[Word, ...]) -> list[Word]:
    """Return the words of a command that are none as far as it is known: variables that only other commands set."""
    return [one for one in command.words if one.text is None and not any(other.word is one for other in words)]


def _by_list(step: Step, command: Command, text: str, place: str) -> bool:
    """Return whether names that `ls` prints go in a folder that the place lies in."""
    folder = resolved(".", command, step) if _LISTS.search(text) else None
    return folder is not None and folder != place and locations.below(place, folder)


def _from_unknown_directory(command: Command, text: str, place: str) -> bool:
    """Return whether a relative path ends as the place, or a folder above it, where `cd` went to is not known."""
    if command.directory is not None or not text or text.startswith(("/", "-", "~")):
        return False
    end = "/" + posixpath.normpath(text)
    return any(folder.endswith(end) for folder in locations.upwards(place))


def _by_variable(  # noqa: PLR0917
    step: Step, command: Command, word: Word, place: str, manager: PackageManager, script: str
) -> bool:
    """Return whether a word that only the shell knows may be the place or a folder above it."""
    from cachemount.repairs.safety.held_texts import held_texts, is_all_known, is_set_elsewhere, is_temporary, names_in

    evaluated = "eval" in command.wrappers and "$" in word.known
    elsewhere = any(is_set_elsewhere(name, script) for name in names_in(word))
    # One that is as it is written is a word of no words.
    if not evaluated and not elsewhere and (word.text is not None or word.written is None):
        return False
    from cachemount.facts.asked_places import asked_place

    asked = asked_place(step, word)
    if asked is not None:
        return locations.below(place, asked)
    first = word.word.parts[0]
    if isinstance(first, str) and first and not evaluated:
        start = resolved(first, command, step)
        if start is None or not place.startswith(start):
            return False
    if None in word.word.parts and _is_named(word.word.raw, step, command, place, manager):
        return True
    held = list(held_texts(step, word, script))
    if is_temporary(held):
        return False
    if any(_is_named(text, step, command, place, manager) for text in held):
        return True
    if not evaluated and not elsewhere and is_all_known(word, held):
        return _by_end(step, command, word, place, held)
    # It may be anything that the script names.
    cut = any(map(_CUT.search, (word.word.raw, *held)))
    return _by_end(step, command, word, place, []) or _says(script, step, command, place, inside=cut)


def _by_end(step: Step, command: Command, word: Word, place: str, held: Collection[str]) -> bool:
    """Return whether a word is the place, or a folder above it, by what its variables may hold; none is any folder."""
    from cachemount.repairs.safety.held_texts import literal_end

    if not held:
        end = literal_end(word)
        return end != "" and any(folder.endswith(end) for folder in locations.upwards(place))
    plain = " ".join(held).replace('"', "").replace("'", "")
    texts = _HOME.sub(runner(step, command).home or "~", plain).split()
    pieces = [(part,) if isinstance(part, str) else texts for part in word.word.parts]
    written = map("".join, islice(product(*pieces), _MOST_PLACES))
    return any((path := resolved(text, command, step)) is None or empties(path, {place}) for text in written)


def _is_named(text: str, step: Step, command: Command, place: str, manager: PackageManager) -> bool:
    """Return whether a text says the place or a folder above it, or asks a program where its cache is."""
    if _says(text, step, command, place):
        return True
    asked = any(re.fullmatch(program, word) for word in _WORDS.split(text) for program in manager.programs)
    return asked or _CACHE.search(text) is not None


def _says(text: str, step: Step, command: Command, place: str, *, inside: bool = False) -> bool:
    """Return whether a text says the place or a folder above it, or with `inside` what lies in it."""
    home = runner(step, command).home
    for word in _WORDS.split(_OTHERWISE.sub(" ", _HOME.sub(home or "~", text))):
        path = resolved(word, command, step) if word and not word.startswith("-") else None
        if path is None or "/" not in word or path == "/":
            continue
        if empties(path, {place}) or (inside and locations.below(path, place)):
            return True
    return False


def _found(step: Step, command: Command, words: tuple[Word, ...], place: str, *, unpacked: bool) -> bool:
    """Return whether `find` empties the place, or removes it or a folder above it, from a folder above those.

    Of packages that lie `unpacked` in the place no file may go.
    """
    texts = [word.known for word in words[1:]]
    removes = any(text in _RUNS and after.rsplit("/", 1)[-1] == "rm" for text, after in pairwise(texts))
    if not removes and "-delete" not in texts:
        return False
    return _finds(step, command, words, place) or (
        unpacked and "-maxdepth" not in texts and _is_above(step, command, texts, place)
    )


def _is_above(step: Step, command: Command, texts: list[str], place: str) -> bool:
    folders = (resolved(text, command, step) for text in _searched(texts))
    return any(folder is not None and locations.below(place, folder) for folder in folders)


def _finds(step: Step, command: Command, words: tuple[Word, ...], place: str) -> bool:
    texts = [word.known for word in words[1:]]
    folders = [resolved(text, command, step) for text in _searched(texts)]
    return any(
        folder is not None and locations.below(place, folder) and _reached(texts, place, folder) for folder in folders
    )


def _searched(texts: list[str]) -> list[str]:
    folders: list[str] = []
    for text in texts:
        if text.startswith(("-", "(", "!")) and text not in ("-H", "-L", "-P"):
            break
        folders.append(text)
    return [folder for folder in folders if not folder.startswith("-")] or ["."]


def _reached(texts: list[str], place: str, folder: str) -> bool:
    """Return whether the tests of `find` let it empty the place, or remove it or a folder above it."""
    start = 0 if folder == "/" else folder.count("/")
    least, most = _value(texts, "-mindepth"), _value(texts, "-maxdepth")
    met = [
        one
        for one in locations.upwards(place)
        if locations.below(one, folder)
        and (not least.isdigit() or one.count("/") - start >= int(least))
        and (not most.isdigit() or one.count("/") - start <= int(most))
    ]
    kind = _value(texts, "-type")
    if kind not in ("", "d"):
        return kind == "f" and not most and (_NAMES | _PATHS | _OTHERS).isdisjoint(texts)
    names = [after for text, after in pairwise(texts) if text in _NAMES]
    patterns = [after for text, after in pairwise(texts) if text in _PATHS]
    if names:
        met = [one for one in met if any(match_name(name, posixpath.basename(one)) for name in names)]
    elif patterns:
        met = [one for one in met if any(_is_met(pattern, posixpath.basename(one)) for pattern in patterns)]
    elif not _OTHERS.isdisjoint(texts):
        # An old folder, or an empty one.
        return False
    return bool(met)


def _is_met(pattern: str, name: str) -> bool:
    """Return whether a pattern on paths says the name of a folder, or takes any."""
    parts = [part for part in pattern.split("/") if part.strip("*.")]
    named = name and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", pattern)
    return bool(named) or not parts or (name != "" and any(match_name(part, name) for part in parts))


def _value(texts: list[str], option: str) -> str:
    return next((after for text, after in pairwise(texts) if text == option), "")
