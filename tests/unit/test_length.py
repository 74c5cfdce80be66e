"""A file that is long says why in its docstring."""

from __future__ import annotations

import ast
from pathlib import Path

HOOKS = Path(__file__).parents[2] / "hooks"
MOST_LINES = 400


def test_a_long_file_says_why() -> None:
    texts = {str(path.relative_to(HOOKS)): path.read_text(encoding="utf-8") for path in HOOKS.rglob("*.py")}
    long = {path: text for path, text in texts.items() if text.count("\n") > MOST_LINES}
    said = {path: ast.get_docstring(ast.parse(text)) or "" for path, text in long.items()}
    assert said
    assert [path for path, docstring in said.items() if f"more than {MOST_LINES} lines" not in docstring] == []
