"""Hiding findings by pragmas and by the allowlist, and reporting those that hide nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from cachemount.dockerfile.model import Dockerfile, Stage
from cachemount.findings import Finding
from cachemount.fingerprints import Fingerprint, fingerprint, kind_of
from cachemount.policy.model import UNSUPPRESSIBLE, Config
from cachemount.policy.pragmas import Pragma, read_pragmas
from cachemount.records import Record
from cachemount.source import Source, Span
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal

UNUSED = "unused-suppression"
EXPIRED = "expired-suppression"
OLD = "it was there before"


class Suppressed(Record):
    """A finding that is hidden, why, and by what. `entries` are the indexes of all allowlist entries that match it."""

    finding: Finding
    reason: str
    by: Literal["pragma", "allowlist", "baseline"]
    entries: tuple[int, ...] = ()


def apply(
    dockerfile: Dockerfile, findings: Iterable[Finding], config: Config
) -> tuple[list[Finding], list[Suppressed]]:
    """Sort findings into those that count and those that are hidden, and add findings about the suppressions.

    Those that count are in order of the text.
    """
    findings = sorted(findings, key=_place)
    if not config.suppressions:
        return findings, []
    pragmas, mistakes = read_pragmas(dockerfile)
    if not (pragmas or mistakes or config.allow or config.known):
        return findings, []
    if not config.pragmas:
        pragmas, mistakes = [], [*mistakes, *(_forbidden(pragma, config) for pragma in pragmas)]
    rest, by_pragma = _by_pragma(findings, pragmas)
    images = {stage.label: _base_image(stage) for stage in dockerfile.stages}
    kept, by_entry = allowed(rest, config, images)
    kept, by_baseline = known(dockerfile.source, kept, config)
    hidden = [*_with_entries(by_pragma, config, images), *by_entry, *by_baseline]
    if not config.narrowed:
        mistakes += _unused(pragmas, by_pragma)
    kept += [mistake for mistake in mistakes if mistake.rule not in config.disable]
    kept.sort(key=_place)
    hidden.sort(key=lambda one: _place(one.finding))
    return kept, hidden


def _place(finding: Finding) -> tuple[Span, str]:
    return finding.span, finding.rule


def allowed(
    findings: Iterable[Finding], config: Config, images: Mapping[str, str]
) -> tuple[list[Finding], list[Suppressed]]:
    """Take out the findings that the allowlist hides; an entry past its date gives a finding beside the first it hid.

    `images` has the base image of each stage, by the stage's label.
    """
    kept: list[Finding] = []
    hidden: list[Suppressed] = []
    expired: dict[int, Finding] = {}
    entries = _Entries(config, images)
    for finding in findings:
        matching = entries.matching(finding) if config.suppressions else ()
        valid = tuple(index for index in matching if not config.allow[index].expired(config.today))
        if valid:
            hidden.append(
                Suppressed(finding=finding, reason=config.allow[valid[0]].reason, by="allowlist", entries=valid)
            )
            continue
        kept.append(finding)
        for index in matching:
            expired.setdefault(index, finding)
    if EXPIRED not in config.disable:
        kept += [_expired(config, index, finding) for index, finding in expired.items()]
    return kept, hidden


def known(source: Source, findings: Iterable[Finding], config: Config) -> tuple[list[Finding], list[Suppressed]]:
    """Take out the findings that the baseline holds, each as often as it holds it.

    An entry that is left over holds a finding of the same kind: a new version of a package makes no new finding.
    """
    if config.known is None:
        return list(findings), []
    own, moved = Counter(config.known.own), Counter(config.known.moved)
    kept: list[Finding] = []
    hidden: list[Suppressed] = []
    for finding in sorted(findings, key=_place):
        one = fingerprint(source, finding)
        left = own if own[one] > 0 else moved
        if left[one] > 0 and finding.rule not in UNSUPPRESSIBLE:
            left[one] -= 1
            hidden.append(Suppressed(finding=finding, reason=OLD, by="baseline"))
        else:
            kept.append(finding)
    kinds: Counter[Fingerprint] = Counter()
    for one, count in own.items():
        kinds[kind_of(one)] += count
    new: list[Finding] = []
    for finding in kept if kinds else ():
        kind = kind_of(fingerprint(source, finding))
        if kinds[kind] > 0 and finding.rule not in UNSUPPRESSIBLE:
            kinds[kind] -= 1
            hidden.append(Suppressed(finding=finding, reason=OLD, by="baseline"))
        else:
            new.append(finding)
    return (new if kinds else kept), hidden


class _Entries:
    """The entries of the allowlist that hide findings of the file; findings of one kind and stage are alike to them."""

    def __init__(self, config: Config, images: Mapping[str, str]) -> None:
        self._covering = [(index, entry) for index, entry in enumerate(config.allow) if entry.covers(config.file)]
        self._images = images
        self._known: dict[tuple[str, str | None, str], tuple[int, ...]] = {}

    def matching(self, finding: Finding) -> tuple[int, ...]:
        key = (finding.rule, finding.manager, finding.stage)
        if key not in self._known:
            image = self._images.get(finding.stage, "")
            self._known[key] = tuple(
                index
                for index, entry in self._covering
                if entry.matches(rule=finding.rule, manager=finding.manager, stage=finding.stage, image=image)
            )
        return self._known[key]


def _forbidden(pragma: Pragma, config: Config) -> Finding:
    message = f"this pragma hides nothing: {config.path} forbids pragmas; an `[[allow]]` entry there can hide findings"
    return Finding(rule=UNUSED, message=message, span=pragma.span, instruction=pragma.span)


def _with_entries(hidden: list[Suppressed], config: Config, images: Mapping[str, str]) -> list[Suppressed]:
    """Credit the allowlist with what a pragma hides as well: neither is at fault for the other."""
    entries = _Entries(config, images)
    return [
        Suppressed(finding=one.finding, reason=one.reason, by=one.by, entries=entries.matching(one.finding))
        for one in hidden
    ]


def _expired(config: Config, index: int, finding: Finding) -> Finding:
    entry = config.allow[index]
    place = f"{config.path}:{entry.line}" if entry.line else config.path
    return Finding(
        rule=EXPIRED,
        message=f"the allowlist entry for this ({place}) expired on {entry.expires}; its reason was: {entry.reason}",
        span=finding.span,
        instruction=finding.instruction,
        stage=finding.stage,
        manager=finding.manager,
    )


def _by_pragma(findings: list[Finding], pragmas: list[Pragma]) -> tuple[list[Finding], list[Suppressed]]:
    at: dict[tuple[int | None, str], Pragma] = {}
    for one in pragmas:
        for rule in one.rules:
            at.setdefault((one.instruction, rule), one)
    kept: list[Finding] = []
    hidden: list[Suppressed] = []
    for finding in findings:
        pragma = at.get((finding.instruction.start, finding.rule)) or at.get((None, finding.rule))
        if pragma is None:
            kept.append(finding)
        else:
            hidden.append(Suppressed(finding=finding, reason=pragma.reason, by="pragma"))
    return kept, hidden


def _unused(pragmas: list[Pragma], hidden: list[Suppressed]) -> list[Finding]:
    """Return a finding for each rule of a pragma that hides nothing.

    Where pragmas overlap, each that could hide a finding counts as used.
    """
    used = {(one.finding.instruction.start, one.finding.rule) for one in hidden}
    rules = {one.finding.rule for one in hidden}
    findings = []
    for pragma in pragmas:
        for rule in pragma.rules:
            if (rule not in rules) if pragma.instruction is None else ((pragma.instruction, rule) not in used):
                where = "in this file" if pragma.instruction is None else "here"
                message = f"this pragma hides nothing: `{rule}` is not found {where}; delete it"
                findings.append(
                    Finding(
                        rule=UNUSED,
                        message=message,
                        span=pragma.span,
                        instruction=pragma.span,
                        identity=f"this pragma hides nothing: there is no `{rule}` {where}; delete it",
                    )
                )
    return findings


def _base_image(stage: Stage) -> str:
    while stage.parent is not None:
        stage = stage.parent
    return stage.image
