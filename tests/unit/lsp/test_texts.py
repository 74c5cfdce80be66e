"""Places, changes and comments of the language server, without a client."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import CodeAction, Diagnostic, Position, PositionEncodingKind, Range, TextEdit
from pygls.workspace import PositionCodec

import not_repaired
from cachemount.engine import check, fix
from cachemount.lsp.actions import FIX_ALL, Offer
from cachemount.lsp.analysis import Analysis, Change, task_for
from cachemount.lsp.changes import changes
from cachemount.lsp.positions import Positions
from cachemount.lsp.texts import markdown, message, plain
from cachemount.program.runner import Task
from cachemount.reasons import REASONS, Reason
from cachemount.rules import RULES
from cachemount.rules.model import Rule
from cachemount.source import Source
from editor import edited
from generate_docs import PAGES, ROOT
from test_docs import blocks

TEXTS = st.text(alphabet="ab \n\r\u2028\x0b\u00e9\u20ac\U0001f600", max_size=40)
ENCODINGS = [PositionEncodingKind.Utf8, PositionEncodingKind.Utf16, PositionEncodingKind.Utf32]


@pytest.mark.parametrize(
    ("encoding", "character"),
    list(zip(ENCODINGS, [1 + 2 + 3 + 4, 1 + 1 + 1 + 2, 4], strict=True)),
)
def test_a_character_has_as_many_units_as_the_encoding_says(encoding: PositionEncodingKind, character: int) -> None:
    positions = Positions("x\r\na\u00e9\u20ac\U0001f600b\rc", PositionCodec(encoding))
    assert positions.position(7) == Position(1, character)
    assert positions.offset(Position(1, character)) == 7
    assert positions.offset(Position(1, 999)) == 8
    assert positions.position(9) == Position(2, 0)
    assert positions.offset(Position(9, 0)) == 10


@given(text=TEXTS, encoding=st.sampled_from(ENCODINGS))
def test_every_place_is_found_again(text: str, encoding: PositionEncodingKind) -> None:
    positions = Positions(text, PositionCodec(encoding))
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n" or not offset:
            assert positions.offset(positions.position(offset)) == offset


@given(before=TEXTS, after=TEXTS)
def test_an_editor_that_makes_the_changes_has_the_text(before: str, after: str) -> None:
    positions = Positions(before, PositionCodec())
    edits = [TextEdit(range=positions.range(span), new_text=text) for span, text in changes(before, after)]
    assert edited(before, edits) == after


def test_changes_leave_what_is_the_same() -> None:
    before = "FROM a\r\nRUN npm ci\r\nRUN true\r\nRUN pip install b\r\n"
    after = before.replace("RUN npm", "RUN --mount=x \\\r\n    npm").replace("RUN pip", "RUN --mount=y pip")
    assert [(before[slice(*span)], text) for span, text in changes(before, after)] == [
        ("", "--mount=x \\\r\n    "),
        ("", "--mount=y "),
    ]


def analysed(text: str) -> Analysis:
    task = task_for("/nowhere/Dockerfile", "dockerfile")
    assert isinstance(task, Task)
    return Analysis(task, text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_is_offered_for_each_rule(rule: Rule) -> None:
    text = blocks((PAGES / f"{rule.name}.md").read_text(encoding="utf-8"), "dockerfile")[0]
    analysis = analysed(text)
    for index, finding in enumerate(analysis.report.findings):
        assert rule.summary in markdown([finding]) or finding.rule != rule.name
        assert finding.message in plain([finding])
        ignored = analysis.make("ignore", index)
        assert (ignored == text) is (finding.rule in ("unused-suppression", "unreadable-dockerfile"))
        left = check(ignored).findings
        # One comment is for all findings of its rule in the step.
        assert ignored == text or len(left) < len(analysis.report.findings)
        if finding.fix is not None:
            assert analysis.make("fix", index) != text
    assert analysis.make("all", 0) == fix(Source(path="Dockerfile", text=text))[0].text


@pytest.mark.slow
@pytest.mark.parametrize("reason", REASONS, ids=lambda one: one.id)
def test_a_message_has_the_reason_and_the_way_out(reason: Reason) -> None:
    sections = not_repaired.sections(not_repaired.EXAMPLES.read_text(encoding="utf-8"))
    shown = not_repaired.example(sections[reason.id])
    report = shown.of_wrong()
    why = not_repaired.given(report, reason)
    finding = next(one for one in report.findings if not_repaired.withheld(one) == why)
    title = "no fix" if finding.fix is None else "no safe fix"
    parts = ((title, why), ("way out", why.way_out), ("the unsafe fix", why.unsafe))
    by_hand = [f"    {change}" for change in finding.by_hand.split("\n")] if finding.by_hand else []
    assert message(finding).splitlines()[1:] == [
        *(f"{name}: {text}" for name, text in parts if text),
        *(["the lines to write by hand:", *by_hand] if by_hand else []),
    ]


def test_a_fix_of_several_findings_is_offered_once() -> None:
    analysis = analysed("FROM haskell:9.6\nRUN stack run\nRUN stack build\n")
    findings = analysis.report.findings
    assert len(findings) == 2
    place = Range(Position(0, 0), Position(0, 0))

    def attach(_action: CodeAction, change: Change, index: int) -> bool:
        return analysis.can_make(change, index)

    offer = Offer(analysis, attach, lambda one: Diagnostic(range=place, message=one.message))
    fix_, *comments = offer.actions([0, 1], ["quickfix"])
    assert len(fix_.diagnostics or ()) == 2
    assert ["cachemount: ignore" in one.title for one in comments] == [True, True]


def test_the_page_about_editors_can_be_copied_from() -> None:
    page = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")
    settings = [json.loads(text) for text in blocks(page, "json")]
    assert len(settings) == 3
    # The list says it, and Neovim, Emacs, Helix, VS Code and Zed what is done on save.
    assert page.count(FIX_ALL) == 6
