"""Pragmas, allowlist and baseline: each hides what it says and nothing else."""

from __future__ import annotations

import zlib
from collections import Counter
from random import Random

from cachemount import engine
from cachemount.findings import Finding
from cachemount.fingerprints import fingerprint
from cachemount.policy import baseline
from cachemount.policy.model import UNSUPPRESSIBLE, Allow, Config, Known
from cachemount.source import Source
from fuzz import dockerfiles, seeds
from fuzz.suite import Suite, expect, to_bytes

_REASON = "the reason"


def check(text: str) -> None:
    source = Source(path="Dockerfile", text=text)
    report = engine.check(source)
    if not report.findings or any(one.rule == "unreadable-dockerfile" for one in report.findings):
        _unreadable(source, report.findings)
        return
    rng = Random(zlib.crc32(to_bytes(text)))
    chosen = [one for one in report.findings if one.rule not in UNSUPPRESSIBLE]
    if not chosen or rng.random() < 0.2:
        _known(source, report.findings)
        return
    one = rng.choice(chosen)
    rng.choice((_pragma, _pragma, _entry, _disabled))(source, report, one)


def _shown(source: Source, findings: list[Finding] | tuple[Finding, ...]) -> Counter[tuple[str, str, str | None, str]]:
    return Counter((one.rule, source.slice(one.span), one.manager, source.slice(one.instruction)) for one in findings)


def _pragma(source: Source, report: engine.Report, one: Finding) -> None:
    """Check that a pragma above the instruction hides this rule's findings there."""
    text = source.text
    at = text.rfind("\n", 0, one.instruction.start) + 1
    if not at and text.startswith("\ufeff"):
        at = 1
    if text[at : one.instruction.start].strip():
        return
    same = [other for other in report.findings if (other.rule, other.instruction) == (one.rule, one.instruction)]
    end = "\r\n" if "\r\n" in text else "\n"
    changed = Source(path=source.path, text=f"{text[:at]}# cachemount: ignore[{one.rule}] {_REASON}{end}{text[at:]}")
    after = engine.check(changed)
    mine = [hidden.finding for hidden in after.suppressed if hidden.reason == _REASON]
    rest = [other for other in report.findings if other not in same]
    inside = {other.rule for other in (*after.findings, *report.findings) if other.rule in UNSUPPRESSIBLE}
    # An instruction can have one of its pragmas inside, which then hides nothing more.
    if not inside:
        expect(
            _shown(changed, mine) == _shown(source, same),
            "a pragma hides something else",
            (one.rule, repr(changed.text)),
        )
        expect(
            _shown(changed, after.findings) == _shown(source, rest),
            "a pragma changes other findings",
            (one.rule, repr(changed.text)),
        )
    fixed, left = engine.fix(changed)
    expect(
        f"# cachemount: ignore[{one.rule}] {_REASON}" in fixed.text, "a repair takes a pragma away", repr(fixed.text)
    )
    unused = [other for other in left.findings if other.rule == "unused-suppression"]
    had = [other for other in after.findings if other.rule == "unused-suppression"]
    # A fix of something else, of one digit even, may do away with what it hides.
    expect(len(unused) <= len(had) or fixed.text != changed.text, "a pragma comes to hide nothing")


def _entry(source: Source, report: engine.Report, one: Finding) -> None:
    """Check that an allowlist entry hides what all of its fields match."""
    allow = Allow(
        reason=_REASON,
        paths=("a/**",),
        rules=(one.rule,),
        managers=(one.manager,) if one.manager else (),
        stages=(one.stage,) if one.stage and not set(one.stage) & set("*?[") else (),
    )
    config = Config(path=".cachemount.toml", file="a/Dockerfile", allow=(allow,))
    after = engine.check(source, config)
    hidden = {id(two.finding) for two in after.suppressed if two.by == "allowlist"}
    expect(len(after.findings) + len(hidden) == len(report.findings), "an entry makes findings", repr(source.text))
    expect(any(two.finding == one for two in after.suppressed), "an entry does not hide", one)
    expect(
        all(
            (two.finding.rule == one.rule and two.finding.manager == one.manager) or not one.manager
            for two in after.suppressed
            if two.by == "allowlist"
        ),
        "an entry hides more",
    )
    other = engine.check(source, config.for_file("b/Dockerfile"))
    expect(other.findings == report.findings, "an entry for another file changes findings")


def _disabled(source: Source, report: engine.Report, one: Finding) -> None:
    after = engine.check(source, Config(disable=frozenset({one.rule, *UNSUPPRESSIBLE})))
    rest = [other for other in report.findings if other.rule != one.rule and other.rule not in UNSUPPRESSIBLE]
    expect(list(after.findings) == rest, "switching a rule off changes others", one.rule)


def _known(source: Source, findings: tuple[Finding, ...]) -> None:
    """Check that a baseline of all findings leaves only those that cannot be hidden."""
    counted = Counter(fingerprint(source, one) for one in findings if one.rule not in UNSUPPRESSIBLE)
    read = baseline.parse("b", baseline.render({"Dockerfile": counted}))
    own = read.files.get("Dockerfile", Counter())
    expect(own == counted, "another baseline after writing it", counted)
    after = engine.check(source, Config(known=Known(own=own)))
    left = [one for one in after.findings if one.rule not in UNSUPPRESSIBLE]
    expect(not left, "a finding that its baseline does not hide", left[:1])
    expect(
        len(after.findings) + sum(one.by == "baseline" for one in after.suppressed) == len(findings),
        "a baseline makes findings",
    )
    expect(engine.fix(source, Config(known=Known(own=own)))[0].text == source.text, "a repair of what a baseline hides")


def _unreadable(source: Source, findings: tuple[Finding, ...]) -> None:
    if findings:
        _known(source, findings)
        allow = Allow(reason=_REASON, rules=("unreadable-dockerfile",))
        after = engine.check(source, Config(path="c", file="Dockerfile", allow=(allow,)))
        expect(not after.findings, "an entry does not hide what cannot be read", after.findings)


def generate(rng: Random) -> str:
    return dockerfiles.dockerfile(rng)


SUITE = Suite(name="suppressions", weight=1, generate=generate, check=check, seeds=seeds.dockerfiles)
