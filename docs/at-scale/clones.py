"""Make the table out of a folder of clones: python clones.py FOLDER TABLE.parquet"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

SCHEMA = pa.schema({"repository": pa.string(), "path": pa.string(), "text": pa.binary()})
# A group of rows is what one worker takes at a time.
GROUP = 500


def files(folder: Path) -> Iterator[dict[str, str | bytes]]:
    """Yield the Dockerfiles in the repositories below a folder, each of which is a folder of its own."""
    for repository in sorted(one for one in folder.iterdir() if one.is_dir()):
        for path in sorted(repository.rglob("*")):
            named = any(word in path.name.lower() for word in ("dockerfile", "containerfile"))
            if named and ".git" not in path.parts and path.is_file() and not path.is_symlink():
                name = path.relative_to(repository).as_posix()
                yield {"repository": repository.name, "path": name, "text": path.read_bytes()}


def main(folder: str, table: str) -> None:
    rows: list[dict[str, str | bytes]] = []
    with pq.ParquetWriter(table, SCHEMA) as writer:
        for row in files(Path(folder)):
            rows.append(row)
            if len(rows) == GROUP:
                writer.write_table(pa.Table.from_pylist(rows, SCHEMA))
                rows = []
        writer.write_table(pa.Table.from_pylist(rows, SCHEMA))


if __name__ == "__main__":
    main(*sys.argv[1:])
