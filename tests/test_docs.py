"""The examples of the documents, run as they stand, and their links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cachemount import engine
from cachemount.policy.config_reader import parse
from cachemount.policy.model import Config
from cachemount.program.main import main
from cachemount.program.options import FOR_PEOPLE, FORMATS
from cachemount.rules import RULES
from cachemount.rules.model import Rule
from cachemount.source import Source
from case_files import TODAY
from generate_docs import PAGES, README, ROOT, page

DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_page_of_a_rule_is_the_current_one(rule: Rule) -> None:
    assert (PAGES / f"{rule.name}.md").read_text(encoding="utf-8") == page(rule), "run `python tests/generate_docs.py`"


def test_there_is_no_page_without_a_rule() -> None:
    assert {path.stem for path in PAGES.iterdir()} == {rule.name for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_example_of_a_rule_is_found_repaired_and_clean(rule: Rule) -> None:
    text = (PAGES / f"{rule.name}.md").read_text(encoding="utf-8")
    wrong, right = blocks(text, "dockerfile")
    config = parse(".cachemount.toml", "".join(blocks(text, "toml")).encode(), today=TODAY) or Config()
    source = Source(path="Dockerfile", text=wrong)
    findings = engine.check(source, config).findings
    assert rule.name in {finding.rule for finding in findings}
    places = (source.position(one.span.start) for one in findings)
    said = zip(findings, places, strict=True)
    assert blocks(text, "text") == [
        "".join(
            f"Dockerfile:{place.line}:{place.column}: {one.severity}: {one.message} [{one.rule}]\n"
            for one, place in said
        )
    ]
    repaired, _ = engine.fix(source, config)
    if "`fix-cache-mounts` makes this of it" in text:
        assert repaired.text == right
    else:
        assert repaired.text == wrong
    assert engine.check(Source(path="Dockerfile", text=right), config).findings == ()


def test_the_diffs_of_the_readme_are_what_is_repaired() -> None:
    diffs = blocks(README.read_text(encoding="utf-8"), "diff")
    assert len(diffs) >= 3
    for diff in diffs:
        lines = diff.splitlines(keepends=True)
        before, after = ("".join(line[1:] for line in lines if line[0] in " " + sign) for sign in "-+")
        fixed, report = engine.fix(Source(path="Dockerfile", text=before))
        assert fixed.text == after
        assert report.findings == ()


def test_the_json_of_the_page_is_what_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    Path("Dockerfile").write_text("".join(blocks(page, "dockerfile")), encoding="utf-8")
    assert main("check-cache-mounts", ["--format", "json", "Dockerfile"]) == 1
    assert blocks(page, "json") == [capsys.readouterr().out]
    assert re.findall(r"^\| `([a-z][a-z-]+)` \|", page, re.MULTILINE) == [
        one for one in FORMATS if one not in FOR_PEOPLE[1:]
    ]


@pytest.mark.parametrize(
    "document", [ROOT / "docs" / "configuration.md", ROOT / "docs" / "rollout.md"], ids=lambda path: path.name
)
def test_configurations_can_be_read(document: Path) -> None:
    texts = blocks(document.read_text(encoding="utf-8"), "toml")
    assert texts
    for text in texts:
        assert parse(".cachemount.toml", text.encode(), today=TODAY)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (document.parent / link).exists(), link
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors
