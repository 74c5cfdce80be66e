"""What users read says "is not a" and "after", and does not speak of people who are not there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from case_files import load_all

ROOT = Path(__file__).parents[2]
CODE = sorted((ROOT / "hooks").rglob("*.py"))
TEXTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "hooks").rglob("*.json")),
    ROOT / ".pre-commit-hooks.yaml",
]

ODD = re.compile(r"\b(?:is|are) no\b(?! longer)|\bbehind\b|\b(?:nobody|whoever|somebody)\b", re.IGNORECASE)
# A user of many images, and a comment in a Dockerfile.
FINE = re.compile(r"^nobody$|USER nobody|-u nobody|nobody:nogroup|# leave nothing behind")


def odd_words(text: str) -> list[str]:
    return [line for line in text.splitlines() if ODD.search(FINE.sub("", line))]


def messages(tree: ast.Module, *, page: bool) -> Iterator[str]:
    """Yield the strings of a module but its docstrings and the identities of findings, which keep their first words.

    With `page`, the module's docstring is a page for users.
    """
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node) is not None:
            if not (page and node is tree):
                skipped.update(map(id, ast.walk(node.body[0])))
        elif isinstance(node, ast.keyword) and node.arg == "identity":
            skipped.update(map(id, ast.walk(node.value)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.value


def odd_lines(texts: Iterable[tuple[Path, str]]) -> list[str]:
    """Return the lines with such words, each with the file that it is of."""
    return [f"{path.relative_to(ROOT)}: {line}" for path, text in texts for line in odd_words(text)]


@pytest.mark.slow
def test_messages() -> None:
    trees = ((path, ast.parse(path.read_text(encoding="utf-8"))) for path in CODE)
    read = ((path, text) for path, tree in trees for text in messages(tree, page=path.parent.name == "rules"))
    assert odd_lines(read) == []


def test_findings_and_reasons() -> None:
    cases = load_all()
    assert odd_lines((case.path, case.text(kind)) for case in cases for kind in ("text", "repairs")) == []


def test_documents() -> None:
    assert odd_lines((path, path.read_text(encoding="utf-8")) for path in TEXTS) == []


def test_what_is_refused() -> None:
    assert odd_words("this is no mount\nit stands behind RUN\nwhoever wrote it\nit is no longer there") == [
        "this is no mount",
        "it stands behind RUN",
        "whoever wrote it",
    ]
