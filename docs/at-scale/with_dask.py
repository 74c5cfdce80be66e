"""Examine a table with Dask: python with_dask.py TABLE.parquet OUT [ADDRESS OF A SCHEDULER]

Without an address, on the processors of this machine, a process each. A worker that dies is started again, and what it
had to do is done by the others.
"""

import os
import sys
import time
from pathlib import Path

import dask
import dask.dataframe as dd
from dask.distributed import Client
from examine import EMPTY, SCHEMA, examine, finish


def main(table: str, out: str, address: str = "") -> None:
    # Texts of any encoding are bytes, which Dask would else take for strings.
    dask.config.set({"dataframe.convert-string": False})
    local = {"n_workers": os.cpu_count(), "threads_per_worker": 1, "dashboard_address": None}
    with Client(address) if address else Client(**local) as client:
        if address:
            client.upload_file(str(Path(__file__).with_name("examine.py")))
        files = dd.read_parquet(table, split_row_groups=True)
        count, cores = len(files), sum(client.nthreads().values())
        began = time.monotonic()
        rows = files.map_partitions(examine, meta=EMPTY)
        rows.to_parquet(f"{out}/rows", partition_on=["kind"], schema=SCHEMA, write_index=False, overwrite=True)
        finish(out, count, cores, began)


if __name__ == "__main__":
    main(*sys.argv[1:])
