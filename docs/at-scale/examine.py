"""What each engine runs over a table of Dockerfiles, and what is made of the rows: counts.parquet and report.html.

`examine` reads no file, writes none and keeps nothing: the same table gives the same rows, on any machine.
"""

import html
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from cachemount import engine
from cachemount.source import Source

# One row per finding, and one per file that a safe fix changes, with the whole changed file in `repaired`.
_TEXTS = ("repository", "path", "kind", "rule", "manager", "severity", "message", "fix")
SCHEMA = pa.schema(
    {**dict.fromkeys(_TEXTS, pa.string()), "line": pa.int32(), "column": pa.int32(), "repaired": pa.binary()}
)
SPARK_SCHEMA = ", ".join(f"`{one.name}` {str(one.type).replace('int32', 'int')}" for one in SCHEMA)
EMPTY = SCHEMA.empty_table().to_pandas()
KEYS = ["repository", "manager", "rule"]


def examine(files: pd.DataFrame) -> pd.DataFrame:
    """Return the findings and repairs of a table of repository, path and text (str, or bytes of any encoding)."""
    rows = [row for one in files.itertuples(index=False) for row in _rows(one.repository, one.path, one.text)]
    return pd.DataFrame(rows, columns=SCHEMA.names).astype(EMPTY.dtypes)


def _rows(repository: str, path: str, text: str | bytes) -> Iterator[tuple[Any, ...]]:
    source = Source(path=path, text=text) if isinstance(text, str) else Source.from_bytes(path, bytes(text))
    for one in engine.check(source).findings:
        fix = "none" if one.fix is None else "safe" if one.fix.safe else "unsafe"
        # A message may name what is not UTF-8 in the file.
        message = one.message.encode("utf-8", "backslashreplace").decode()
        known = (one.rule, one.manager or "", one.severity, message, fix)
        yield (repository, path, "finding", *known, *source.position(one.span.start), b"")
    repaired, _ = engine.fix(source)
    if repaired.text != source.text:
        yield (repository, path, "repair", "", "", "", "", "", 0, 0, repaired.to_bytes())


def finish(out: str, files: int, cores: int, began: float) -> None:
    """Count the findings below OUT/rows, write OUT/counts.parquet and OUT/report.html, and say how fast it was."""
    seconds = time.monotonic() - began
    rows = pd.read_parquet(f"{out}/rows/kind=finding", columns=[*KEYS, "fix"], partitioning=None)
    rows = rows.assign(safe=rows.fix == "safe", unsafe=rows.fix == "unsafe", findings=1)
    counts = rows.groupby(KEYS, as_index=False)[["findings", "safe", "unsafe"]].sum()
    counts.to_parquet(f"{out}/counts.parquet")
    Path(out, "report.html").write_text(page(counts, files), encoding="utf-8")
    speed = files / seconds / cores
    print(f"{files} files in {seconds:.1f} s on {cores} cores: {speed:.0f} files per second and core")


_STYLE = """\
:root { color-scheme: light dark; --line: #8886 }
:root { --safe: light-dark(#1a7f37, #3fb950); --left: light-dark(#bc4c00, #db6d28) }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem } td, th { padding: .2rem .6rem; text-align: left }
tr { border-bottom: 1px solid var(--line) } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
td.bar { width: 40% } td.bar i { display: inline-block; height: .8rem; background: var(--safe) }
td.bar i + i { background: var(--left) }"""


def page(counts: pd.DataFrame, files: int) -> str:
    """Return one HTML page: findings by rule, by manager and by repository, the most first."""
    total, safe = int(counts.findings.sum()), int(counts.safe.sum())
    tables = "".join(_table(counts, key) for key in ("rule", "manager", "repository"))
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Cache mounts</title><style>{_STYLE}</style>"
        f"<h1>Cache mounts</h1><p>{files} files, {total} findings: {safe} have a safe fix (green), {total - safe} need "
        f"a person or <code>--unsafe-fixes</code> (orange).</p>{tables}</html>\n"
    )


def _table(counts: pd.DataFrame, key: str) -> str:
    groups = counts.groupby(key, as_index=False)[["findings", "safe"]].sum()
    groups = groups.sort_values(["findings", key], ascending=[False, True]).head(100)
    most = max(groups.findings, default=1)
    rows = ""
    for name, findings, safe in groups.itertuples(index=False):
        bar = "".join(f'<i style="width:{90 * part / most:.1f}%"></i>' for part in (safe, findings - safe))
        rows += f"<tr><td>{html.escape(name or '(none)')}<td class=n>{findings}<td class=n>{safe}<td class=bar>{bar}"
    return f"<table><tr><th>{key}<th class=n>findings<th class=n>safe fixes<th></tr>{rows}</table>"
