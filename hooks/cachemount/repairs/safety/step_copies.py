"""Commands of a step that copy or pack what is in the mount, or around it: what other builds left there goes along."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from itertools import pairwise

from cachemount import reasons
from cachemount.facts import locations
from cachemount.facts.cleanups import empties, resolved
from cachemount.facts.expansion import expanded
from cachemount.facts.model import Facts, Step
from cachemount.late_pattern import late
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import shortened
from cachemount.repairs.safety.step_conflicts import OF_VERSION
from cachemount.shell.model import Command

# The options with which a program goes into folders, or packs at all.
_RECURSIVE = {
    "cp": late(r"-[a-zA-Z]*[aRr][a-zA-Z]*|--recursive|--archive"),
    "rsync": late(r"-[a-zA-Z]*[ar][a-zA-Z]*|--recursive|--archive"),
    "tar": late(r"-?[a-zA-Z]*c[a-zA-Z]*|--create"),
    "zip": late(r"-[a-zA-Z0-9]*r[a-zA-Z]*|--recurse-paths"),
    "mksquashfs": late(r".*"),
}
_EXECUTES = frozenset({"-exec", "-execdir", "-ok", "-okdir"})
_TAKERS = frozenset({"cp", "dpkg", "gem", "install", "ln", "mv", "rpm", "rsync", "tar", "zip"})
_TAKER = "|".join(sorted(_TAKERS))
_PACKAGES = late(r"\.(?:apk|conda|crate|deb|gem|gz|jar|nupkg|pom|rpm|tgz|whl|xz|zip|zst|bz2|\*)[\"'*]*\Z")
_HANDS_ON = late(
    r"\s*\|\s*(?:\\\n\s*)?(?:(?:grep|head|sed|sort|tail|tr)\s[^|;&\n]*\|\s*)*"
    rf"(?:xargs\s[^;&|\n]*?(?<![\w/.-])(?:{_TAKER})(?![\w-])|(?:cpio|pax|tar|zip)\s|while\s+(?:IFS=\S*\s+)?read\b)"
)
# cp $(find ...) /out, and a variable or a loop for it
_ASKS = late(rf"(?:(?<![\w/.-])(?:{_TAKER})\s[^;&|\n]*|(?<![\w-])\w+=|\bin\s+)[\"']?(?:\$\(|`)\s*\Z")
_LONGEST_LINE = 300
_SAME_DEVICE = late(r"-[a-zA-Z]*x[a-zA-Z]*|--one-file-system")
_FILE_OF_TAR = late(r"-?[a-zA-Z]*f|--file")


def copied_along(facts: Facts, step: Step, place: str, *, unpacked: bool) -> Iterator[Withheld]:
    """Yield the reason not to mount a place that a command of the step copies, with what is around it.

    In one where packages lie `unpacked` may be files of any name.
    """
    for command, words in expanded(step):
        name, texts = words[0].name, [word.known for word in words[1:]]
        if name == "find" and _takes_what_it_finds(facts, command, texts):
            folders = texts[: _first_test(texts)]
            named = not unpacked and _names_others(texts)
            if any(_is_searched(text, command, step, place, named=named) for text in folders):
                yield _copied(facts, command, place)
                return
            continue
        pattern = _RECURSIVE.get(name)
        if pattern is None or not any(map(pattern.fullmatch, texts)) or _leaves_out(name, texts, place):
            continue
        if any(_holds(text, command, step, place) for text in _sources(name, texts)):
            yield _copied(facts, command, place)
            return


def _copied(facts: Facts, command: Command, place: str) -> Withheld:
    line = facts.dockerfile.source.position(command.span.start).line
    title = shortened(facts.dockerfile.source.slice(command.span))
    return reasons.COPIED_BY_STEP.about(words=title, line=line, path=place)


def _takes_what_it_finds(facts: Facts, command: Command, texts: list[str]) -> bool:
    """Return whether `find` has its files copied, moved, packed or installed, by itself or by what reads its list."""
    if any(before in _EXECUTES and posixpath.basename(text) in _TAKERS for before, text in pairwise(texts)):
        return True
    text, start = facts.dockerfile.source.text, command.span.start
    before = text[max(start - _LONGEST_LINE, 0) : start]
    return _HANDS_ON.match(text, command.span.end) is not None or _ASKS.search(before) is not None


def _first_test(texts: list[str]) -> int:
    """Return where the words of `find` end that are folders."""
    return next((at for at, text in enumerate(texts) if text.startswith(("-", "(", "!")) and at), len(texts))


def _names_others(texts: list[str]) -> bool:
    """Return whether `find` is told names that are none of packages: `-name libcuda.so`."""
    names = [after for text, after in pairwise(texts) if text in ("-name", "-iname")]
    return bool(names) and not any(name == "*" or _PACKAGES.search(name) for name in names)


def _is_searched(text: str, command: Command, step: Step, place: str, *, named: bool) -> bool:
    """Return whether `find` meets the place in a folder, or looks in a folder of it that is not of one version.

    With `named` it finds nothing there from a folder above.
    """
    path = resolved(text, command, step) if text and not text.startswith("-") else None
    if path is None:
        return False
    if path != place and locations.below(place, path):
        return not named
    return _is_of_all_versions(path, place)


def _is_of_all_versions(path: str, place: str) -> bool:
    """Return whether a path is in a place where packages lie, and not of one version."""
    return locations.below(path, place) and OF_VERSION.search(path.removeprefix(place)) is None


def _leaves_out(name: str, texts: list[str], place: str) -> bool:
    """Return whether a command stays out of mounts, or is told to leave out what may be the place."""
    if "--one-file-system" in texts or (name in ("cp", "rsync") and any(map(_SAME_DEVICE.fullmatch, texts))):
        return True
    parts = [part for part in place.split("/") if part]
    return any(
        part in value
        for text, after in pairwise([*texts, ""])
        if text.startswith(("--exclude", "-x", "-e"))
        for value in (text, after)
        for part in parts
    )


def _sources(name: str, texts: list[str]) -> list[str]:
    """Return the operands that are copied or packed."""
    if name == "tar":
        return _packed(texts)
    operands = [text for text in texts if text and not text.startswith("-")]
    if name == "zip":
        return operands[1:]
    return operands[:1] if name == "mksquashfs" else operands[:-1]


def _packed(texts: list[str]) -> list[str]:
    """Return what tar packs, below the folder that -C names last."""
    found: list[str] = []
    folder, skip = "", ""
    # The first word may be options without a sign.
    for at, text in enumerate(texts):
        if skip:
            folder, skip = (posixpath.join(folder, text) if skip == "-C" else folder), ""
        elif text in ("-C", "--directory"):
            skip = "-C"
        elif text.startswith("--directory="):
            folder = posixpath.join(folder, text.partition("=")[2])
        elif text.startswith("-") or at == 0:
            skip = "f" if _FILE_OF_TAR.fullmatch(text) else ""
        elif text:
            found.append(posixpath.join(folder, text))
    return found


def _holds(text: str, command: Command, step: Step, place: str) -> bool:
    path = resolved(text, command, step)
    if path is None or (path == "/" and not text.startswith("/")):
        # The folder that the image works in is not known.
        return False
    if path == "/" or empties(path, {place}) or locations.below(place, path):
        return True
    return _is_of_all_versions(path, place)
