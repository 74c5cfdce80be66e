"""Examine a table with Spark: spark-submit --py-files examine.py with_spark.py TABLE.parquet OUT

Without a cluster: `python with_spark.py TABLE.parquet OUT [MASTER]`, as `local[*]` or `local-cluster[2,1,1024]`. A task
whose executor dies is given to another.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from examine import SPARK_SCHEMA, examine, finish
from pyspark.sql import SparkSession


def _examined(tables: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    return map(examine, tables)


def main(table: str, out: str, master: str = "") -> None:
    if master:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("cachemount").config("spark.sql.execution.arrow.maxRecordsPerBatch", 500)
    spark = (builder.master(master) if master else builder).getOrCreate()
    spark.sparkContext.addPyFile(str(Path(__file__).with_name("examine.py")))
    cores = spark.sparkContext.defaultParallelism
    # Small tasks: the last ones end at about the same time, and little is lost with an executor.
    files = spark.read.parquet(table).repartition(16 * cores)
    count = files.count()
    began = time.monotonic()
    rows = files.mapInPandas(_examined, schema=SPARK_SCHEMA)
    rows.write.mode("overwrite").partitionBy("kind").parquet(f"{out}/rows")
    finish(out, count, cores, began)
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
