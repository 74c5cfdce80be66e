from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import pytest

from cachemount.files.kept import forget
from plain_run import is_plain

sys.path.insert(0, str(Path(__file__).parent))

_NOT_PLAIN = re.compile(r"(?m)^pytestmark = pytest\.mark\.(?:browser|build|long|slow)$")

pytest.register_assert_rewrite("case_files")
pytest_plugins = ["repositories"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("plain_marks", "the marks that a plain run leaves out")
    parser.addoption("--accept", action="store_true", help="rewrite the case files so that they say what is")
    parser.addoption(
        "--record", action="store_true", help="write what the proofs measure to tests/builds/measured.json"
    )
    parser.addoption("--current", action="store_true", help="build the proofs by a current BuildKit, not by docker.io")
    parser.addoption("--unproven", action="store_true", help="build the shapes alone whose results are not current")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return how many processes a run uses: two for the whole of the plain suite, else none but this one.

    The builds share one builder, `--accept` writes files, and a single test file is done before a process has started.
    """
    return 2 if is_plain(config) else 0


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out modules of which nothing would be run: to read them takes its time."""
    if collection_path.suffix != ".py" or not is_plain(config):
        return None
    return True if _NOT_PLAIN.search(collection_path.read_text(encoding="utf-8")) else None


def pytest_configure(config: pytest.Config) -> None:
    """Let Hypothesis draw the same examples in each run, so that a landing never fails by chance.

    `pytest --hypothesis-profile search` draws others, as tests/fuzz does. How long an example takes says how busy the
    machine is. A process that only hands tests to others needs none of it.
    """
    if config.option.tx:
        return
    from hypothesis import HealthCheck, settings

    settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("cachemount", settings.get_profile("search"), derandomize=True, database=None)
    settings.load_profile("cachemount")


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> None:
    """Forget what is kept of files: a relative path is another file in another folder."""
    forget()


# As where the environment is activated: what is advised is called by its name there.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])

# A shell lets what it runs in the background ignore Ctrl-C, and what the tests start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
# nohup does the same with the signal of a terminal that closes.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
