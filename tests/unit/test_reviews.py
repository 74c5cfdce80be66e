"""The lists of files that were read by eye can be followed to the files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
LISTS = sorted((TESTS / "reviews").glob("*.jsonl"))
KINDS = ("right", "breaks: ", "lint: ", "useless: ", "unwanted: ", "style: ", "wrong: ", "missed: ", "open: ")


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_each_line_names_a_file_and_a_verdict(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines
    for line in lines:
        one = json.loads(line)
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", one["repository"]), line
        assert re.fullmatch(r"[0-9a-f]{40}", one["commit"]), line
        assert one["path"], line
        assert one["verdict"].startswith(KINDS) or one["verdict"] == "wrong", line
        mended = one.get("mended")
        folders = (TESTS / "cases" / "rules", TESTS / "cases", TESTS)
        assert mended is None or any((folder / mended).is_file() for folder in folders), line


def test_what_would_break_a_build_is_mended() -> None:
    found = [json.loads(line) for path in LISTS for line in path.read_text(encoding="utf-8").splitlines()]
    assert [one for one in found if one["verdict"].startswith("breaks: ") and "mended" not in one] == []
