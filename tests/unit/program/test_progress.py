"""The sign of life of a long run."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from cachemount.program.main import main
from cachemount.program.progress import with_progress
from cachemount.results import FileResult

if TYPE_CHECKING:
    import pytest

CLEAN = FileResult(path="a")
BAD = FileResult(path="b", error="cannot be read")


def shown(results: Iterable[FileResult], seconds: Iterable[float]) -> str:
    """Return what is written where a clock shows these times, and each result is written as its path."""
    out, times = io.StringIO(), iter(seconds)
    for one in with_progress(results, out, lambda: next(times)):
        out.write(one.error and f"{one.path}\n")
    return out.getvalue().replace("\r\x1b[K", "<clear>")


def test_a_short_run_shows_nothing() -> None:
    assert shown([CLEAN, CLEAN, BAD], [0, 0.1, 0.5, 0.9]) == "b\n"


def test_a_long_run_shows_how_far_it_is_once_a_second() -> None:
    assert shown([CLEAN] * 5, [0, 0.5, 1.1, 1.5, 2.0, 2.05]) == "<clear>files looked at: 2<clear>"
    assert (
        shown([CLEAN] * 4, [0, 1, 2, 3, 4])
        == "".join(f"<clear>files looked at: {count}" for count in (1, 2, 3, 4)) + "<clear>"
    )


def test_the_line_is_gone_before_a_result_is_written() -> None:
    assert shown([CLEAN, BAD, CLEAN], [0, 1, 1.5, 1.6]) == "<clear>files looked at: 1<clear>b\n"


def test_the_line_is_gone_when_the_run_is_stopped() -> None:
    out, times = io.StringIO(), iter([0, 1, 2])
    going = with_progress([CLEAN] * 3, out, lambda: next(times))
    next(going)
    next(going)
    going.close()  # type: ignore[attr-defined]
    assert out.getvalue().endswith("files looked at: 1\r\x1b[K")


def test_only_a_terminal_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Dockerfile").write_text("FROM a\nRUN pip install b\n", encoding="utf-8")
    asked: list[str] = []
    monkeypatch.setattr("cachemount.program.progress.with_progress", lambda results, _out: asked.append("") or results)
    for terminal, term, wanted in ((False, "xterm", 0), (True, "dumb", 0), (True, "xterm", 1)):
        monkeypatch.setitem(os.environ, "TERM", term)
        monkeypatch.setattr(sys.stderr, "isatty", lambda terminal=terminal: terminal, raising=False)
        asked.clear()
        assert main("check-cache-mounts", [str(tmp_path)]) == 1
        assert len(asked) == wanted
