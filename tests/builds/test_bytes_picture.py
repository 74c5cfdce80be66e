"""The picture of bytes, and that the documents show what is recorded."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from builds.bytes_picture import Bars, picture
from generate_docs import PICTURE, PROOFS, bytes_picture, filled


def test_bars_are_as_long_as_their_bytes() -> None:
    root = ElementTree.fromstring(picture([Bars("pip", 10_000_000, 0), Bars("apt", 20_000_000, 5_000_000)]))
    bars = [one for one in root.iter() if one.get("class") in ("before", "after")]
    assert [float(bar.get("width", "")) for bar in bars] == [410, 102.5, 205, 1]
    names = [one.text for one in root.iter() if one.get("text-anchor") == "end"]
    assert names == ["apt", "pip"]


def test_the_picture_is_of_what_is_recorded() -> None:
    assert PICTURE.read_text(encoding="utf-8") == bytes_picture(), "run `python tests/generate_docs.py`"


@pytest.mark.slow
def test_the_tables_are_of_what_is_recorded() -> None:
    text = PROOFS.read_text(encoding="utf-8")
    assert filled(PROOFS, text) == text, "run `python tests/generate_docs.py`"
