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
:root { color-scheme: light dark; --line: #8886; --safe: light-dark(#1a7f37, #3fb950) }
:root { --unsafe: light-dark(#bc4c00, #db6d28); --none: light-dark(#6e7781, #8b949e) }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; table-layout: fixed } tr { border-bottom: 1px solid var(--line) }
td, th { padding: .2rem .4rem; text-align: right; vertical-align: bottom; font-variant-numeric: tabular-nums }
td:first-child { overflow-wrap: anywhere } td:first-child, th:first-child, td:last-child { text-align: left }
th { width: 11% } th:first-child { width: auto } th:last-child { width: 28% } td:last-child { white-space: nowrap }
i { display: inline-block; height: .8rem } .safe { background: var(--safe) } .unsafe { background: var(--unsafe) }
.none { background: var(--none) } p i { width: .8rem }
@media (max-width: 40rem) { table { font-size: 12px } th { width: 15% } th:last-child, td:last-child { display: none } }
"""


def page(counts: pd.DataFrame, files: int) -> str:
    """Return one HTML page: findings by rule, by manager and by repository, the most first."""
    counts = counts.assign(none=counts.findings - counts.safe - counts.unsafe)
    total, safe, unsafe, none = (int(counts[name].sum()) for name in ("findings", "safe", "unsafe", "none"))
    tables = "".join(_table(counts, key) for key in ("rule", "manager", "repository"))
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>Cache mounts</title><style>{_STYLE}</style><h1>Cache mounts</h1>"
        f"<p>{files:,} files, {total:,} findings: <i class=safe></i> {safe:,} with a safe fix, <i class=unsafe></i> "
        f"{unsafe:,} with one for <code>--unsafe-fixes</code>, <i class=none></i> {none:,} for a person.</p>"
        f"{tables}</html>\n"
    )


def _table(counts: pd.DataFrame, key: str) -> str:
    kinds = ["safe", "unsafe", "none"]
    groups = counts.groupby(key, as_index=False)[["findings", *kinds]].sum()
    groups = groups.sort_values(["findings", key], ascending=[False, True])
    shown, most = groups.head(100), max(groups.findings, default=1)
    rows = ""
    for name, findings, *parts in shown.itertuples(index=False):
        bar = "".join(
            f'<i class={kind} style="width:{100 * part / most:.1f}%"></i>'
            for kind, part in zip(kinds, parts, strict=True)
        )
        cells = "".join(f"<td>{number:,}" for number in (findings, *parts))
        rows += f"<tr><td>{html.escape(name or '(no manager)')}{cells}<td>{bar}"
    more = f" (the first 100 of {len(groups):,})" if len(groups) > len(shown) else ""
    heads = "<th>findings<th>safe fix<th>unsafe fix<th>no fix<th>"
    return f"<h2>By {key}{more}</h2><table><tr><th>{key}{heads}</tr>{rows}</table>"
