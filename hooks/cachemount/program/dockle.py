"""dockle, where files of the repository show that it fails for what an image's history lacks: a clean-up.

It looks for words in the text of each step, and sees no mount there:
https://github.com/goodwithtech/dockle/blob/master/pkg/assessor/manifest/manifest.go
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from cachemount.dockerfile.model import UnreadableDockerfileError
from cachemount.dockerfile.reader import read
from cachemount.files.reading import text_inside_repository
from cachemount.files.workflows import ITEM
from cachemount.late_pattern import late
from cachemount.program.hadolint.changes import changed_texts
from cachemount.results import FileResult
from cachemount.source import Source

_MOST_BYTES = 200_000
_MOST_FILES = 20
_IGNORES = ".dockleignore"

# By itself it ends well whatever it finds; one of its actions does not.
_CALL = late(r"(?i)^(?![ \t]*#)[^\n]*dockle[^\n]*?\s(?:--exit-code|-c)[ =][\"']?(?!0)\S")
_ACTION = late(r"\buses:[ \t]*[\"']?([\w.-]+)/dockle-action@")
_EXIT_CODE = late(r"(?m)^[ \t]*exit-code:[ \t]*[\"']?(\w+)")
_NO_FAILURE = late(r"\|\|\s*(?:true|:)(?!\w)|\bcontinue-on-error:\s*true")
_FAILS_ITSELF = ("erzz",)
_NAMED = late(
    r"\bmake\s[^\n;&|]*?(?:-f|--file)[ =]?[\"']?([\w./-]+)|(?<![\w/.-])(?:\./)?((?:[\w.-]+/)*[\w.-]+\.(?:sh|bash))\b"
)
_COMMENT = late(r"(?m)(?:^|(?<=\s))#.*$")
_REMOVAL = late(r"\brm\s+(?:\S+\s+)*?-\w*r\w*\s+(?:\S+\s+)*?/var/lib/apt/lists")


def dockle_note(
    root: str, texts: Iterable[tuple[str, str]], results: Sequence[FileResult], *, unsafe: bool = False
) -> str:
    """Return the line for the first place where dockle fails after the fixes of a run; "" where none does.

    `texts` are files that are read already, with their names. Which Dockerfile an image is from is not known.
    """
    known = {name: text for name, text in texts if text}
    for name in _named(known):
        known.setdefault(name, _text(root, name))
    places = [(name, line) for name, text in known.items() if "dockle" in text.lower() for line in _failing(text)]
    if not places:
        return ""
    changes = filter(None, (changed_texts(one, unsafe=unsafe) for one in results))
    said = {rule for before, after in changes for rule in complaints(after) - complaints(before)}
    ignored = _COMMENT.sub("", "\n".join((_text(root, _IGNORES), *(known[name] for name, _ in places[:1]))))
    rules = sorted(one for one in said if one not in ignored)
    if not rules:
        return ""
    name, line = places[0]
    them = "them" if len(rules) > 1 else "it"
    return f"{name}:{line}: fails for {', '.join(rules)} after the repair: write {them} into {_IGNORES}"


def complaints(text: str) -> Counter[str]:
    """Return how many steps of a Dockerfile's last image each of the rules speaks up about."""
    try:
        dockerfile = read(Source(path="Dockerfile", text=text))
    except UnreadableDockerfileError:
        return Counter()
    found: Counter[str] = Counter()
    for stage in dockerfile.last.lineage() if dockerfile.stages else ():
        for run in (one.run for one in stage.instructions if one.run is not None):
            commands = [set(one.split()) for one in run.script.text.split("&&")]
            if any({"apk", "add"} <= one and "--no-cache" not in one for one in commands):
                found["DKL-DI-0004"] += 1
            if any({"apt-get", "install"} <= one for one in commands) and not _REMOVAL.search(run.script.text):
                found["DKL-DI-0005"] += 1
    return found


def _failing(text: str) -> Iterator[int]:
    """Yield the lines of a file in which dockle fails for what it finds."""
    for number, line in enumerate(text.split("\n"), 1):
        if _CALL.search(line) and not _NO_FAILURE.search(line):
            yield number
    at = 0
    for step in ITEM.split(text) if "/dockle-action@" in text else ():
        action, code = _ACTION.search(step), _EXIT_CODE.search(step)
        fails = code[1] != "0" if code else action is not None and action[1] in _FAILS_ITSELF
        if action and fails and not _NO_FAILURE.search(step):
            yield text.count("\n", 0, at + action.start()) + 1
        at += len(step)


def _named(texts: dict[str, str]) -> list[str]:
    """Return the scripts and Makefiles that files run."""
    found = (one or other for text in texts.values() for one, other in _NAMED.findall(_COMMENT.sub("", text)))
    return [one.removeprefix("./") for one in dict.fromkeys(found) if one.removeprefix("./") not in texts][:_MOST_FILES]


def _text(root: str, name: str) -> str:
    return text_inside_repository(os.path.join(root, *name.split("/")), root, _MOST_BYTES)
