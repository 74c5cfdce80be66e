"""Checking and repairing one Dockerfile: pure functions of text, without input or output."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial

from cachemount import reasons
from cachemount.dockerfile.model import BeyondLimitsError, Dockerfile, UnreadableDockerfileError
from cachemount.dockerfile.reader import read
from cachemount.facts.builder import build_facts
from cachemount.findings import Edit, Finding, Fix
from cachemount.policy.model import Config
from cachemount.policy.suppress import Suppressed, allowed, apply, known
from cachemount.reasons import Withheld
from cachemount.records import Record, replace
from cachemount.results import locate, unicode
from cachemount.rules import RULES, WITHOUT_MOUNTS
from cachemount.rules.model import Rule
from cachemount.source import ContextFile, Elsewhere, Source, Span
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from cachemount.dockerfile.state.joined import Joined

# A repair of every manager in one step, one after another, and what those ask for.
MAX_ROUNDS = 60


class Report(Record):
    """The result of checking one file.

    `findings` are in order of the text; `suppressed` are those that a pragma, the allowlist or the baseline hides.

    `fixes_made` is how many fixes led to this text, `made` what they are called, each name once, and `found` how many
    findings there were before them.
    """

    source: Source
    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...] = ()
    fixes_made: int = 0
    made: tuple[str, ...] = ()
    found: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the report as `json.dumps` takes it: places as lines and columns, findings as in the JSON format."""
        hidden = (locate(self.source, one.finding, suppressed=one.by, reason=one.reason) for one in self.suppressed)
        return {
            "path": unicode(self.source.path),
            "findings": [locate(self.source, one).to_dict() for one in self.findings],
            "suppressed_findings": [one.to_dict() for one in hidden],
            "fixes_made": self.fixes_made,
        }


class UnsettledError(Exception):
    """The repairs of a file do not come to rest: an internal error."""


def check(
    source: Source | str, config: Config | None = None, *, path: str = "Dockerfile", with_fixes: bool = True
) -> Report:
    """Check a Dockerfile, given as a `Source` or as text (then `path` names it).

    A file that BuildKit would refuse gives one finding, `unreadable-dockerfile`. Raises nothing for bad input. Without
    `with_fixes` the findings have neither `fix` nor `note`, and the check takes about two thirds of the time.
    """
    if isinstance(source, str):
        source = Source(path=path, text=source)
    config = config or Config()
    try:
        return _report(read(source), config, with_fixes=with_fixes)
    except UnreadableDockerfileError as error:
        return _unreadable(source, error, config)


def _unreadable(source: Source, error: UnreadableDockerfileError, config: Config) -> Report:
    span = Span(error.offset, error.offset)
    finding = Finding(
        rule="unreadable-dockerfile",
        message=str(error) if isinstance(error, BeyondLimitsError) else f"BuildKit refuses this file: {error}",
        span=span,
        instruction=span,
        identity=f"cannot be read: {error}",
        severity="error",
    )
    finding = graded(finding, config)
    kept, suppressed = allowed([] if finding.rule in config.disable else [finding], config, {})
    if config.suppressions:
        kept, old = known(source, kept, config)
        suppressed += old
    return Report(source=source, findings=tuple(kept), suppressed=tuple(suppressed), found=len(kept))


def _report(dockerfile: Dockerfile, config: Config, *, with_fixes: bool) -> Report:
    joined = None
    if dockerfile.source.images:
        from cachemount.dockerfile.state.joined import join

        joined = join(dockerfile)
    whole = joined.dockerfile if joined else dockerfile
    found = build_facts(
        whole, with_fixes=with_fixes, id_template=config.id_template, also=config.also, refusal=config.refusal
    )
    findings = [
        finding if rule.severity == "warning" else replace(finding, severity=rule.severity)
        for rule in _rules(mounted=bool(found.mounted))
        if rule.name not in config.disable
        for finding in rule.check(found)
        if finding.manager not in config.disabled_managers
    ]
    if joined:
        findings = [_alone(one, joined) for one in findings if joined.own.start <= one.span.start < joined.own.end]
    if not with_fixes:
        findings = [replace(one, fix=None, note="") if one.fix or one.note else one for one in findings]
    else:
        findings = _doubted(dockerfile, findings)
    kept, suppressed = apply(dockerfile, [graded(one, config) for one in findings], config)
    found.release()
    kept = [graded(one, config) for one in kept]
    return Report(source=dockerfile.source, findings=tuple(kept), suppressed=tuple(suppressed), found=len(kept))


def _doubted(dockerfile: Dockerfile, findings: list[Finding]) -> list[Finding]:
    """Return the findings with the doubts of the whole file, and of the repository, about their fixes."""
    if any(one.fix and one.fix.safe for one in findings):
        from cachemount.repairs.safety.unchanged_files import unchanged

        if reason := unchanged(dockerfile):
            return [_withheld(one, reason) for one in findings]
        if "generated" in dockerfile.source.text.lower():
            from cachemount.repairs.safety.generated_blocks import within

            findings = _leaving(findings, partial(within, dockerfile))
    if not dockerfile.source.context:
        return findings
    from cachemount.repairs.safety.demanded_words import demanded

    words = demanded(dockerfile)
    searching = [one for one in dockerfile.source.context if one.searches]
    if not words and not searching:
        return findings
    return _leaving(findings, partial(_demanded, dockerfile.source.text, words, searching))


def _demanded(
    text: str, words: Sequence[tuple[str, Elsewhere]], searching: Sequence[ContextFile], made: Fix
) -> Withheld | None:
    """Return the reason not to make a fix that changes words or lines which have to stay."""
    from cachemount import fixer
    from cachemount.repairs.safety.demanded_words import changed
    from cachemount.repairs.safety.searched_lines import lost

    after = fixer.apply(text, [made])[0]
    return changed(text, after, words) or lost(text, after, searching)


@cache
def _rules(*, mounted: bool) -> tuple[Rule, ...]:
    """Return the rules for a file that has mounts or has none."""
    return tuple(RULES if mounted else WITHOUT_MOUNTS)


def _alone(finding: Finding, joined: Joined) -> Finding:
    """Return a finding of several files as it stands in its own; a fix that changes another file is left out."""
    start, end = joined.own

    def back(span: Span) -> Span:
        return Span(span.start - start, span.end - start)

    made, note = finding.fix, finding.note
    if made is not None:
        edits = made.edits
        outside = next((one.span.start for one in edits if not start <= one.span.start <= end), None)
        if outside is not None:
            line = joined.dockerfile.source.position(outside).line
            note = made.withheld or reasons.OTHER_FILE.about(where=f"line {line}")
            made = None
        else:
            made = replace(made, edits=tuple(replace(one, span=back(one.span)) for one in edits))
    return replace(finding, span=back(finding.span), instruction=back(finding.instruction), fix=made, note=note)


def _withheld(finding: Finding, reason: Withheld) -> Finding:
    """Return a finding with a reason why its fix is not safe, where there is none yet."""
    made = finding.fix
    return replace(finding, fix=replace(made, safe=False, withheld=reason)) if made and made.safe else finding


def _leaving(findings: list[Finding], doubt: Callable[[Fix], Withheld | None]) -> list[Finding]:
    """Return the findings whose fixes are not safe where there is a doubt about what they change.

    Nor is one that shares an edit with such a fix: it may count on the other, as a setting counts on all mounts.
    """
    doubts: dict[Edit, Withheld] = {}
    left: list[Finding] = []
    for one in findings:
        made = one.fix
        reason = doubt(made) if made and made.safe else None
        if made and reason:
            doubts.update(dict.fromkeys(made.edits, reason))
        left.append(_withheld(one, reason) if reason else one)
    if not doubts:
        return findings
    shared = (
        next((doubts[edit] for edit in one.fix.edits if edit in doubts), None) if one.fix else None for one in left
    )
    return [_withheld(one, reason) if reason else one for one, reason in zip(left, shared, strict=True)]


def graded(finding: Finding, config: Config) -> Finding:
    """Return the finding with the severity that the configuration or its rule gives it."""
    severity = config.severity.get(finding.rule, finding.severity)
    return finding if severity == finding.severity else replace(finding, severity=severity)


def fix(
    source: Source | str, config: Config | None = None, *, path: str = "Dockerfile", unsafe: bool = False
) -> tuple[Source, Report]:
    """Repair a Dockerfile: the repaired source and the report on it. A file that cannot be read comes back as it is.

    It is given as a `Source` or as text (then `path` names it).

    With `unsafe`, repairs that are not safe are made as well. Raises `UnsettledError` when the repairs do not come to
    rest.
    """
    if isinstance(source, str):
        source = Source(path=path, text=source)
    return fix_checked(check(source, config), config, unsafe=unsafe)


def fix_checked(report: Report, config: Config | None = None, *, unsafe: bool = False) -> tuple[Source, Report]:
    """Repair the Dockerfile of a report that `check` gave for this configuration, as `fix` does."""
    source = report.source
    fixes_made = 0
    for _ in range(MAX_ROUNDS):
        fixes = made_together(report, unsafe=unsafe)
        if not fixes:
            return source, report
        from cachemount import fixer

        text, count = fixer.apply(source.text, fixes)
        changed = replace(source, text=text)
        try:
            after = _report(read(changed), config or Config(), with_fixes=True)
        except UnreadableDockerfileError:
            # It may become larger than what is read.
            return source, without_fixes(report, reasons.FILE_TOO_LARGE.about())
        fixes_made += count
        made = tuple(dict.fromkeys((*report.made, *(one.title for one in fixes))))
        source, report = changed, replace(after, fixes_made=fixes_made, made=made, found=report.found)
    if made_together(report, unsafe=unsafe):
        raise UnsettledError(source.path)
    return source, report


def without_fixes(report: Report, note: Withheld) -> Report:
    """Return the report without its fixes, for the reason that `note` gives."""
    return replace(
        report, findings=tuple(replace(one, fix=None, note=note) if one.fix else one for one in report.findings)
    )


def made_together(report: Report, *, unsafe: bool) -> list[Fix]:
    """Return the fixes that are made next."""
    return first_of([one.fix for one in report.findings if one.fix is not None and (one.fix.safe or unsafe)])


def first_of(fixes: list[Fix]) -> list[Fix]:
    """Return the fixes that are made before the others: those that are not safe, if there are any.

    A safe one may count on what the others leave as it is.
    """
    first = [one for one in fixes if not one.safe and reasons.id_of(one.withheld) != reasons.GENERATED_FILE.id]
    return _without_repeated_steps(first) or fixes


def _without_repeated_steps(fixes: list[Fix]) -> list[Fix]:
    """Leave for the next round what inserts the same step as an earlier fix in another place: it may not need it then.

    Where there are more than a file of today has, a step in each place is better than a round for each.
    """
    places: dict[str, Edit] = {}
    made: list[Fix] = []
    later = 0
    for one in fixes:
        steps = [edit for edit in one.edits if not edit.targets and edit.text.lstrip()[:4].upper() == "RUN "]
        repeated = any(places.setdefault(edit.text.strip(), edit) != edit for edit in steps)
        later += repeated
        made += () if repeated else (one,)
    return made if later < MAX_ROUNDS // 4 else fixes
