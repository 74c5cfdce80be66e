"""The figures of the last run of each module: `result.md`. What stands below the table is kept."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent / "result.md"

_HEAD = """# The last run of each module

Written by `python tests/mutation/run.py`. "Of the others" leaves the accepted survivors out.

| module | mutants | killed | of all | accepted | of the others | at | on |
|---|--:|--:|--:|--:|--:|---|---|
"""


class Row(NamedTuple):
    module: str
    mutants: int
    killed: int
    accepted: int
    commit: str
    day: str


def add(row: Row) -> None:
    """Write the figures of a module in place of those that it had."""
    rows = {one.module: one for one in load() if one.module != "all"} | {row.module: row}
    every = [rows[module] for module in sorted(rows)]
    commits = {one.commit for one in every}
    total = Row(
        "all",
        sum(one.mutants for one in every),
        sum(one.killed for one in every),
        sum(one.accepted for one in every),
        row.commit if len(commits) == 1 else "several",
        min(one.day for one in every),
    )
    _, _, below = FILE.read_text(encoding="utf-8").partition("| all |") if FILE.exists() else ("", "", "")
    _, _, below = below.partition("\n")
    FILE.write_text(_HEAD + "".join(map(_line, [*every, total])) + below, encoding="utf-8")


def commit() -> str:
    """Return the commit that the files are at; with a plus where they differ from it."""
    at = ["git", "-C", str(FILE.parent)]
    name = subprocess.run([*at, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True).stdout
    differ = subprocess.run(
        [*at, "diff", "--quiet", "HEAD", "--", ":/hooks", ":/tests", ":(exclude)result.md"], check=False
    ).returncode
    return name.strip() + "+" * bool(differ)


def load() -> list[Row]:
    text = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    pattern = r"(?m)^\| (\S+) \| (\d+) \| (\d+) \| \S+ % \| (\d+) \| \S+ % \| (\S+) \| (\S+) \|$"
    return [
        Row(module, int(made), int(killed), int(agreed), at, day)
        for module, made, killed, agreed, at, day in re.findall(pattern, text)
    ]


def _line(row: Row) -> str:
    others = row.mutants - row.accepted
    shares = [f"{100 * row.killed / count if count else 100:.1f} %" for count in (row.mutants, others)]
    columns = (row.module, row.mutants, row.killed, shares[0], row.accepted, shares[1], row.commit, row.day)
    return f"| {' | '.join(map(str, columns))} |\n"
