"""The four files of the mission: the incorrect ones are blocked, and repaired they are the correct ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cachemount.engine import check, fix
from cachemount.source import Source

EXAMPLES = Path(__file__).parent / "examples"
LINES = {"apt": 2, "go": 4, "npm": 4, "pip": 4}


def example(folder: str, name: str) -> Source:
    path = EXAMPLES / folder / f"{name}.Dockerfile"
    return Source.from_bytes(str(path), path.read_bytes())


@pytest.mark.parametrize("name", LINES)
def test_an_incorrect_file_is_blocked_at_its_line(name: str) -> None:
    source = example("bad", name)
    (finding,) = check(source).findings
    assert finding.rule == "missing-cache-mount"
    assert finding.manager == name
    assert source.position(finding.span.start).line == LINES[name]


@pytest.mark.parametrize("name", LINES)
def test_a_correct_file_passes(name: str) -> None:
    assert check(example("good", name)).findings == ()


@pytest.mark.parametrize("name", LINES)
def test_a_repaired_file_is_the_correct_one_but_for_comments(name: str) -> None:
    repaired, report = fix(example("bad", name))
    assert repaired.text == re.sub(r"(?m)^#.*\n", "", example("good", name).text)
    assert report.findings == ()
