"""Runs the case files; `pytest --accept` rewrites them."""

from __future__ import annotations

from pathlib import Path

import pytest

import case_files
from cachemount import engine
from cachemount.records import replace
from case_files import Case, findings_text, load
from plain_run import is_plain


@pytest.mark.parametrize("case", case_files.load_all(), ids=lambda case: case.name)
def test_case(case: Case, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--accept"):
        case_files.accept(case)
        case = next(one for one in load(case.path) if one.title == case.title)
    case_files.verify(case, again=not is_plain(request.config))


@pytest.mark.slow
def test_nothing_safe_is_left_after_the_repair_of_a_case() -> None:
    for case in case_files.load_all():
        case_files.verify(case)


@pytest.mark.slow
def test_a_second_repair_changes_nothing() -> None:
    assert [case.name for case in case_files.load_all() if not case_files.is_settled(case)] == []


@pytest.mark.slow
def test_cases_with_crlf() -> None:
    """Windows line ends change no finding, no place and no repair."""
    for case in case_files.load_all():
        source = replace(case.source, text=case.text("dockerfile").replace("\n", "\r\n"))
        assert findings_text(engine.check(source, case.config)) == case.text("text"), case.name
        assert engine.fix(source, case.config)[0].text == case.fixed.replace("\n", "\r\n"), case.name


@pytest.mark.slow
def test_findings_are_the_same_when_nobody_asks_for_repairs() -> None:
    for case in case_files.load_all():
        report = engine.check(case.source, case.config, with_fixes=False)
        assert findings_text(report) == case.text("text"), case.name
        assert all(finding.fix is None and not finding.note for finding in report.findings), case.name


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("## a\n\n```dockerfile\nFROM x\n", "has no end"),
        ("## a\n\n```text\n```\n", "no `dockerfile` block"),
        ("## a\n\n```docker\n```\n", "no kind of block"),
        ("## a\n\n```dockerfile\n```\n\n```dockerfile\n```\n", "two `dockerfile` blocks"),
        ("## a\n\n```dockerfile\n```\n\n## a\n\n```dockerfile\n```\n", "the same heading"),
    ],
)
def test_a_malformed_case_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        load(_write(tmp_path / "x.md", text))


def test_accept_writes_what_is_and_keeps_the_rest(tmp_path: Path) -> None:
    bad = "FROM python:3.13\nRUN pip install flask==3.0\n"
    path = _write(
        tmp_path / "x.md",
        f"# Pip\n\nWhy.\n\n## bad\n\nSome words.\n\n```dockerfile\n{bad}```\n\nMore words.\n\n"
        "## clean\n\n```dockerfile\nFROM x\n```\n\n"
        "```text\n1:1: wrong [rule]\n```\n\n```dockerfile fixed\nFROM y\n```\n",
    )
    for case in load(path):
        case_files.accept(case)
    first, second = load(path)
    assert first.text("text").startswith("2:5: ")
    assert first.text("text").endswith("[missing-cache-mount]\n")
    assert "--mount=type=cache" in first.text("dockerfile fixed")
    assert list(second.blocks) == ["dockerfile"]
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Pip\n\nWhy.\n\n## bad\n\nSome words.\n\n```dockerfile\n")
    assert "\n```\n\nMore words.\n\n## clean\n\n```dockerfile\nFROM x\n```\n" in text
    for case in load(path):
        case_files.accept(case)
    assert path.read_text(encoding="utf-8") == text
