"""What is shown on a terminal: the step, a caret under the command, the repair."""

from __future__ import annotations

import io
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from cachemount.policy.model import Config
from cachemount.program.runner import Task, check_or_fix
from cachemount.reporters import advice, load, pages
from cachemount.reporters.cells import Cells
from cachemount.results import Run
from cachemount.source import Source


def show(text: str, *, path: str = "Dockerfile", color: bool = False) -> str:
    result, _ = check_or_fix(Source(path=path, text=text), Task(path=path, config=Config(), mode="check"))
    out = io.StringIO()
    load("full")(Run(results=iter([result]), color=color), out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_a_finding_with_its_step_and_repair() -> None:
    assert show("FROM python:3.13\nRUN pip install --no-cache-dir flask\n") == (
        "warning[missing-cache-mount]: `pip install` has no cache mount: every rebuild of\n"
        "  this step downloads all packages again\n"
        " --> Dockerfile:2:5\n"
        "  |\n"
        "2 | RUN pip install --no-cache-dir flask\n"
        "  |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  = repair: mount pip's cache\n"
        "    - RUN pip install --no-cache-dir flask\n"
        "    + RUN --mount=type=cache,target=/root/.cache/pip \\\n"
        "    +     pip install flask\n"
        "\n"
        "1 finding in 1 file: 1 can be repaired\n"
    )


def test_a_repair_that_takes_away_what_the_mount_is_put_in_front_of() -> None:
    shown = show("FROM debian:13\nRUN apt-get clean && apt-get update && apt-get install -y git\n")
    assert "RUN --mount=type=cache,target=/var/cache/apt" in shown


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_steps_of_many_lines_with_crlf_and_a_byte_order_mark(mark: str) -> None:
    shown = show(mark + "FROM python:3.13\r\nRUN true && \\\r\n    pip install \\\r\n    flask\r\n")
    assert "2 | RUN true && \\\n3 |     pip install \\\n  |     ^^^^^^^^^^^^^\n4 |     flask\n  |     ^^^^^\n" in shown
    assert "\r" not in shown


def test_a_caret_is_under_its_command_behind_wide_and_combining_characters_and_tabs() -> None:
    # `RUN ` and `; ` take six cells beside those of the text; the tab ends at cell 12.
    for before, cells in (("echo \u65e5\u672c", 9), ("echo e\u0301", 6), ("echo\tx", 9)):
        shown = show(f"FROM python:3.13\nRUN {before}; pip install flask\n").splitlines()
        assert shown[5].index("^") == len("2 | ") + 6 + cells


def test_a_long_line_is_cut_around_the_command() -> None:
    shown = show("FROM python:3.13\nRUN echo " + "x" * 300 + " && pip install " + "flask " * 60 + "\n")
    lines = shown.splitlines()
    assert all(len(line) <= 80 for line in lines[:6])
    at = lines[5].index("^")
    assert lines[4][at:].startswith("pip install")
    assert "\u2026" in lines[4]


def test_nothing_steers_the_terminal() -> None:
    shown = show("FROM python:3.13\nRUN pip install 'a\x1b]0;x\x07\u202e\x9b' \x08\n", path="a\x1b[31m")
    assert not set(shown) & set("\x1b\x07\x9b\x08\u202e")


def test_colors() -> None:
    shown = show("FROM python:3.13\nRUN pip install flask\n", color=True)
    assert "\x1b[1;33mwarning[missing-cache-mount]\x1b[0m" in shown
    assert "\x1b[32m+ " in shown


@pytest.mark.parametrize(
    ("text", "start", "end", "room", "expected"),
    [
        ("abc", 1, 2, 10, ("abc", 1, 1)),
        ("\tabc", 1, 2, 10, ("    abc", 4, 1)),
        ("\u65e5\u672cx", 1, 2, 10, ("\u65e5\u672cx", 2, 2)),
        ("x" * 50, 0, 50, 10, ("x" * 9 + "\u2026", 0, 9)),
        ("", 0, 0, 10, ("", 0, 0)),
    ],
)
def test_cells(text: str, start: int, end: int, room: int, expected: tuple[str, int, int]) -> None:
    assert Cells(text).window(start, end, room) == expected


def test_the_diff_of_a_repair_in_the_last_line_is_in_order() -> None:
    shown = show("FROM debian\nRUN apt-get update && apt-get install -y jq\n")
    signs = [line[4] for line in shown[shown.index("= repair") :].splitlines()[1:] if line.startswith("    ")]
    assert "".join(signs) == "-" + "+" * 7, shown


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("color", [True, False])
def test_a_terminal_hears_that_nothing_is_found(color: bool) -> None:
    result, _ = check_or_fix(Source(path="a", text="FROM x\n"), Task(path="a", config=Config(), mode="check"))
    for out, said in ((Terminal(), "No findings in 1 file.\n"), (io.StringIO(), "")):
        load("text")(Run(results=iter([result]), color=color), out)
        assert out.getvalue() == said


def test_a_repair_goes_by_the_short_name_of_the_manager() -> None:
    assert "= repair: mount apt's cache\n" in show("FROM debian\nRUN apt-get install -y jq\n")


def test_on_a_terminal_with_colors_a_rule_is_a_link_to_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "FROM python:3.13\nRUN pip install flask\n"
    result, _ = check_or_fix(Source(path="a", text=text), Task(path="a", config=Config(), mode="check"))

    def shown(out: io.StringIO, *, color: bool) -> str:
        load("full")(Run(results=iter([result]), color=color), out)
        return out.getvalue()

    first = shown(Terminal(), color=True).splitlines()[0]
    begin, url, rest = first.split("\x1b\\")[0], first.split(";", 2)[2].split("\x1b")[0], first.split("\x1b\\")[1:]
    assert begin.startswith("\x1b]8;;file://")
    assert Path(unquote(urlsplit(url).path)).read_text(encoding="utf-8").startswith("# missing-cache-mount\n")
    assert rest[0] == "\x1b[1;33mwarning[missing-cache-mount]\x1b[0m\x1b]8;;"
    assert "\x1b]8" not in shown(Terminal(), color=False) + shown(io.StringIO(), color=True)
    monkeypatch.setattr(pages, "page", lambda _rule: "")
    assert shown(Terminal(), color=True).startswith("\x1b[1;33mwarning[missing-cache-mount]\x1b[0m: ")


@pytest.mark.slow
def test_the_summary_is_no_wider_than_the_terminal() -> None:
    text = "FROM node:22\n" + "RUN npm ci\n" * 100 + "RUN useradd app\nUSER app\n" + "RUN pip install flask\n" * 100
    result, _ = check_or_fix(Source(path="a", text=text), Task(path="a", config=Config(), mode="check"))
    out = Terminal()
    load("text")(Run(results=iter([result])), out)
    last = out.getvalue().splitlines()[-2:]
    assert last == [
        "200 findings in 1 file: 100 can be repaired, 100 cannot (100 of them with",
        "  --unsafe-fixes)",
    ]


def test_what_prek_indents_is_narrower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/usr/bin/python3")
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert advice.width(80) == 80
    monkeypatch.setenv("PREK_HOOK_STAGE", "pre-commit")
    assert advice.width(80) == 78
    monkeypatch.delenv("PRE_COMMIT")
    assert advice.width(80) == 80
