"""Why a repair is not safe, or there is none."""

from __future__ import annotations

import pytest
from checks import check, impossible, withheld

NPM = "FROM node:24-slim"
PIP = "FROM python:3.13-slim"


@pytest.mark.parametrize(
    "options",
    [
        "uid=1000",
        "gid=1000",
        "mode=0777",
        "mode=777",
        "uid=1000,target=/root/.npm/,mode=755",
        "uid=1000,target=/npm,id=/root/.npm",
    ],
)
def test_another_step_has_the_cache_for_another_owner(options: str) -> None:
    other = f"RUN --mount=type=cache,target=/root/.npm,{options} true"
    assert withheld(NPM, "RUN npm ci", other) == "another step has the cache /root/.npm for another owner"


@pytest.mark.parametrize(
    "options",
    ["mode=0755", "mode=755", "uid=0,gid=0", "uid=$OWNER", "gid=1000,mode=$MODE", "uid=0,id=x"],
)
def test_another_step_has_a_cache_for_the_same_owner_or_nobody_knows(options: str) -> None:
    other = f"RUN --mount=type=cache,target=/root/.npm,{options} true"
    assert "another owner" not in withheld(NPM, "ARG OWNER", "ARG MODE", "RUN npm ci", other)


TICKS = "# escape=`"
LEFT = "what is left of a line would be taken for a continued one"


@pytest.mark.parametrize(
    "line",
    [
        "RUN pip install `cat list` --no-cache-dir",
        "RUN pip install `cat list`\t  --no-cache-dir",
        "RUN pip install `cat list` --no-cache-dir  \t",
        "RUN pip install `cat list` --no-cache-dir\r",
    ],
)
def test_a_backtick_of_the_shell_comes_to_the_end_of_a_line(line: str) -> None:
    mounted = line.replace("RUN", "RUN --mount=type=cache,target=/root/.cache/pip")
    assert impossible(TICKS, PIP, mounted, "RUN true") == LEFT
    assert impossible(TICKS, PIP, "RUN true", mounted) == LEFT


def test_a_backtick_at_the_end_of_the_file() -> None:
    mounted = "RUN --mount=type=cache,target=/root/.cache/pip pip install `cat list` --no-cache-dir"
    (finding,) = check(TICKS, PIP, mounted).findings
    assert (finding.fix, finding.note) == (None, LEFT)


@pytest.mark.parametrize(
    ("head", "line"),
    [
        (TICKS, "pip install `cat list` --no-cache-dir x"),
        (TICKS, "pip install --no-cache-dir `cat list` x"),
        (TICKS, "pip install x --no-cache-dir"),
        (TICKS, "pip install x --no-cache-dir `"),
        ("# escape=\\", "pip install `cat list` --no-cache-dir"),
    ],
)
def test_a_backtick_that_stays_in_the_middle_or_was_at_the_end(head: str, line: str) -> None:
    mounted = f"RUN --mount=type=cache,target=/root/.cache/pip {line}"
    assert withheld(head, PIP, mounted, "  && true" if line.endswith("`") else "RUN true") == ""


def test_a_mount_that_ends_in_a_byte_of_a_letter() -> None:
    why = "a mount ends in the middle of a character"
    assert impossible(NPM, "RUN --mount=type=cache,target=/tmp/x\N{LATIN SMALL LETTER A WITH GRAVE} npm ci") == why
    assert impossible(NPM, "RUN --mount=type=cache,target=/tmp/x npm ci \N{LATIN SMALL LETTER A WITH GRAVE}") == ""


def test_an_id_that_is_not_written_in_plain_words() -> None:
    other = "RUN --mount=type=cache,target=/root/.npm,id=a*b npm ci"
    why = "the id of the same cache in another step is not written in plain words"
    assert impossible(NPM, "RUN npm ci", other) == why
    assert impossible(NPM, "RUN npm ci", other.replace("*", "-")) == ""


@pytest.mark.parametrize("name", ["/caché", "/ca che", "/ca'che", "/ca*che"])
def test_a_place_that_cannot_be_written_as_a_target(name: str) -> None:
    why = f"{name} cannot be written as the target of a mount"
    assert impossible(PIP, f'ENV PIP_CACHE_DIR="{name}"', "RUN pip install x") == why
