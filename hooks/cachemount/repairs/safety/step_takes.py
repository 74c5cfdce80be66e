"""Commands of a step that take whatever lies in the mount: packages of other builds of the machine come along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from cachemount import reasons
from cachemount.facts import locations
from cachemount.facts.cleanups import resolved
from cachemount.facts.expansion import expanded
from cachemount.facts.model import Facts, Step
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import shortened
from cachemount.repairs.safety.step_copies import VERSION
from cachemount.shell.model import Command, Word

_TAKERS = frozenset({
    "cp", "cpio", "createrepo", "createrepo_c", "dpkg", "dpkg-deb", "gem", "install", "ln", "mv", "rpm", "rpm2cpio",
    "rsync", "tar", "unzip", "zip",
})  # fmt: skip
_FINDERS = frozenset({"find", "fd", "fdfind"})
_PACKAGES = late(r"\.(?:apk|conda|crate|deb|gem|gz|jar|nupkg|pom|rpm|tgz|whl|xz|zip|zst|bz2|\*)[\"'*]*\Z")
_GLOB = late(r"[*?\[]")
_LOOP = late(r"\bfor\s+\w+[\s\\]+in\s+([^;\n]*)")
_HOME = late(r"\A[\"']?(?:~|\$HOME\b|\$\{HOME\})")


def takes_all(facts: Facts, step: Step, manager: PackageManager, place: str, *, unpacked: bool) -> Withheld | None:
    """Return the reason not to mount a folder out of which the step takes what lies there, whatever that is.

    In one where packages lie `unpacked` may be files of any name.
    """
    words = _of_system(step, place) if manager.system else ""
    words = words or next(_loops(step, place), "")
    if not words:
        found = next(_taking(step, place, unpacked=unpacked), None)
        words = facts.dockerfile.source.slice(found.span) if found else ""
    return reasons.TAKES_ALL.about(words=shortened(words), place=place) if words else None


def _of_system(step: Step, place: str) -> str:
    """Return the words that take packages of a system's manager out of their folder."""
    if place not in step.run.script.text:
        return ""
    path = rf"(?<![\w.-]){re.escape(place)}"
    taken = re.compile(
        rf"\b(?:cd|pushd)\s+{path}(?:/archives)?/?(?=[\s;&|]|\Z)|\bfor\s+\w+[\s\\]+in\s[^;\n]*{path}/[^\s;&|]*\*"
        rf"|\b(?:cp|mv|tar|rsync|dpkg|rpm)\s[^;&|\n]*{path}/(?:archives/)?[^\s;&|]*(?:\*|archives/?(?=\s))"
    )
    match = taken.search(step.run.script.text)
    return match[0] if match else ""


def _loops(step: Step, place: str) -> Iterator[str]:
    """Yield the beginnings of loops over the files of the place."""
    home = step.environment.home
    for match in _LOOP.finditer(step.run.script.text):
        for word in match[1].split():
            path = _HOME.sub(lambda _: home or "", word) if home else word
            if _takes(path.strip("\"'"), place):
                yield match[0]


def _taking(step: Step, place: str, *, unpacked: bool) -> Iterator[Command]:
    """Yield the commands that take files of the place by a pattern, or that find them for one that does."""
    takers = [(command, words) for command, words in expanded(step) if words[0].name in _TAKERS]
    for command, words in takers:
        paths = (resolved(word.known, command, step) for word in words[1:] if word.text)
        if any(path is not None and _takes(path, place) for path in paths):
            yield command
    for command, words in expanded(step) if takers else ():
        if words[0].name in _FINDERS and _finds(step, command, words, place, unpacked=unpacked):
            yield from ([command] if _is_for(step, command, takers) else [])


def _takes(path: str, place: str) -> bool:
    """Return whether a pattern may be any file of a place; what it keeps of one version is the same in all builds."""
    match = _GLOB.search(path)
    folder = path[: match.start()] if match else ""
    return folder.startswith(f"{place}/") and VERSION.search(folder.removeprefix(place)) is None


def _finds(step: Step, command: Command, words: tuple[Word, ...], place: str, *, unpacked: bool) -> bool:
    """Return whether a search comes to files of the place."""
    texts = [word.known for word in words[1:]]
    if not {"-delete", "-xdev", "-mount"}.isdisjoint(texts) or _leaves_out(texts, place):
        return False
    first = next(
        (at for at, text in enumerate(texts) if text.startswith(("-", "(", "!")) and text not in "-H-L-P"), None
    )
    roots = [text for text in texts[:first] if not text.startswith("-")] or ["."]
    for text in roots:
        path = resolved(text, command, step) if text else None
        if path is None or (path == "/" and not text.startswith("/")):
            continue
        if _takes(f"{path}/*", place) or path == place:
            return True
        if not unpacked and _names_others(texts):
            continue
        if locations.below(place, path) and _depth(texts) > place.removeprefix(path).rstrip("/").count("/"):
            return True
    return False


def _names_others(texts: list[str]) -> bool:
    """Return whether a search is told names that are none of packages: `-name libcuda.so`."""
    names = [after for text, after in pairwise(texts) if text in ("-name", "-iname")]
    return bool(names) and not any(not name or _PACKAGES.search(name) for name in names)


def _leaves_out(texts: list[str], place: str) -> bool:
    """Return whether a search is told to pass over the place, or a folder above it."""
    paths = (after for text, after in pairwise(texts) if text in ("-path", "-wholename"))
    return ("-prune" in texts or "!" in texts or "-not" in texts) and any(
        locations.below(place, one.removesuffix("*").rstrip("/")) for one in paths if one.startswith("/")
    )


def _depth(texts: list[str]) -> float:
    depth = next((after for text, after in pairwise(texts) if text == "-maxdepth"), "")
    return int(depth) if depth.isdecimal() else float("inf")


def _is_for(step: Step, search: Command, takers: list[tuple[Command, tuple[Word, ...]]]) -> bool:
    """Return whether a command takes what a search finds: by -exec, in its pipeline, or out of what it has printed."""
    item = step.script.item_of(search)
    around = item[0].span(item[1]) if item else search.span
    for command, words in takers:
        if command.span.within(search.span) or command.span.within(around) or search.span.within(command.span):
            return True
        # In `$(find ...)`: a variable has it.
        if not search.editable and command.span > search.span and not all(word.text for word in words):
            return True
    return False
