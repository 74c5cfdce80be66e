"""Pragmas and the allowlist."""

from __future__ import annotations

from datetime import date

import pytest

from cachemount.dockerfile.reader import read
from cachemount.findings import Finding
from cachemount.policy.model import Allow, Config
from cachemount.policy.suppress import Suppressed, apply
from cachemount.source import Source

RUN = "RUN pip install flask\n"
TODAY = date(2026, 11, 1)


def sift(
    text: str, config: Config | None = None, rule: str = "missing-cache-mount"
) -> tuple[list[str], list[Suppressed]]:
    """Give each RUN a finding of `rule`: those that count, as `line: rule: message`, and those that are hidden."""
    source = Source(path="Dockerfile", text=text)
    dockerfile = read(source)
    findings = [
        Finding(
            rule=rule,
            message="bad",
            span=instruction.span,
            instruction=instruction.span,
            stage=stage.label,
            manager="pip",
        )
        for stage in dockerfile.stages
        for instruction in stage.instructions
        if instruction.keyword == "RUN"
    ]
    kept, hidden = apply(dockerfile, findings, config or Config())
    shown = [f"{source.position(one.span.start).line}: {one.rule}: {one.message}" for one in kept]
    return shown, hidden


@pytest.mark.parametrize(
    "text",
    [
        f"FROM x\n# cachemount: ignore[missing-cache-mount] small\n{RUN}",
        f"FROM x\n#cachemount:ignore[ missing-cache-mount ]: small\n{RUN}",
        f"FROM x\n# cachemount: ignore[missing-cache-mount] small\n# hadolint ignore=DL3042\n{RUN}",
        f"FROM x\n# hadolint ignore=DL3042\n# cachemount: ignore[missing-cache-mount] -- small\n\n{RUN}",
        "FROM x\nRUN true && \\\n  # cachemount: ignore[missing-cache-mount] small\n  pip install flask\n",
        f"FROM x\r\n# cachemount: ignore[missing-cache-mount] small\r\n{RUN}",
        f"# syntax=docker/dockerfile:1\n# cachemount: ignore-file[missing-cache-mount] small\nFROM x\n{RUN}",
        f"\ufeff# cachemount: ignore-file[missing-cache-mount] small\nFROM x\n{RUN}",
    ],
)
def test_a_pragma_hides(text: str) -> None:
    kept, hidden = sift(text)
    assert kept == []
    assert [(one.by, one.reason) for one in hidden] == [("pragma", "small")]


def test_a_pragma_hides_in_its_instruction_alone() -> None:
    kept, hidden = sift(f"FROM x\n{RUN}# cachemount: ignore[missing-cache-mount] small\n{RUN}{RUN}")
    assert kept == ["2: missing-cache-mount: bad", "5: missing-cache-mount: bad"]
    assert len(hidden) == 1


def test_a_pragma_for_the_file_hides_everywhere() -> None:
    kept, hidden = sift(f"# cachemount: ignore-file[missing-cache-mount] all small\nFROM x\n{RUN}FROM y\n{RUN}")
    assert kept == []
    assert len(hidden) == 2


WRONG = [
    (
        "ignore[missing-cache-mount]",
        "this pragma hides nothing because it gives no reason; write the reason after `]`",
    ),
    (
        "ignore[missing-cache-mount] --",
        "this pragma hides nothing because it gives no reason; write the reason after `]`",
    ),
    ("ignore[missing-cache-mont] r", "unknown rule `missing-cache-mont`; did you mean `missing-cache-mount`?"),
    ("ignore[] r", "this pragma names no rule; the form is `# cachemount: ignore[rule] reason`"),
    ("ignore r", "this pragma is malformed and hides nothing; the form is `# cachemount: ignore[rule] reason`"),
    (
        "disable[missing-cache-mount] r",
        "this pragma is malformed and hides nothing; the form is `# cachemount: ignore[rule] reason`",
    ),
    ("ignore[unused-suppression] r", "`unused-suppression` cannot be ignored"),
]


@pytest.mark.parametrize(("pragma", "message"), WRONG)
def test_mistakes_in_a_pragma(pragma: str, message: str) -> None:
    kept, hidden = sift(f"FROM x\n# cachemount: {pragma}\n{RUN}")
    assert kept == [f"2: unused-suppression: {message}", "3: missing-cache-mount: bad"]
    assert hidden == []


def test_a_pragma_without_its_colon() -> None:
    kept, _ = sift(f"FROM x\n# cachemount ignore[missing-cache-mount] r\n{RUN}")
    assert kept[0].startswith("2: unused-suppression: this pragma is malformed")


def test_a_comment_about_cachemount_is_no_pragma() -> None:
    kept, _ = sift(f"FROM x\n# cachemount needs BuildKit\n# see cachemount: ignore[x]\n{RUN}")
    assert kept == ["4: missing-cache-mount: bad"]


def test_the_good_rules_of_a_pragma_hold_beside_a_bad_one() -> None:
    kept, hidden = sift(f"FROM x\n# cachemount: ignore[missing-cache-mount, zebra,] r\n{RUN}")
    assert len(hidden) == 1
    assert kept[0].startswith("2: unused-suppression: unknown rule `zebra`; known are ")
    assert kept[1] == "2: unused-suppression: a rule is missing"


def test_a_pragma_that_hides_nothing() -> None:
    kept, _ = sift(
        f"FROM x\n# cachemount: ignore[missing-cache-mount, invalid-mount] r\n{RUN}"
        "# cachemount: ignore[disabled-cache] r\nCMD x\n"
    )
    assert kept == [
        "2: unused-suppression: this pragma hides nothing: `invalid-mount` is not found here; delete it",
        "4: unused-suppression: this pragma hides nothing: `disabled-cache` is not found here; delete it",
    ]
    kept, _ = sift("# cachemount: ignore-file[invalid-mount] r\nFROM x\n")
    assert kept == [
        "1: unused-suppression: this pragma hides nothing: `invalid-mount` is not found in this file; delete it"
    ]


def test_a_pragma_at_the_end() -> None:
    kept, _ = sift("FROM x\n# cachemount: ignore[invalid-mount] r\n")
    assert kept == [
        "2: unused-suppression: this pragma hides nothing: no instruction follows; `ignore-file` is for the whole file"
    ]


def test_a_pragma_above_a_parser_directive() -> None:
    kept, _ = sift(f"# cachemount: ignore-file[missing-cache-mount] r\n# syntax=docker/dockerfile:1\nFROM x\n{RUN}")
    assert kept[0] == (
        "1: unused-suppression: this pragma turns the `# syntax=` below it into a mere comment; move it below"
    )


def test_rules_that_are_switched_off_and_narrowed_runs_judge_no_pragma() -> None:
    text = "FROM x\n# cachemount: ignore[invalid-mount] r\nCMD x\n"
    assert sift(text, Config(disable=frozenset({"unused-suppression"})))[0] == []
    assert sift(text, Config(narrowed=True))[0] == []


def test_without_suppressions_nothing_is_hidden() -> None:
    config = Config(suppressions=False, allow=(Allow(reason="r", managers=("pip",)),))
    kept, hidden = sift(f"FROM x\n# cachemount: ignore[missing-cache-mount] small\n{RUN}", config)
    assert kept == ["3: missing-cache-mount: bad"]
    assert hidden == []


TEXT = f"FROM registry.example/hardened/python:3 AS base\nFROM base AS runtime\n{RUN}"


@pytest.mark.parametrize(
    ("entry", "hides"),
    [
        (Allow(reason="r", paths=("a/*",)), True),
        (Allow(reason="r", paths=("b/*", "a/Dockerfile")), True),
        (Allow(reason="r", paths=("b/*",)), False),
        (Allow(reason="r", rules=("missing-cache-mount",)), True),
        (Allow(reason="r", rules=("invalid-mount",)), False),
        (Allow(reason="r", managers=("pip", "apt")), True),
        (Allow(reason="r", managers=("apt",)), False),
        (Allow(reason="r", stages=("run*",)), True),
        (Allow(reason="r", stages=("base", "0")), False),
        (Allow(reason="r", images=("registry.example/hardened/*",)), True),
        (Allow(reason="r", images=("base",)), False),
        (Allow(reason="r", managers=("pip",), stages=("base",)), False),
    ],
)
def test_all_fields_of_an_entry_must_match(entry: Allow, hides: bool) -> None:
    kept, hidden = sift(TEXT, Config(file="a/Dockerfile", allow=(entry,)))
    assert (kept == []) is hides
    assert [(one.by, one.reason, one.entries) for one in hidden] == ([("allowlist", "r", (0,))] if hides else [])


def test_an_expired_entry_gives_the_finding_back_and_says_so() -> None:
    old = Allow(reason="until the move", managers=("pip",), expires=date(2026, 10, 31), line=7)
    config = Config(path=".cachemount.toml", allow=(old,), today=TODAY)
    kept, hidden = sift(f"{TEXT}{RUN}", config)
    said = "the allowlist entry for this (.cachemount.toml:7) expired on 2026-10-31; its reason was: until the move"
    assert kept == [
        f"3: expired-suppression: {said}",
        "3: missing-cache-mount: bad",
        "4: missing-cache-mount: bad",
    ]
    assert hidden == []
    quiet = Config(allow=(old,), today=TODAY, disable=frozenset({"expired-suppression"}))
    assert sift(TEXT, quiet)[0] == ["3: missing-cache-mount: bad"]


def test_another_entry_or_a_pragma_beside_an_expired_one() -> None:
    old = Allow(reason="old", managers=("pip",), expires=date(2026, 10, 31))
    config = Config(allow=(old, Allow(reason="new", stages=("runtime",))), today=TODAY)
    kept, hidden = sift(TEXT, config)
    assert kept == []
    assert [(one.reason, one.entries) for one in hidden] == [("new", (1,))]
    config = Config(allow=(old,), today=TODAY)
    assert sift(f"FROM x\n# cachemount: ignore[missing-cache-mount] small\n{RUN}", config)[0] == []


def test_a_pragma_does_not_make_an_entry_stale() -> None:
    config = Config(allow=(Allow(reason="r", managers=("pip",)),))
    _, hidden = sift(f"FROM x\n# cachemount: ignore[missing-cache-mount] small\n{RUN}", config)
    assert [(one.by, one.entries) for one in hidden] == [("pragma", (0,))]
