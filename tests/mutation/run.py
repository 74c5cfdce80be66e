"""Mutation testing of the rules, the facts and the fixer: `python tests/mutation/run.py [PART OF A PATH ...]`.

Each mutant runs in a fork that imports the mutated module afresh. The case files that run the mutated lines are tried
first, then its unit tests, where `forks` names some. A mutant is killed when one of them fails, or takes
much longer than it should. Without arguments all modules are done, and `result.md` is
written.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Collection
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent.parent / "hooks")]

import accepted  # noqa: E402
import forks  # noqa: E402
from mutants import mutants  # noqa: E402

PACKAGE = HERE.parent.parent / "hooks" / "cachemount"
PROCESSES = 2


def main(arguments: list[str]) -> int:
    paths = [PACKAGE / "fixer.py", *sorted(PACKAGE.glob("facts/*.py")), *sorted(PACKAGE.glob("rules/*.py"))]
    chosen = [path for path in paths if not arguments or any(part in str(path) for part in arguments)]
    began = time.monotonic()
    os.chdir(PACKAGE.parent.parent)
    warm = forks.Warm(paths)
    known = accepted.load()
    rows = []
    wrong = False
    for path in chosen:
        module = path.relative_to(PACKAGE).as_posix()
        found = mutants(path.read_text(encoding="utf-8"))
        reasons = known.get(module, {})
        alive = []
        for one in warm.survivors(path, found, PROCESSES):
            alive.append(one)
            print(f"{module}:{one.line}: {'accepted' if one.name in reasons else 'SURVIVED'}: {one.name}", flush=True)
        for name in reasons.keys() - {one.name for one in alive}:
            wrong = True
            print(f"{module}: accepted, but killed or gone: {name}", flush=True)
        agreed = sum(one.name in reasons for one in alive)
        rows.append((module, len(found), len(found) - len(alive), agreed))
        print(_row(*rows[-1]), flush=True)
    total = ("all", *(sum(row[column] for row in rows) for column in (1, 2, 3)))
    print(_row(*total))
    if not arguments:
        _write(rows, total, time.monotonic() - began)
    return wrong


def _row(module: str, made: int, killed: int, agreed: int) -> str:
    share = 100 * killed / made if made else 100
    rest = 100 * killed / (made - agreed) if made > agreed else 100
    return f"| {module} | {made} | {killed} | {share:.1f} % | {agreed} | {rest:.1f} % |"


def _write(rows: Collection[tuple[str, int, int, int]], total: tuple[str, int, int, int], seconds: float) -> None:
    lines = [
        "# The last full run",
        "",
        f"Written by `python tests/mutation/run.py` on {date.today()}, after {seconds / 60:.0f} minutes.",
        "",
        "| module | mutants | killed | of all | accepted | of those not accepted |",
        "|---|--:|--:|--:|--:|--:|",
        *(_row(*row) for row in [*rows, total]),
        "",
    ]
    (HERE / "result.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
