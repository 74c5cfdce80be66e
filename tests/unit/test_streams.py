"""What a program says when it cannot go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cachemount.program.streams import run_program

if TYPE_CHECKING:
    import pytest


def test_an_internal_error_is_no_finding(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        raise ValueError("a\x1b[31m")

    assert run_program("check-cache-mounts", work) == 2
    out, said = capsys.readouterr()
    assert out == ""
    assert said.startswith("check-cache-mounts: internal error, please report it: ValueError: a")
    assert "test_streams.py" in said
    assert "\x1b" not in said
