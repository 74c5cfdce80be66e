"""Scanners of images and Dockerfiles, where files of a repository show that they fail where a clean-up is missing.

dockle looks for words in the history of an image, and Trivy in a Dockerfile; neither sees a mount.
https://github.com/goodwithtech/dockle/blob/master/pkg/assessor/manifest/manifest.go
https://github.com/aquasecurity/trivy-checks/tree/main/checks/docker
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from cachemount.dockerfile.model import Dockerfile, UnreadableDockerfileError
from cachemount.dockerfile.reader import read
from cachemount.files.reading import text_inside_repository
from cachemount.files.workflows import ITEM
from cachemount.late_pattern import late
from cachemount.records import Record
from cachemount.results import FileResult
from cachemount.source import Source

_MOST_BYTES = 200_000
_MOST_FILES = 20
_LONGEST_LINE = 1_000
_MOST_LINES = 8

_EXIT_CODE = late(r"(?m)^[ \t]*exit-code:[ \t]*[\"']?(\w+)")
_NO_FAILURE = late(r"\|\|\s*(?:true|:)(?!\w)|\bcontinue-on-error:\s*true")
_NAMED = late(
    r"\bmake\s[^\n;&|]*?(?:-f|--file)[ =]?[\"']?([\w./-]+)|(?<![\w/.-])(?:\./)?((?:[\w.-]+/)*[\w.-]+\.(?:sh|bash))\b"
)
_OPTION = late(r"[ \t]*--?[a-zA-Z]")
_COMMENT = late(r"(?m)(?:^|(?<=\s))#.*$")
_COMMANDS = late(r"[;&|\n]+")


class Scanner(Record):
    """A scanner: how a call and an action of it are written that fail for what they find, and what it asks for.

    Of a line with its name, `fails` is searched from there on, and `asks` in all of it.
    An action is that of a team of `failing` where it fails without being told so. `asks` matches where the step is
    about Dockerfiles and such faults at all. `ignores` is the file with what it passes over; a rule is there by a
    number, however it is written.
    """

    name: str
    fails: re.Pattern[str]
    action: re.Pattern[str]
    ignores: str
    complaints: Callable[[Dockerfile], Iterator[str]]
    failing: tuple[str, ...] = ()
    asks: re.Pattern[str] = late("")


def scanner_notes(
    root: str, texts: Iterable[tuple[str, str]], results: Sequence[FileResult], *, unsafe: bool = False
) -> Iterator[str]:
    """Yield a line for each scanner that fails after the fixes of a run, with the first place where it does.

    `texts` are files that are read already, with their names. Which Dockerfile an image is from is not known.
    """
    known = {name: text for name, text in texts if text}
    if not known:
        return
    for name in _named(known):
        known.setdefault(name, _text(root, name))
    for one in SCANNERS:
        texts_of = ((name, text) for name, text in known.items() if one.name in text.lower())
        place = next(((name, line) for name, text in texts_of for line in _failing(one, text)), None)
        if place is None:
            continue
        from cachemount.program.hadolint.changes import changed_texts

        changes = filter(None, (changed_texts(result, unsafe=unsafe) for result in results))
        said = {rule for before, after in changes for rule in complaints(one, after) - complaints(one, before)}
        ignored = _COMMENT.sub("", "\n".join((_text(root, one.ignores), known[place[0]])))
        if rules := sorted(rule for rule in said if not _is_there(rule, ignored)):
            them = "them" if len(rules) > 1 else "it"
            fails = f"{place[0]}:{place[1]}: fails for {', '.join(rules)} after the repair"
            yield f"{one.name}: {fails}: write {them} into {one.ignores}"


def complaints(scanner: Scanner, text: str) -> Counter[str]:
    """Return how many steps of a Dockerfile each of the rules speaks up about; nothing where it cannot be read."""
    try:
        return Counter(scanner.complaints(read(Source(path="Dockerfile", text=text))))
    except UnreadableDockerfileError:
        return Counter()


def _of_history(dockerfile: Dockerfile) -> Iterator[str]:
    """Yield the rules of dockle, which sees the steps of the last image alone."""
    for stage in dockerfile.last.lineage() if dockerfile.stages else ():
        for run in (one.run for one in stage.instructions if one.run is not None):
            commands = [set(one.split()) for one in run.script.text.split("&&")]
            if any({"apk", "add"} <= one and "--no-cache" not in one for one in commands):
                yield "DKL-DI-0004"
            if any({"apt-get", "install"} <= one for one in commands) and not _removes_lists(run.script.text):
                yield "DKL-DI-0005"


def _removes_lists(script: str) -> bool:
    """Return whether a script removes apt's lists, as dockle looks for it."""
    commands = (one.split() for one in _COMMANDS.split(script) if "/var/lib/apt/lists" in one)
    return any(
        "rm" in words
        and any(one.startswith("-") and "r" in one for one in words)
        and any(one.startswith("/var/lib/apt/lists") for one in words)
        for words in commands
    )


# What installs, and what has to come after it.
_OF_TRIVY = (
    ("AVD-DS-0015", late(r"\byum\s(?:[^;&|\n]*\s)?install\b"), late(r"\byum\s(?:[^;&|\n]*\s)?clean\s+all\b")),
    ("AVD-DS-0019", late(r"dnf (?:in|rei)"), late(r"dnf clean all")),
    ("AVD-DS-0020", late(r"zypper (?:(?:--?[a-zA-Z]+ *)*install|in)"), late(r"zypper (?:clean|cc)")),
)
_APK_ADD = late(r"\bapk\s(?:(?!--no-cache)[^;&|\n])*?\badd\b(?![^;&|\n]*--no-cache)")


def _of_text(dockerfile: Dockerfile) -> Iterator[str]:
    """Yield the rules of Trivy, which sees the steps of all stages."""
    for text in (one.run.script.text for stage in dockerfile.stages for one in stage.instructions if one.run):
        if _APK_ADD.search(text):
            yield "AVD-DS-0025"
        for rule, installs, cleans in _OF_TRIVY:
            last = max((one.start() for one in installs.finditer(text)), default=-1)
            if last >= 0 and not cleans.search(text, last):
                yield rule


# By itself either ends well whatever it finds; one of dockle's actions does not. All rules of Trivy's here are HIGH.
SCANNERS = (
    Scanner(
        name="dockle",
        fails=late(r"\s(?:--exit-code|-c)[ =][\"']?(?!0)\S"),
        action=late(r"\buses:[ \t]*[\"']?([\w.-]+)/dockle-action@"),
        ignores=".dockleignore",
        complaints=_of_history,
        failing=("erzz",),
    ),
    Scanner(
        name="trivy",
        # Its -c names a configuration.
        fails=late(r"\s--exit-code[ =][\"']?(?!0)\S"),
        action=late(r"\buses:[ \t]*[\"']?([\w.-]+)/trivy-action@"),
        ignores=".trivyignore",
        complaints=_of_text,
        asks=late(
            r"(?s)(?!.*(?:\bseverity:|--severity|\s-s[ =])(?![^\n]*HIGH))"
            r"(?=.*(?:\bscan-type:[ \t]*[\"']?config|misconfig|\sconf(?:ig)?\s))"
        ),
    ),
)


def _failing(scanner: Scanner, text: str) -> Iterator[int]:
    """Yield the lines of a file in which a scanner fails for what it finds."""
    lines = text.split("\n")
    for number, whole in enumerate(lines, 1):
        line = whole[:_LONGEST_LINE]
        if scanner.name in line.lower():
            line = _with_options(line, lines[number : number + _MOST_LINES])
        called = line.lower().find(scanner.name)
        if called < 0 or line.lstrip().startswith("#") or not scanner.fails.search(line, called):
            continue
        if scanner.asks.match(line) and not _NO_FAILURE.search(line):
            yield number
    at = 0
    for step in ITEM.split(text) if f"/{scanner.name}-action@" in text else ():
        action, code = scanner.action.search(step), _EXIT_CODE.search(step)
        fails = code[1] != "0" if code else action is not None and action[1] in scanner.failing
        if action and fails and scanner.asks.match(step) and not _NO_FAILURE.search(step):
            yield text.count("\n", 0, at + action.start()) + 1
        at += len(step)


def _with_options(line: str, following: Iterable[str]) -> str:
    """Return a line with those after it that go on with the call: by a backslash, or folded by YAML, with an option."""
    for one in following:
        joined = line.rstrip().removesuffix("\\")
        if joined == line.rstrip() and not _OPTION.match(one):
            break
        line = f"{joined} {one.strip()}"[:_LONGEST_LINE]
    return line


def _is_there(rule: str, text: str) -> bool:
    """Return whether a text has a rule: Trivy takes AVD-DS-0025, DS-0025 and DS025."""
    number = re.sub(r"\D", "", rule)
    kind = "DS" if rule.startswith("AVD-") else re.escape(rule[: -len(number)])
    return re.search(rf"\b{kind}-?0*{number.lstrip('0')}\b", text) is not None


def _named(texts: dict[str, str]) -> list[str]:
    """Return the scripts and Makefiles that files run."""
    found = (one or other for text in texts.values() for one, other in _NAMED.findall(_COMMENT.sub("", text)))
    return [one.removeprefix("./") for one in dict.fromkeys(found) if one.removeprefix("./") not in texts][:_MOST_FILES]


def _text(root: str, name: str) -> str:
    return text_inside_repository(os.path.join(root, *name.split("/")), root, _MOST_BYTES)
