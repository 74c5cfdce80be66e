"""Examine a table in one process: python one_process.py TABLE.parquet OUT"""

import sys
import time
from pathlib import Path

import pandas as pd
from examine import examine, finish


def main(table: str, out: str) -> None:
    files = pd.read_parquet(table)
    began = time.monotonic()
    rows = examine(files)
    Path(out).mkdir(parents=True, exist_ok=True)
    rows.to_parquet(f"{out}/rows", partition_cols=["kind"])
    finish(out, len(files), 1, began)


if __name__ == "__main__":
    main(*sys.argv[1:])
