"""Reading the pragmas of a Dockerfile: `# cachemount: ignore[rule, ...] reason` and `ignore-file[...]`."""

from __future__ import annotations

import re
from bisect import bisect_left

from cachemount.dockerfile.model import Comment, Dockerfile, Instruction
from cachemount.findings import Edit, Finding
from cachemount.late_pattern import late
from cachemount.policy.model import UNSUPPRESSIBLE
from cachemount.records import Record
from cachemount.source import Source, Span

_MARK = late(r"cachemount\s*(?::|(?=\s(?:ignore|disable|allow)\b))\s*", re.IGNORECASE)
_PRAGMA = late(r"(ignore(?:-file)?)\s*\[([^\]]*)\](.*)", re.IGNORECASE | re.DOTALL)
_DIRECTIVE = late(r"(syntax|escape|check)\s*=", re.IGNORECASE)
_SHAPE = "`# cachemount: ignore[rule] reason`"


class Pragma(Record):
    """A pragma that is well formed. `instruction` is the offset of the instruction it is for; None: the whole file."""

    span: Span
    rules: tuple[str, ...]
    reason: str
    instruction: int | None


class _Mistake(Record, kw_only=False):
    """A message about a pragma. `identity` is its first wording, which reports keep recognising it by."""

    message: str
    identity: str = ""


def ignoring(source: Source, finding: Finding, reason: str) -> Edit | None:
    """Return what puts a pragma above the instruction of a finding; None where no pragma can hide the finding."""
    if finding.rule in UNSUPPRESSIBLE or finding.rule == "unreadable-dockerfile":
        return None
    start = finding.instruction.start
    at = max(source.text.rfind("\n", 0, start) + 1, int(source.text.startswith("\ufeff")))
    end = source.text.find("\n", start)
    newline = "\r\n" if end > 0 and source.text[end - 1] == "\r" else "\n"
    pragma = f"{source.text[at:start]}# cachemount: ignore[{finding.rule}] {reason}{newline}"
    return Edit(span=Span(at, at), text=pragma)


def read_pragmas(dockerfile: Dockerfile) -> tuple[list[Pragma], list[Finding]]:
    """Return the pragmas of a file, and a finding `unused-suppression` for every mistake in one."""
    if "cachemount" not in dockerfile.source.text.lower():
        return [], []
    comments = [comment for comment in dockerfile.comments if _MARK.match(comment.text)]
    if not comments:
        return [], []
    instructions = _instructions(dockerfile)
    pragmas: list[Pragma] = []
    mistakes: list[Finding] = []

    def mistake(comment: Comment, message: str, identity: str = "") -> None:
        span = comment.span
        mistakes.append(
            Finding(rule="unused-suppression", message=message, span=span, instruction=span, identity=identity)
        )

    for comment in comments:
        mark = _MARK.match(comment.text)
        match = _PRAGMA.fullmatch(comment.text, mark.end()) if mark else None
        if match is None or ":" not in comment.text[: match.start()]:
            mistake(comment, f"this pragma is malformed and hides nothing; the form is {_SHAPE}")
            continue
        kind, listed, after = match.groups()
        reason = after.strip().lstrip("#:-\u2013\u2014 \t").strip()
        rules, wrong = _rules(listed)
        for one in wrong:
            mistake(comment, one.message, identity=one.identity)
        if not re.search(r"\w", reason):
            mistake(
                comment,
                "this pragma hides nothing because it gives no reason; write the reason after `]`",
                identity="this pragma hides nothing because it gives no reason; write the reason behind `]`",
            )
            continue
        target = None if kind.lower() == "ignore-file" else _target(comment, instructions)
        if target is None and kind.lower() == "ignore":
            mistake(comment, "this pragma hides nothing: no instruction follows; `ignore-file` is for the whole file")
        elif directive := _directive_below(comment, dockerfile, instructions):
            mistake(comment, f"this pragma turns the `# {directive}=` below it into a mere comment; move it below")
        elif rules:
            pragmas.append(Pragma(span=comment.span, rules=rules, reason=reason, instruction=target))
    return pragmas, mistakes


def _rules(listed: str) -> tuple[tuple[str, ...], list[_Mistake]]:
    """Return the rules that a pragma names, and the message and its identity for each name that is wrong."""
    from cachemount.policy.config_reader import rule_names, suggestion

    known = rule_names()
    rules = []
    wrong: list[_Mistake] = []
    names = [name.strip() for name in listed.split(",")]
    for name in names:
        if not name:
            alone = f"this pragma names no rule; the form is {_SHAPE}"
            wrong.append(_Mistake(alone if len(names) == 1 else "a rule is missing"))
        elif name not in known:
            message = f"unknown rule `{name}`{suggestion(name, known)}"
            wrong.append(_Mistake(message, identity=f"there is no{message.removeprefix('unknown')}"))
        elif name in UNSUPPRESSIBLE:
            wrong.append(_Mistake(f"`{name}` cannot be ignored"))
        else:
            rules.append(name)
    return tuple(dict.fromkeys(rules)), wrong


def _instructions(dockerfile: Dockerfile) -> list[Instruction]:
    found = [*dockerfile.globals]
    for stage in dockerfile.stages:
        found += [stage.instruction, *stage.instructions]
    return sorted(found, key=lambda instruction: instruction.span)


def _target(comment: Comment, instructions: list[Instruction]) -> int | None:
    """Return the offset of the instruction that a comment is in, or of the next one."""
    after = bisect_left(instructions, comment.span.start, key=lambda instruction: instruction.span.start)
    if after and comment.span.start < instructions[after - 1].span.end:
        return instructions[after - 1].span.start
    return instructions[after].span.start if after < len(instructions) else None


def _directive_below(comment: Comment, dockerfile: Dockerfile, instructions: list[Instruction]) -> str:
    """Return the name of a parser directive that follows a pragma, or "": directives end at the first other comment."""
    first = instructions[0].span.start if instructions else 0
    if comment.span.start > first:
        return ""
    for other in dockerfile.comments:
        if comment.span.start < other.span.start < first and (match := _DIRECTIVE.match(other.text)):
            return match[1].lower()
    return ""
