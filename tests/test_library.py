"""cachemount as a library: the examples of docs/python.md, and reports that travel between processes."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest

import case_files
from cachemount import engine
from cachemount.program.main import main
from cachemount.source import Source

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
FIRST, SCAN = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def python(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "hooks")}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_first_example(tmp_path: Path) -> None:
    done = python("-c", FIRST, folder=tmp_path)
    assert done.stdout == (
        "2:5: `pip install` has no cache mount: every rebuild of this step downloads all packages again "
        "[missing-cache-mount]\n"
        "FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install flask\n\n"
    ), done.stderr


@pytest.mark.slow
def test_many_files_in_several_processes(tmp_path: Path) -> None:
    (tmp_path / "scan.py").write_text(SCAN, encoding="utf-8")
    done = python("scan.py", str(ROOT / "tests" / "examples"), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    counted = {tuple(line.split()[1:]): int(line.split()[0]) for line in done.stdout.splitlines()}
    wanted: dict[tuple[str, ...], int] = {}
    for path in (ROOT / "tests" / "examples").rglob("*Dockerfile"):
        for one in engine.check(Source.from_bytes(str(path), path.read_bytes())).findings:
            wanted[one.rule, str(one.manager)] = wanted.get((one.rule, str(one.manager)), 0) + 1
    assert counted == wanted
    assert ("missing-cache-mount", "pip") in counted


def test_the_scripts_for_more_machines_are_named_and_are_python() -> None:
    text = (ROOT / "docs" / "at-scale.md").read_text(encoding="utf-8")
    scripts = sorted((ROOT / "docs" / "at-scale").glob("*.py"))
    assert scripts
    for script in scripts:
        compile(script.read_text(encoding="utf-8"), str(script), "exec")
        assert f"(at-scale/{script.name})" in text or f"python {script.name} " in text


def test_a_report_as_a_dictionary_is_that_of_the_json_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (
        "FROM python:3.13\nRUN pip install flask\nRUN useradd app\nUSER app\nRUN npm ci\n"
        "# cachemount: ignore[missing-cache-mount] one small tool\nRUN pip install tox\n"
    )
    Path("Dockerfile").write_text(text, encoding="utf-8")
    assert main("check-cache-mounts", ["--format", "json", "--show-suppressed", "Dockerfile"]) == 1
    printed = json.loads(capsys.readouterr().out)
    made = engine.check(text).to_dict()
    assert made == {
        "path": "Dockerfile",
        "findings": printed["findings"],
        "suppressed_findings": printed["suppressed_findings"],
        "fixes_made": 0,
    }
    assert len(made["findings"]) == 2
    assert len(made["suppressed_findings"]) == 1
    assert engine.fix(text)[1].to_dict()["fixes_made"] == 2


@pytest.mark.slow
def test_every_report_can_be_written_as_json() -> None:
    for case in case_files.load_all()[::7]:
        report = engine.check(case.source, case.config)
        made = json.loads(json.dumps(report.to_dict()).encode())
        assert [(one["rule"], one["message"]) for one in made["findings"]] == [
            (one.rule, one.message) for one in report.findings
        ]
    # What is not UTF-8 is escaped, as in the format.
    (one,) = engine.check(Source.from_bytes("\udcff", b"FROM a\nRUN pip install x # \xff")).to_dict()["findings"]
    assert one["path"] == "\\xff"


@pytest.mark.slow
def test_reports_can_be_pickled_compared_and_hashed() -> None:
    for case in case_files.load_all()[::7]:
        report = engine.check(case.source, case.config)
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            copy = pickle.loads(pickle.dumps(report, protocol))
            assert copy == report
            assert hash(copy) == hash(report)
        assert engine.check(case.source, case.config) == report, "the same again"
