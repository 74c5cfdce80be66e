"""Hostile Dockerfiles of 10 MB, and as large as they may be and still be read: a result or a clear line within 5 s."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from programs import program, run

from cachemount import engine
from cachemount.source import Source

pytestmark = pytest.mark.slow

BASE = "FROM python:3.13\n"
MOST = 5.0
LARGE = 10_000_000
# A finding, a note on it, and the summary with the advice below it.
LEFT = re.compile(
    r"Dockerfile:\d+:\d+: (warning|error): .* \[[a-z-]+\]$"
    r"|    \S|[\d,]+ findings? in 1 file: .* would be repaired|  \w+: "
)


def many(unit: str, before: str = BASE, after: str = "RUN pip install a\n") -> Callable[[int], str]:
    return lambda size: before + unit * (size // len(unit)) + after


def numbered(before: str, unit: str) -> Callable[[int], str]:
    """Return what makes a text of so many units, each with its number; of no more than the 10 MB have."""
    return lambda size: before + "".join(unit.replace("{}", str(one)) for one in range(min(size, 5_000)))


RUN = BASE + "RUN pip install a \\\n"
MANAGERS = (
    "apt-get install a; apk add a; dnf install a; pip install a; poetry install; uv sync; conda install a; npm ci; "
    "yarn; pnpm i; bun i; go build; cargo build; gem install a; bundle install; composer install; mvn package; gradle a"
)
GONE = "rm -rf /root/.npm; rm -rf /root/.cache/pip; rm -rf /root/.m2; rm -rf /root/go/pkg; rm -rf /root/.gradle"
CLEANED = f"RUN {MANAGERS}; {GONE}\n"
FAMILIES = {
    "blank lines in a RUN": many("\n", RUN, "  b\n"),
    "comment lines in a RUN": many("# c\n", RUN, "  b\n"),
    "comment lines": many("# c\n"),
    "pragmas": many("# cachemount: ignore[x] y\n"),
    "one long line": many("a ", BASE + "RUN pip install ", "\n"),
    "many lines": many("  bcdefgh \\\n", RUN, "  z\n"),
    "many instructions": many("RUN pip install a\n"),
    "many stages": many("FROM a\n"),
    "many heredocs": many("RUN <<E\npip install a\nE\n"),
    "one heredoc": many("pip install a\n", BASE + "RUN <<E\n", "E\n"),
    "heredocs in a RUN": lambda size: (
        BASE
        + "RUN cat "
        + "".join(f"<<E{n} \\\n" for n in range(size // 20))
        + "\n"
        + "".join(f"x\nE{n}\n" for n in range(size // 20))
    ),
    "a heredoc that COPY writes": many("pip install a\n", BASE + "COPY <<E /a\n", "E\nRUN pip install a\n"),
    "quotes": many("'b' \"c\" \\\n", RUN, "z\n"),
    "an open quote": many("'b' \"c\" ' \\\n", RUN, "z\n"),
    "subshells": many("(((( \\\n", BASE + "RUN \\\n", "pip install a\n"),
    "substitutions": many("$( \\\n", BASE + "RUN \\\n", "pip install a\n"),
    "expansions": many("${a:-${b:- \\\n", BASE + "RUN \\\n", "pip install a\n"),
    "conditions": many("if true; then \\\n", BASE + "RUN \\\n", "pip install a\n"),
    "cases": many("a) pip install a;; \\\n", BASE + "RUN case x in \\\n", "esac\n"),
    "chains": many(" && pip install b \\\n", RUN, "\n"),
    "variables": many("B=2 \\\n", BASE + "ENV A=1 \\\n", " C=3\nRUN pip install a\n"),
    "doubling variables": many("ARG A=$A$A\n", "", BASE + "RUN pip install a\n"),
    "mounts": many("--mount=type=cache,target=/a \\\n", BASE + "RUN \\\n", "pip install a\n"),
    "strings": many('"b", \\\n', BASE + 'RUN ["pip", \\\n', '"c"]\n'),
    "directives": many("# syntax=docker/dockerfile:1\n", "", BASE),
    "carriage returns": many("\r", BASE + "RUN pip install a", "\n"),
    "zero bytes": many("\0\\\n", RUN, "\n"),
    "brackets of rm": many("[*\\\n", BASE + "RUN pip install a && rm -rf ", "\n"),
    "managers in each step": many(f"RUN {MANAGERS}\n"),
    "managers in a step": many(f"; {MANAGERS} \\\n", RUN, "\n"),
    "managers, cleaned up after": many(CLEANED),
    "steps that clean up": many("RUN pip install a; rm -rf /root/.cache/pip\n"),
    "steps cleaned up by later ones": many("RUN pip install a\nRUN rm /root/.cache/pip/x\n"),
    "settings": many("ENV PIP_NO_CACHE_DIR=1\n", BASE + f"RUN {MANAGERS}\n"),
    "flags": many(" --no-cache-dir \\\n", RUN, "\n"),
    "folders": many("cd b; \\\n", BASE + "RUN \\\n", "pip install a\n"),
    "updates and installs": many("RUN apt-get update\nRUN apt-get install a\n"),
    "fetched and built": many("RUN cargo fetch\nRUN cargo build --offline\n", "FROM rust:1\n"),
    "fetched in folders": numbered("FROM node:22\n", "WORKDIR /a{}\nRUN pnpm fetch\nRUN pnpm install --offline\n"),
    "in folders": numbered("FROM golang:1.24\n", "WORKDIR /a{}\nCOPY a{} .\nRUN make && go build\n"),
    "idle mounts": numbered(BASE, "RUN --mount=type=cache,target=/root/.cache/pip{} pip install a\n"),
    "backslashes": many("\\\\\\\n", BASE + "RUN pip install ", "\n"),
}
# Those that take the longest where they are read.
SLOWEST = (
    "comment lines in a RUN",
    "one heredoc",
    "quotes",
    "subshells",
    "substitutions",
    "expansions",
    "cases",
    "chains",
    "brackets of rm",
    "managers in each step",
    "managers in a step",
    "managers, cleaned up after",
    "steps that clean up",
    "steps cleaned up by later ones",
    "settings",
    "flags",
    "folders",
    "updates and installs",
    "fetched and built",
    "fetched in folders",
    "in folders",
    "idle mounts",
)
# Where 240,000 characters are read, here are 190,000 lines, or nearly 300 downloads, or nearly 5,000 commands.
SIZES = {
    "comment lines in a RUN": 760_000,
    "one heredoc": 4_150,
    "chains": 5_700,
    "managers in each step": 16 * len(MANAGERS),
    "managers in a step": 16 * len(MANAGERS),
    "managers, cleaned up after": 10 * len(CLEANED),
    "steps that clean up": 12_700,
    "steps cleaned up by later ones": 12_700,
    "settings": 110_000,
    "cases": 6_200,
    "folders": 39_900,
    "updates and installs": 6_100,
    "fetched and built": 6_200,
    "fetched in folders": 145,
    "in folders": 145,
    "idle mounts": 290,
}


def spent(folder: Path, text: str, *command: str) -> tuple[float, str, str]:
    """Return the processor's seconds that a program takes with a Dockerfile, and what it writes to its two streams."""
    (folder / "Dockerfile").write_text(text, encoding="utf-8", newline="")
    before = os.times()
    done = run(*command, "Dockerfile", folder=folder, timeout=120)
    after = os.times()
    assert done.returncode in (0, 1), done.stderr
    assert "internal error" not in done.stdout + done.stderr
    # Of the processor: the clock also counts what else this machine does.
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, done.stdout, done.stderr


@pytest.mark.parametrize("family", FAMILIES)
def test_ten_megabytes(tmp_path: Path, family: str) -> None:
    _, said, errors = spent(tmp_path, FAMILIES[family](LARGE), "check-cache-mounts")
    assert errors.count("\n") <= 1
    # What is not read is never passed over in silence.
    assert "[unreadable-dockerfile]" in said or "[missing-cache-mount]" in said, said[:300]


@pytest.mark.long
@pytest.mark.parametrize("family", SLOWEST)
def test_as_large_as_is_read(tmp_path: Path, family: str) -> None:
    """A repair reads the file several times, so it takes longer than a check."""
    text = FAMILIES[family](SIZES.get(family, 240_000))
    seconds, patch, said = spent(tmp_path, text, "fix-cache-mounts", "--diff")
    assert seconds < MOST
    assert re.match(r"--- a/Dockerfile\n|\Z", patch)
    # Beside the patch stands what it leaves, and why, and a summary.
    assert [one for one in said.splitlines() if not LEFT.match(one)] == []
    assert "[unreadable-dockerfile]" not in said


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    message = "is larger than 16,000,000 bytes, which is the most that is read\n"
    with (tmp_path / "Dockerfile").open("wb") as file:
        file.truncate(1 << 40)
    done = run("fix-cache-mounts", "Dockerfile", folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, f"Dockerfile: {message}")
    command = f"head -c 20000000 /dev/zero | {program('check-cache-mounts')} -"
    done = run("/bin/sh", "-c", command, folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, f"<stdin>: {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BASE + "RUN a\n" * 5000, "a file with more than 5,000 instructions is not checked"),
        ("FROM a\n" * 501, "a file with more than 500 stages is not checked"),
        (BASE + "RUN pip install a\n" * 301, "a file with more than 300 commands that download is not checked"),
        (
            BASE + "RUN pip install a" + "; pip install a" * 300 + "\n",
            "a file with more than 300 commands that download",
        ),
        (
            BASE + "RUN pip install a" + "; b" * 5000 + "\n",
            "a file with more than 5,000 commands in the steps that download",
        ),
        (
            BASE + ("RUN pip install a" + "; b" * 17 + "\n") * 295,
            "a file with more than 5,000 commands in the steps that download",
        ),
        (BASE + "RUN " + "--mount=type=tmpfs,target=/a " * 101 + "pip install a\n", "a RUN with more than 100 mounts"),
        (BASE + "\n" * 200_000, "a file with more than 200,000 lines is not checked"),
        (BASE + "RUN " + "a \\\n" * 125_001 + "b\n", "a file with more than 250,000 characters in its instructions"),
        (BASE + "RUN " + "a" * 65_536 + "\n", "dockerfile line greater than max allowed size of 65535"),
    ],
)
def test_every_limit_has_its_line(tmp_path: Path, text: str, message: str) -> None:
    _, said, errors = spent(tmp_path, text, "check-cache-mounts")
    assert errors.count("\n") <= 1
    assert message in said
    assert "[unreadable-dockerfile]" in said


def test_a_repair_that_would_make_a_file_too_large_is_not_made() -> None:
    text = BASE + ("RUN echo " + "a" * 49_980 + "\n") * 5 + "RUN pip install a\n"
    repaired, report = engine.fix(Source(path="Dockerfile", text=text))
    assert repaired.text == text
    assert [(one.rule, one.fix, one.note) for one in report.findings] == [
        ("missing-cache-mount", None, "the file would be too large to be read after it")
    ]
