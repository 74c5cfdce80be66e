"""CONTRIBUTING's worked example of a new manager, followed in a copy of the tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from repositories import ROOT, call

pytestmark = pytest.mark.slow

LIST = "hooks/cachemount/managers/__init__.py"
CONTRACT = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_contract.py")


def section() -> str:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return text.partition("## A new manager\n")[2].partition("\n## A new rule\n")[0]


def example() -> dict[str, str]:
    """Return the blocks of the section that follow a path."""
    found = re.findall(r"`([\w/.]+)`:\n\n(`{3,})\w+\n(.*?)^\2$", section(), re.MULTILINE | re.DOTALL)
    return {path: text for path, _, text in found}


def commands() -> list[list[str]]:
    (block,) = re.findall(r"^```console\n(.*?)^```$", section(), re.MULTILINE | re.DOTALL)
    return [line.split() for line in block.splitlines()]


def listed(text: str, line: str) -> str:
    """Return the list of managers with one more, in order."""
    lines = text.splitlines(keepends=True)
    at = next(at for at, one in enumerate(lines) if re.match(r'    "\w+",$', one) and one > line)
    return "".join([*lines[:at], line, *lines[at:]])


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "cachemount"
    ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", "*.egg-info", ".*_cache", ".hypothesis", "build")
    shutil.copytree(ROOT, folder, ignore=ignored)
    return folder


def run(tree: Path, *command: str) -> subprocess.CompletedProcess[str]:
    assert command[0] == "python"
    environment = {"PYTHONPATH": str(tree / "hooks"), "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": ""}
    return call(sys.executable, *command[1:], folder=tree, environment={**os.environ, **environment})


def test_the_example_of_a_new_manager(tree: Path) -> None:
    files = example()
    assert sorted(files) == [LIST, "hooks/cachemount/managers/larder.py", "tests/cases/managers/larder.md"]
    line = files.pop(LIST)
    assert line.count("\n") == 1
    for path, text in files.items():
        (tree / path).write_text(text, encoding="utf-8")

    forgotten = run(tree, *CONTRACT)
    assert forgotten.returncode == 1
    assert re.findall(r"^FAILED \S+::(\w+)", forgotten.stdout, re.MULTILINE) == [
        "test_every_manager_is_listed_under_its_name"
    ]
    assert "larder" in forgotten.stdout

    (tree / LIST).write_text(listed((tree / LIST).read_text(encoding="utf-8"), line), encoding="utf-8")
    written, tested = commands()
    assert run(tree, *written).returncode == 0
    assert "| `larder` |" in (tree / "docs" / "managers.md").read_text(encoding="utf-8")
    done = run(tree, *tested, "-v", "-p", "no:cacheprovider", "-k", "larder or listed or documents or short_way")
    assert done.returncode == 0, done.stdout
    cases = re.findall(r"^## (.*)", files["tests/cases/managers/larder.md"], re.MULTILINE)
    for wanted in (*(f"larder.md: {title}] PASSED" for title in cases), "has_its_cases[larder] PASSED"):
        assert wanted in done.stdout
    assert run(tree, "python", "-m", "ruff", "check", "hooks").returncode == 0
    assert run(tree, "python", "-m", "ruff", "format", "--check", "hooks").returncode == 0


def test_a_manager_without_its_case_file_is_missed(tree: Path) -> None:
    files = example()
    (tree / LIST).write_text(listed((tree / LIST).read_text(encoding="utf-8"), files[LIST]), encoding="utf-8")
    path = "hooks/cachemount/managers/larder.py"
    (tree / path).write_text(files[path], encoding="utf-8")
    missed = run(tree, *CONTRACT, "-k", "larder")
    failed = re.findall(r"^FAILED \S+::(\w+)", missed.stdout, re.MULTILINE)
    assert "test_every_manager_has_its_cases" in failed
    assert "test_all_that_moves_a_cache_or_switches_it_off_has_a_case" in failed
