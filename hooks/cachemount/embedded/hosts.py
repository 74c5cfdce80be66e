"""Checking and repairing Dockerfiles that stand inside other files: pure functions, like those of `engine`.

Compose files are repaired by an edit of their text, and read again after it: a repair that gives another text than the
builder was meant to get is not made. Bake files are checked only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from cachemount import engine, fixer, reasons
from cachemount.embedded import hcl, interpolation, yaml
from cachemount.embedded.edits import place_fix
from cachemount.embedded.model import Inline, UnreadableHostError
from cachemount.engine import MAX_ROUNDS, Report, UnsettledError, first_of, without_fixes
from cachemount.findings import Finding, Fix
from cachemount.policy.model import Config
from cachemount.policy.suppress import allowed
from cachemount.records import Record, replace
from cachemount.source import Source, Span

__all__ = ["Kind", "apply", "check", "fix", "writable"]

Kind = Literal["compose", "bake"]
# Why there is no repair where one would change more than it should.
_UNREADABLE = "unreadable-dockerfile"


class _Examined(Record):
    """A Dockerfile of a host, what the engine says of it, and the fixes with the places of the host beside them."""

    kind: Kind
    inline: Inline
    report: Report
    fixes: dict[int, tuple[Fix, Fix]]

    def wanted(self, *, unsafe: bool) -> list[tuple[Fix, Fix]]:
        shown = [id(one.fix) for one in self.report.findings if one.fix is not None]
        pairs = [self.fixes[key] for key in dict.fromkeys(shown)]
        made = [(own, placed) for own, placed in pairs if placed.edits and (placed.safe or unsafe)]
        first = {id(one) for one in first_of([placed for _, placed in made])}
        return [pair for pair in made if id(pair[1]) in first]

    def placed(self, findings: Sequence[Finding]) -> list[Finding]:
        """Return the findings with their positions in the host file."""
        return [self._placed(one) for one in findings]

    def _placed(self, finding: Finding) -> Finding:
        placed = replace(
            finding,
            message=interpolation.plain(finding.message),
            span=self.inline.span(finding.span),
            instruction=self.inline.span(finding.instruction),
        )
        if finding.fix is None:
            return placed
        own, fix_ = self.fixes[id(finding.fix)]
        if fix_.edits:
            return replace(placed, fix=fix_)
        # A fix that cannot be written here is left out, also where unsafe ones are asked for.
        if not own.safe:
            return replace(placed, fix=None, note=own.withheld)
        return replace(placed, fix=None, note=fix_.withheld, by_hand=self._by_hand(own, finding.instruction))

    def _by_hand(self, fix: Fix, instruction: Span) -> str:
        """Return the lines that a fix changes, as those of a diff of the host; "" where the host fills in a part."""
        from cachemount.changed_lines import changed_lines

        places = (instruction, *(one.span for one in fix.edits))
        if any(one.start < place.end and place.start < one.end for one in self.inline.unknown for place in places):
            return ""
        text = self.inline.text
        escape = interpolation.escape if self.kind == "compose" else interpolation.escape_for_bake
        changes = changed_lines(text, fixer.apply(text, [fix])[0])
        return "\n".join(line if sign == "@" else f"{sign} {escape(line)}".rstrip() for sign, line in changes)


def check(source: Source, kind: Kind, config: Config | None = None) -> Report:
    """Check the Dockerfiles in a file; spans are those of the file.

    A file that is not what its name says gives one finding, `unreadable-dockerfile`.
    """
    config = config or Config()
    try:
        return _report(source, _examined(source, kind, config))
    except UnreadableHostError as error:
        return _unreadable(source, error, kind, config)


def fix(source: Source, kind: Kind, config: Config | None = None, *, unsafe: bool = False) -> tuple[Source, Report]:
    """Repair the Dockerfiles in a file: the repaired file and the report on it.

    Raises `UnsettledError` when the repairs do not come to rest.
    """
    config = config or Config()
    fixes_made = 0
    made: dict[str, None] = {}
    try:
        examined = _examined(source, kind, config)
        found = sum(len(one.report.findings) for one in examined)
        for _ in range(MAX_ROUNDS):
            wanted = [one.wanted(unsafe=unsafe) for one in examined]
            new, after, count = _made(source, kind, config, examined, wanted)
            if not count:
                report = _report(source, examined)
                return source, replace(report, fixes_made=fixes_made, made=tuple(made), found=found)
            if after is None:
                left = without_fixes(_report(source, examined), reasons.HOST_UNLIKE.about())
                return source, replace(left, fixes_made=fixes_made, made=tuple(made), found=found)
            made |= {own.title: None for pairs in wanted for own, _ in pairs}
            source, examined, fixes_made = new, after, fixes_made + count
    except UnreadableHostError as error:
        return source, _unreadable(source, error, kind, config)
    raise UnsettledError(source.path)


def apply(
    source: Source, kind: Kind, config: Config, finding: Finding, make: Callable[[Source, Finding], Fix | None]
) -> Source | None:
    """Make one fix for a finding of a report on the file: the file after it, None where it cannot be written there.

    `make` gives the fix for the finding as it is in its Dockerfile.
    """
    try:
        examined = _examined(source, kind, config)
    except UnreadableHostError:
        return None
    for one in examined:
        for own in one.report.findings:
            if one.placed([own]) != [finding]:
                continue
            made = make(one.report.source, own)
            placed = None if made is None else place_fix(source, one.inline, made, own.instruction)
            if made is None or placed is None or not placed.edits:
                return None
            wanted = [[(made, placed)] if other is one else [] for other in examined]
            new, after, count = _made(source, kind, config, examined, wanted)
            return new if count and after is not None else None
    return None


def writable(source: Source, kind: Kind, config: Config) -> list[Finding]:
    """Return the findings of a report on the file into whose Dockerfiles something can be written."""
    try:
        examined = _examined(source, kind, config)
    except UnreadableHostError:
        return []
    return [finding for one in examined if not one.inline.withheld for finding in one.placed(one.report.findings)]


def _made(
    source: Source,
    kind: Kind,
    config: Config,
    examined: Sequence[_Examined],
    wanted: Sequence[Sequence[tuple[Fix, Fix]]],
) -> tuple[Source, list[_Examined] | None, int]:
    """Make the fixes: the file after it, what it says then, and how many were made.

    None instead of what it says where that is not what the fixes were to make of its Dockerfiles.
    """
    text, count = fixer.apply(source.text, [placed for pairs in wanted for _, placed in pairs])
    if not count:
        return source, None, 0
    meant = [
        fixer.apply(one.inline.text, [own for own, _ in pairs])[0] for one, pairs in zip(examined, wanted, strict=True)
    ]
    new = replace(source, text=text)
    after = _after(new, kind, config)
    return new, after if [one.inline.text for one in after] == meant else None, count


def _after(source: Source, kind: Kind, config: Config) -> list[_Examined]:
    try:
        return _examined(source, kind, config)
    except UnreadableHostError:
        return []


def _examined(source: Source, kind: Kind, config: Config) -> list[_Examined]:
    examined = []
    for written in _read(source, kind):
        inline, report = _checked(source.path, written, config)
        # Findings may share a fix, and go on to do so: it is then made once.
        fixes: dict[int, tuple[Fix, Fix]] = {}
        for one in (*report.findings, *(one.finding for one in report.suppressed)):
            if one.fix is not None and id(one.fix) not in fixes:
                fixes[id(one.fix)] = (one.fix, place_fix(source, inline, one.fix, one.instruction))
        examined.append(_Examined(kind=kind, inline=inline, report=report, fixes=fixes))
    return examined


def _checked(path: str, inline: Inline, config: Config) -> tuple[Inline, Report]:
    """Check a Dockerfile. Where it cannot be read for a variable of its host, it is read with the variables' defaults.

    It is said to be unreadable only where this does not come from a variable.
    """
    report = engine.check(Source(path=path, text=inline.text, arguments=inline.arguments), config)
    if not inline.unknown or not _is_unreadable(report):
        return inline, report
    filled = inline.with_defaults(reasons.FILLED_BEFORE.about())
    report = engine.check(Source(path=path, text=filled.text, arguments=inline.arguments), config)
    findings = [one for one in report.findings if not (one.rule == _UNREADABLE and _stands_in_line(filled, one.span))]
    return filled, replace(report, findings=tuple(findings))


def _is_unreadable(report: Report) -> bool:
    return any(one.rule == _UNREADABLE for one in report.findings)


def _stands_in_line(inline: Inline, span: Span) -> bool:
    """Return whether a variable of the host stands in the line of a place."""
    start = inline.text.rfind("\n", 0, span.start) + 1
    end = inline.text.find("\n", span.start)
    end = len(inline.text) if end < 0 else end
    return any(start <= one.start <= end for one in inline.unknown)


def _read(source: Source, kind: Kind) -> list[Inline]:
    bom = source.text.startswith("\ufeff")
    text = source.text[bom:]
    try:
        if kind == "compose":
            inlines = yaml.compose(text)
        elif source.path.lower().endswith(".json"):
            inlines = yaml.bake_json(text)
        else:
            inlines = hcl.bake(text)
    except UnreadableHostError as error:
        error.offset += bom
        raise
    except RecursionError:
        raise UnreadableHostError("it is nested too deeply", 0) from None
    return [replace(one, offsets=tuple(at + bom for at in one.offsets)) for one in inlines] if bom else inlines


def _report(source: Source, examined: Sequence[_Examined]) -> Report:
    findings = [finding for one in examined for finding in one.placed(one.report.findings)]
    findings.sort(key=lambda one: (one.span, one.rule))
    suppressed = [
        replace(hidden, finding=one.placed([hidden.finding])[0]) for one in examined for hidden in one.report.suppressed
    ]
    return Report(source=source, findings=tuple(findings), suppressed=tuple(suppressed))


def _unreadable(source: Source, error: UnreadableHostError, kind: Kind, config: Config) -> Report:
    span = Span(error.offset, error.offset)
    message = f"cannot be read as a {kind.capitalize()} file: {error}"
    finding = Finding(rule=_UNREADABLE, message=message, span=span, instruction=span)
    kept, hidden = allowed([] if finding.rule in config.disable else [finding], config, {})
    return Report(source=source, findings=tuple(kept), suppressed=tuple(hidden))
