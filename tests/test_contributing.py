"""CONTRIBUTING's worked examples, followed in a copy of the tree."""

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


# A path and, where lines go into a file that is there, the beginning of the line before them.
BLOCK = re.compile(r"`([\w/.-]+)`(?:,\s+after\s+(`+) ?(.+?) ?\2)?:\n\n(`{3,})\w+\n(.*?)^\4$", re.MULTILINE | re.DOTALL)


def section(title: str = "A new manager") -> str:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return text.partition(f"\n## {title}\n")[2].partition("\n## What is not accepted")[0].partition("\n## A new ")[0]


def blocks(title: str) -> list[tuple[str, str, str]]:
    """Return the path, the line before, or "", and the text of each block in a section."""
    return [(one[1], one[3] or "", one[5]) for one in BLOCK.finditer(section(title))]


def example() -> dict[str, str]:
    """Return the blocks of the manager's section that follow a path."""
    return {path: text for path, _, text in blocks("A new manager")}


def commands(title: str = "A new manager") -> list[list[str]]:
    (block,) = re.findall(r"^```console\n(.*?)^```$", section(title), re.MULTILINE | re.DOTALL)
    return [line.split() for line in block.splitlines()]


def follow(tree: Path, title: str) -> set[str]:
    """Do to a tree what a section says, and return the paths that it touches."""
    for path, before, text in blocks(title):
        file = tree / path
        if not before:
            assert not file.exists()
            file.write_text(text, encoding="utf-8")
            continue
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        (at,) = [number for number, line in enumerate(lines, 1) if line.strip().startswith(before)]
        file.write_text("".join([*lines[:at], text, *lines[at:]]), encoding="utf-8")
    return {path for path, _, _ in blocks(title)}


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
    assert "| [`larder`](managers/larder.md) |" in (tree / "docs" / "managers.md").read_text(encoding="utf-8")
    done = run(tree, *tested, "-v", "-p", "no:cacheprovider", "-k", "larder or listed or documents or short_way")
    assert done.returncode == 0, done.stdout
    cases = re.findall(r"^## (.*)", files["tests/cases/managers/larder.md"], re.MULTILINE)
    page = "its_step_is_found[larder] PASSED"
    for wanted in (*(f"larder.md: {title}] PASSED" for title in cases), "has_its_cases[larder] PASSED", page):
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


@pytest.mark.parametrize(
    ("title", "chosen", "passed"),
    [
        ("A new launcher", "treadmill", ["test_a_command[treadmill]", "test_a_string_for_a_shell[treadmill]"]),
        ("A new base image", "pantry or npm", ["test_entry[pantry/shelf]", "npm.md: an image that moves the cache]"]),
        ("A new format", "tsv or module or json", ["test_nothing_to_report[tsv]", "test_every_form_is_a_module"]),
        (
            "A new rule",
            "private or listed or documents",
            ["private-cache.md: a cache for each build]", "test_every_rule_has_its_cases[private-cache]"],
        ),
    ],
)
def test_the_example_of(title: str, chosen: str, passed: list[str], tree: Path) -> None:
    touched = follow(tree, title)
    assert 2 <= len(touched) <= 3
    *written, tested = commands(title)
    for command in written:
        done = run(tree, *command)
        assert done.returncode == 0, done.stderr
    done = run(tree, *tested, "-v", "-p", "no:cacheprovider", "-k", chosen)
    assert done.returncode == 0, done.stdout
    for one in passed:
        assert re.search(rf"{re.escape(one)} PASSED", done.stdout), one
    code = sorted(path for path in touched if path.endswith(".py"))
    for check in (["check"], ["format", "--check"]):
        done = run(tree, "python", "-m", "ruff", *check, *code)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("wrong", ["a command of a RUN is not seen, or seen where there is none", "the text of a fix"])
def test_one_file_to_open_first(wrong: str) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (path,) = re.findall(rf"^\| {re.escape(wrong)} \| `([\w/.]+)` \|$", text, re.MULTILINE)
    assert (ROOT / path).is_file()
