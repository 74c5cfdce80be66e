"""The scripts of docs/at-scale on the real engines: the rows of one process, also where a worker is killed.

`python -m pytest -m long tests/at_scale` needs `pip install '.[scale]'` and a Java runtime, and takes many minutes. It
records its figures in tests/at_scale/results.json.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path
from random import Random
from typing import Any

import pytest

from fuzz.dockerfiles import dockerfile

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "docs" / "at-scale"
RESULTS = Path(__file__).parent / "results.json"
FILES = 20_000
ENGINES = {"dask": ("with_dask.py",), "spark": ("with_spark.py", "local-cluster[2,1,1024]")}
_SPEED = re.compile(r"(\d+) files in ([\d.]+) s on (\d+) cores: (\d+) files per second and core")

# Added to `examine` as the workers import it: who gets the file in the middle of the table dies, once.
_DYING = """

_examine = examine


def examine(files):
    import os
    import signal

    if (files.path == PATH).any():
        victim = VICTIM
        try:
            os.close(os.open(KILLED, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            pass
        else:
            os.kill(victim, signal.SIGKILL)
    return _examine(files)
"""
# In Dask the process that runs `examine` is the worker. In Spark it is a child of a daemon, whose parent is the
# executor; where the daemon has not forked, the executor is the parent.
_VICTIM = {"dask": "os.getpid()", "spark": "_executor(os.getpid())"}
_EXECUTOR = """

def _executor(process):
    # Without an executor above, /proc/0 ends the search with an error.
    with open(f"/proc/{process}/stat") as file:
        parent = int(file.read().rpartition(")")[2].split()[1])
    with open(f"/proc/{parent}/cmdline") as file:
        return parent if "CoarseGrainedExecutorBackend" in file.read() else _executor(parent)
"""


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of clones as a table, of files that the grammar of the fuzzer makes."""
    folder = tmp_path_factory.mktemp("scale")
    rng = Random(2026)
    for number in range(FILES):
        path = folder / "clones" / f"service{number % 997:03}" / f"{number:05}" / "Dockerfile"
        path.parent.mkdir(parents=True)
        path.write_bytes(dockerfile(rng).encode("utf-8", "surrogateescape"))
    _run(SCRIPTS / "clones.py", str(folder / "clones"), str(folder / "table.parquet"))
    return folder / "table.parquet"


@pytest.fixture(scope="module")
def alone(table: Path) -> Path:
    """Return what one process makes of the table."""
    out = table.parent / "alone"
    _record("one process", _run(SCRIPTS / "one_process.py", str(table), str(out)))
    return out


@pytest.mark.long
@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_gives_what_one_process_gives(engine: str, table: Path, alone: Path, tmp_path: Path) -> None:
    script, *options = ENGINES[engine]
    done = _run(SCRIPTS / script, str(table), str(tmp_path / "out"), *options)
    assert _content(tmp_path / "out") == _content(alone)
    _record(engine, done)


@pytest.mark.long
@pytest.mark.parametrize("engine", ENGINES)
def test_a_killed_worker_changes_nothing(engine: str, table: Path, alone: Path, tmp_path: Path) -> None:
    script, *options = ENGINES[engine]
    scripts, killed = tmp_path / "scripts", tmp_path / "killed"
    shutil.copytree(SCRIPTS, scripts)
    middle = f"{FILES // 2:05}/Dockerfile"
    dying = _EXECUTOR + _DYING.replace("PATH", repr(middle)).replace("KILLED", repr(str(killed)))
    with (scripts / "examine.py").open("a", encoding="utf-8") as file:
        file.write(dying.replace("VICTIM", _VICTIM[engine]))
    done = _run(scripts / script, str(table), str(tmp_path / "out"), *options)
    assert killed.exists()
    assert _content(tmp_path / "out") == _content(alone)
    _record(f"{engine}, a worker killed", done)


def test_the_recorded_run_is_of_all_engines_and_files() -> None:
    known = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert set(known) == {"one process", *ENGINES, *(f"{engine}, a worker killed" for engine in ENGINES)}
    assert {one["files"] for one in known.values()} == {FILES}
    # Every run gave the rows of the one process: else it would not have been recorded.
    assert {one["rows"] for one in known.values()} == {known["one process"]["rows"]}


def test_the_page_has_the_figures_of_the_recorded_run() -> None:
    page = (ROOT / "docs" / "at-scale.md").read_text(encoding="utf-8")
    for name, one in json.loads(RESULTS.read_text(encoding="utf-8")).items():
        figures = (one["cores"], f"{one['seconds']:.0f}", one["files_per_second_and_core"], one["load"])
        assert f"| {name} | {' | '.join(map(str, figures))} |" in page


def _run(script: Path, *arguments: str) -> dict[str, Any]:
    """Run a script to its end; return what it says of its speed, and how many rows there are."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(ROOT / "hooks"), str(script.parent))),
        "PYSPARK_PYTHON": sys.executable,
        # A machine's own name need not lead to it.
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_HOSTNAME": "localhost",
    }
    done = subprocess.run(
        [sys.executable, str(script), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    speed = _SPEED.search(done.stdout)
    if speed is None:
        return {}
    assert int(speed[1]) == FILES
    return {
        "rows": _rows(Path(arguments[1])),
        "seconds": float(speed[2]),
        "cores": int(speed[3]),
        "files_per_second_and_core": int(speed[4]),
    }


def _rows(out: Path) -> int:
    import pyarrow.dataset as ds

    return int(ds.dataset(out / "rows", format="parquet").count_rows())


def _content(out: Path) -> tuple[list[Any], list[Any], str]:
    """Return the rows and the counts in an order of their own, and the page."""
    import pandas as pd

    rows = pd.read_parquet(out / "rows")
    rows["kind"] = rows["kind"].astype(str)
    names = sorted(rows.columns)
    counts = pd.read_parquet(out / "counts.parquet")
    return (
        sorted(map(str, rows[names].itertuples(index=False))),
        sorted(map(str, counts.itertuples(index=False))),
        (out / "report.html").read_text(encoding="utf-8"),
    )


def _record(name: str, figures: dict[str, Any]) -> None:
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    date = datetime.now(timezone.utc).strftime("%Y-%m-%d")
    # What else the machine does makes a run slower.
    load = round(os.getloadavg()[0])
    known[name] = {"files": FILES, **figures, "load": load, "date": date, "commit": commit.stdout.strip()}
    RESULTS.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
