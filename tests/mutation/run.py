"""Mutation testing of the rules, the facts and the fixer: `python tests/mutation/run.py [PART OF A PATH ...]`.

Each mutant runs in a fork that imports the mutated module afresh. The case files that run the mutated lines are tried
first, then its unit tests, where `forks` names some. A mutant is killed when one of them fails, or takes much longer
than it should. The figures of each module that is done go to `result.md`. `--every N` as the first argument tries each
Nth mutant only, for a quick estimate, and writes nothing.
"""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent.parent / "hooks")]

import accepted  # noqa: E402
import forks  # noqa: E402
import result  # noqa: E402
from mutants import Mutant, mutants  # noqa: E402

PACKAGE = HERE.parent.parent / "hooks" / "cachemount"
PROCESSES = 2


def main(arguments: list[str]) -> int:
    every = 1
    if arguments[:1] == ["--every"]:
        every, arguments = int(arguments[1]), arguments[2:]
    paths = [
        PACKAGE / "fixer.py",
        *sorted(PACKAGE.glob("facts/*.py")),
        *sorted(PACKAGE.glob("repairs/**/*.py")),
        *sorted(PACKAGE.glob("rules/*.py")),
    ]
    chosen = [path for path in paths if not arguments or any(part in str(path) for part in arguments)]
    os.chdir(PACKAGE.parent.parent)
    warm = forks.Warm(paths)
    known, commit = accepted.load(), result.commit()
    stale = 0
    for path in chosen:
        module = path.relative_to(PACKAGE).as_posix()
        reasons = known.get(module, {})
        text = path.read_text(encoding="utf-8")
        if not list(warm.survivors(path, [Mutant(name="", text=text, line=1, lines=frozenset())], 1)):
            raise SystemExit(f"{module}: a test fails without any mutant")
        found = mutants(text)[::every]
        alive = []
        for one in warm.survivors(path, found, PROCESSES):
            alive.append(one.name)
            print(f"{module}:{one.line}: {'accepted' if one.name in reasons else 'SURVIVED'}: {one.name}", flush=True)
        for name in reasons.keys() - set(alive) if every == 1 else ():
            print(f"{module}: accepted, but killed or gone: {name}", flush=True)
            stale += 1
        agreed = sum(name in reasons for name in alive)
        if every == 1:
            result.add(result.Row(module, len(found), len(found) - len(alive), agreed, commit, str(date.today())))
        print(f"{module}: {len(found) - len(alive)} of {len(found)} killed, {agreed} survivors accepted", flush=True)
    return stale > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
