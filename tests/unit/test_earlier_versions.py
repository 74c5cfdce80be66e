"""What version 0.1.0 wrote is still understood: baselines, and what services know findings by.

The files were written by commit f8a409e for the Dockerfile in checked.txt.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cachemount.program.main import main

WRITTEN = Path(__file__).parent / "written_by_0_1_0"


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("Dockerfile").write_bytes((WRITTEN / "checked.txt").read_bytes())


def test_the_baseline_hides_what_it_hid(capsys: pytest.CaptureFixture[str]) -> None:
    Path(".cachemount-baseline.jsonl").write_bytes((WRITTEN / "baseline.jsonl").read_bytes())
    assert main("check-cache-mounts", ["Dockerfile"]) == 0
    assert capsys.readouterr().out == "No findings in 1 file (4 in the baseline).\n"


def test_gitlab_knows_each_finding_again(capsys: pytest.CaptureFixture[str]) -> None:
    main("check-cache-mounts", ["--format", "gitlab", "Dockerfile"])
    before = json.loads((WRITTEN / "report.gitlab").read_text(encoding="utf-8"))
    after = json.loads(capsys.readouterr().out)
    assert [one["fingerprint"] for one in after] == [one["fingerprint"] for one in before]


def test_a_reader_of_the_json_finds_what_it_read(capsys: pytest.CaptureFixture[str]) -> None:
    main("check-cache-mounts", ["--format", "json", "Dockerfile"])
    before = json.loads((WRITTEN / "report.json").read_text(encoding="utf-8"))
    after = json.loads(capsys.readouterr().out)
    assert before.keys() <= after.keys()
    for old, new in zip(before["findings"], after["findings"], strict=True):
        # The words may change, and fixes may; no field may be missing.
        assert old.keys() <= new.keys()
        changing = {"message", "fix"}
        assert {key: old[key] for key in old.keys() - changing} == {key: new[key] for key in old.keys() - changing}
        assert (old["fix"] or {}).keys() <= (new["fix"] or {}).keys() or new["fix"] is None
