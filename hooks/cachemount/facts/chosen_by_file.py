"""Which branch of an `if` runs that asks for files of the project: the repository has one, and the build copies it.

So a step asks which manager's lock file there is: `if [ -f yarn.lock ]; then yarn; elif [ -f poetry.lock ]; ...`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import pairwise

from cachemount.copied_names import ASKS_FOR_FILE
from cachemount.dockerfile.model import Dockerfile, Instruction
from cachemount.facts import chain
from cachemount.facts.context import may_leave_out, nearest
from cachemount.facts.model import Step
from cachemount.late_pattern import late
from cachemount.shell.model import Command
from cachemount.source import Source

_PROJECTS = frozenset({"Cargo.toml", "Gemfile", "Pipfile", "composer.json", "package.json", "pyproject.toml"})
_LINE_END, _COMMENT = late(r"\\\r?\n"), late(r"(?m)^[ \t]*#.*$")
_IF = late(rf"(?<![\w./-])if\s+{ASKS_FOR_FILE}\s*;?\s*then\b(?P<body>.*?)[;\n]\s*fi(?![\w./-])", re.DOTALL)
_NEXT = late(rf"[;\n]\s*(?:elif\s+{ASKS_FOR_FILE}\s*;?\s*then\b|(?P<other>elif\b)|else\b)")
# Others inside it, and what may begin or end in another place.
_NESTED = late(r"(?<![\w./-])(?:if|case|for|while|until)\s|<<")
# They take files away, or write some, without naming them.
_CHANGES = late(
    r"(?<![\w./-])(?:rm|mv|cp|find|git|tar|unzip|rsync)\s[^\n;&|]{0,2000}[*?\[]"
    r"|(?<![\w./-])(?:npm|pnpm|yarn|bun|pipenv|poetry|uv|pdm|bundle|composer|cargo)\s+"
    r"(?:-[^\s;&|]*\s+)*(?:add|ci|generate-lockfile|i|import|init|install|lock|sync|up|update|upgrade)\b"
    r"(?![^\n;&|]{0,2000}\s(?:-g|--global)\b)"
)
_MOVES, _END = late(r"(?<![\w./-])(?:cd|pushd)(?![\w./-])"), late(r"\Z")


def is_passed_over(dockerfile: Dockerfile, step: Step, command: Command) -> bool:
    """Return whether a command stands in a branch that does not run, as the project has the file of another one."""
    at = command.span.start - step.instruction.span.start
    spans = step.memo_all(_passed_over, dockerfile.source)
    return any(start <= at < end for start, end in spans)


def _passed_over(step: Step, source: Source) -> Iterator[tuple[int, int]]:
    """Yield where in the instruction of a step the branches are that do not run."""
    script = source.slice(step.instruction.span)
    for pattern in (_COMMENT, _LINE_END):
        script = pattern.sub(lambda found: " " * len(found[0]), script)
    before = [*chain.before(step.stage, step.instruction)]
    told = "\n".join(source.slice(one.span) for one in before if not _is_plain_copy(one))
    if _CHANGES.search(told):
        return
    # From there on, which files there are is not known, or where the step is.
    unsure = min(one.start() for one in (_CHANGES.search(script), _MOVES.search(script), _END.search(script)) if one)
    known: dict[tuple[str, ...], set[str]] = {}
    for asked in _IF.finditer(script):
        if unsure < asked.start():
            return
        branches = [] if _NESTED.search(asked["body"]) else _branches(asked)
        names = tuple(dict.fromkeys(name for name, _ in branches if name))
        if any(name in told or script.find(name, 0, asked.start()) >= 0 for name in names):
            continue
        if names not in known:
            known[names] = _there(source, step, before, names)
        taken = next((index for index, (name, _) in enumerate(branches) if name in known[names]), None)
        starts = [asked.start("body"), *(end for _, end in branches)]
        if taken is not None:
            yield from (pair for index, pair in enumerate(pairwise(starts)) if index != taken)


def _branches(asked: re.Match[str]) -> list[tuple[str, int]]:
    """Return the file that each branch asks for ("": none, the last), and where the branch ends; none if not known."""
    found = [*_NEXT.finditer(asked.string, asked.start("body"), asked.end("body"))]
    if any(one["other"] for one in found):
        return []
    ends = [*(one.start() for one in found), asked.end("body")]
    return [*zip([asked["file"], *(one["file"] or "" for one in found)], ends, strict=True)]


def _is_plain_copy(instruction: Instruction) -> bool:
    """Return whether an instruction copies from the context, and nothing else."""
    return (
        instruction.keyword in ("COPY", "ADD")
        and not instruction.onbuild
        and not instruction.heredocs
        and all(flag.name in ("chown", "chmod", "link") for flag in instruction.flags)
    )


def _there(source: Source, step: Step, before: Sequence[Instruction], names: Sequence[str]) -> set[str]:
    """Return which files are in the folder that the step works in; nothing where that is not known of all."""
    context = source.context
    found = {name: nearest(context, name) for name in names}
    having = [one for one in context if one.path in found]
    if not having or len({one.folder for one in having}) > 1:
        return set()
    # With files of a project beside the Dockerfile, that folder may be the context.
    if having[0].folder != "." and any(one.folder == "." and one.path in _PROJECTS for one in context):
        return set()
    copied = set(_copied(step, before, names))
    there = {one.path for one in having}
    return there if all(name in copied and not may_leave_out(found[name], name) for name in there) else set()


def _copied(step: Step, before: Sequence[Instruction], names: Sequence[str]) -> Iterator[str]:
    """Yield the files that instructions copy from the context itself to the folder that the step works in."""
    workdir = step.environment.workdir
    entered = max((index for index, one in enumerate(before) if one.keyword == "WORKDIR"), default=-1)
    for index, instruction in enumerate(before):
        if not _is_plain_copy(instruction) or not instruction.operands:
            continue
        *sources, target = instruction.operands
        if workdir is None or (target.rstrip("/") != workdir and (index < entered or target not in (".", "./"))):
            continue
        for source in map(posixpath.normpath, sources):
            pattern = source.lstrip("/") or "."
            yield from (name for name in names if pattern in (".", "*") or fnmatchcase(name, pattern))
