"""docs/not-repaired.md: each reason is given by its file, and settled by the way out as it is written there."""

from __future__ import annotations

import pytest

from cachemount.reasons import REASONS, Reason
from generate_docs import ROOT
from not_repaired import example, given, page, sections, withheld

PAGE = ROOT / "docs" / "not-repaired.md"


@pytest.mark.slow
def test_the_page_is_the_current_one() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python tests/generate_docs.py`"


def test_each_reason_of_the_table_has_its_section() -> None:
    assert list(sections(PAGE.read_text(encoding="utf-8"))) == [one.id for one in REASONS]


@pytest.mark.parametrize("reason", REASONS, ids=lambda one: one.id)
@pytest.mark.slow
def test_the_way_out_of_the_page_leads_out(reason: Reason) -> None:
    section = sections(PAGE.read_text(encoding="utf-8"))[reason.id]
    shown = example(section)
    said = given(shown.of_wrong(), reason)
    assert f"not repaired: {said}\n" in section
    assert said.way_out in section
    for finding in shown.of_right().findings:
        assert finding.fix is not None, finding.note
        assert finding.fix.safe, withheld(finding)
