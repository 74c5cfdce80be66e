"""The figures of the last run of each module: `result.md`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent / "result.md"

_HEAD = """# The last run of each module

Written by `python tests/mutation/run.py`. "Of the others" leaves the accepted survivors out.

| module | mutants | killed | of all | accepted | of the others | on |
|---|--:|--:|--:|--:|--:|---|
"""


class Row(NamedTuple):
    module: str
    mutants: int
    killed: int
    accepted: int
    day: str


def add(row: Row) -> None:
    """Write the figures of a module in place of those that it had."""
    rows = {one.module: one for one in load() if one.module != "all"} | {row.module: row}
    every = [rows[module] for module in sorted(rows)]
    days = [one.day for one in every]
    total = Row(
        "all",
        sum(one.mutants for one in every),
        sum(one.killed for one in every),
        sum(one.accepted for one in every),
        min(days),
    )
    FILE.write_text(_HEAD + "".join(map(_line, [*every, total])), encoding="utf-8")


def load() -> list[Row]:
    text = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    pattern = r"(?m)^\| (\S+) \| (\d+) \| (\d+) \| \S+ % \| (\d+) \| \S+ % \| (\S+) \|$"
    return [
        Row(module, int(made), int(killed), int(agreed), day)
        for module, made, killed, agreed, day in re.findall(pattern, text)
    ]


def _line(row: Row) -> str:
    others = row.mutants - row.accepted
    shares = [f"{100 * row.killed / count if count else 100:.1f} %" for count in (row.mutants, others)]
    return f"| {row.module} | {row.mutants} | {row.killed} | {shares[0]} | {row.accepted} | {shares[1]} | {row.day} |\n"
