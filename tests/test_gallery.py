"""The page of Dockerfiles before and after: it is the current one, and what stands there is so."""

from __future__ import annotations

import pytest

import gallery
from cachemount import engine
from generate_docs import GALLERY

EXAMPLES = list(gallery.examples())


def test_the_page_is_the_current_one() -> None:
    assert GALLERY.read_text(encoding="utf-8") == gallery.page(), "run `python tests/generate_docs.py`"


@pytest.mark.parametrize("text", [text for _, text in EXAMPLES], ids=[heading for heading, _ in EXAMPLES])
def test_what_is_found_is_fixed_for_good(text: str) -> None:
    assert engine.check(text).findings
    fixed, report = engine.fix(text)
    assert report.findings == ()
    assert engine.fix(fixed)[0].text == fixed.text


def test_the_four_managers_come_first_and_then_mounts_that_were_useless() -> None:
    assert [heading for heading, _ in EXAMPLES[:4]] == ["apt", "pip", "npm", "go"]
    found = {one.rule for _, text in EXAMPLES[4:-1] for one in engine.check(text).findings}
    assert "missing-cache-mount" not in found
    assert len(found) >= 6
    assert len(EXAMPLES[4:-1]) == 10, "README says how many"
