"""What version 0.1.0 wrote is still understood: baselines, what programs read, and what services know findings by.

The files were written by commit f8a409e for the text in checked.txt of their folder. `rules` has a finding of each rule
that one Dockerfile can give.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cachemount.program.main import main
from cachemount.rules import RULES

WRITTEN = Path(__file__).parent / "written_by_0_1_0"
FOLDERS = {"common": "Dockerfile", "rules": "Dockerfile", "compose": "compose.yaml"}
# Found in a configuration, in a file that cannot be read.
OF_OTHER_FILES = {"expired-suppression", "unreadable-dockerfile"}
pytestmark = pytest.mark.parametrize("folder", FOLDERS)


@pytest.fixture(autouse=True)
def _checked(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(FOLDERS[folder]).write_bytes((WRITTEN / folder / "checked.txt").read_bytes())


def check(folder: str, *options: str) -> int:
    kind = "-compose" if folder == "compose" else ""
    return main(f"check{kind}-cache-mounts", [*options, FOLDERS[folder]])


def before_and_after(folder: str, form: str, capsys: pytest.CaptureFixture[str]) -> tuple[Any, Any]:
    assert check(folder, "--format", form) == 1
    before = json.loads((WRITTEN / folder / f"report.{form}").read_text(encoding="utf-8"))
    return before, json.loads(capsys.readouterr().out)


def test_the_baseline_hides_what_it_hid(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = (WRITTEN / folder / "baseline.jsonl").read_bytes()
    Path(".cachemount-baseline.jsonl").write_bytes(baseline)
    frozen = baseline.count(b"\n") - 1
    pragmas = folder == "rules"
    # No baseline takes up a pragma that hides nothing.
    assert check(folder) == pragmas
    out = capsys.readouterr().out
    said = f"1 finding in 1 file ({frozen}" if pragmas else f"No findings in 1 file ({frozen}"
    assert out.count("[unused-suppression]") == pragmas
    assert f"{said} in the baseline)" in out
    # Written anew, it holds the same findings.
    check(folder, "--write-baseline")
    assert sorted(Path(".cachemount-baseline.jsonl").read_bytes().split(b"\n")) == sorted(baseline.split(b"\n"))


def test_gitlab_knows_each_finding_again(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = before_and_after(folder, "gitlab", capsys)
    assert [one["fingerprint"] for one in after] == [one["fingerprint"] for one in before]


def test_code_scanning_knows_each_finding_again(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = (one["runs"][0] for one in before_and_after(folder, "sarif", capsys))
    # GitHub knows them by rule and place, and makes the fingerprints itself.
    assert {one["id"] for one in before["tool"]["driver"]["rules"]} <= {
        one["id"] for one in after["tool"]["driver"]["rules"]
    }
    assert before.keys() <= after.keys()
    for old, new in zip(before["results"], after["results"], strict=True):
        assert (old["ruleId"], old["locations"]) == (new["ruleId"], new["locations"])
        assert old["properties"].items() <= new["properties"].items()
        assert old.keys() - {"fixes"} <= new.keys()


def test_a_reader_of_the_json_finds_what_it_read(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = before_and_after(folder, "json", capsys)
    assert before.keys() <= after.keys()
    assert before["version"] == after["version"]
    for old, new in zip(before["findings"], after["findings"], strict=True):
        # The words may change, and fixes may; no field may be missing.
        assert old.keys() <= new.keys()
        changing = {"message", "fix"}
        assert {key: old[key] for key in old.keys() - changing} == {key: new[key] for key in old.keys() - changing}
        assert (old["fix"] or {}).keys() <= (new["fix"] or {}).keys() or new["fix"] is None


def test_the_folders_have_each_rule(folder: str) -> None:
    found = {
        one["rule"] for one in json.loads((WRITTEN / folder / "report.json").read_text(encoding="utf-8"))["findings"]
    }
    assert folder != "rules" or found == {rule.name for rule in RULES} - OF_OTHER_FILES
