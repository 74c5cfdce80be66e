"""Why a repair is not safe, or there is none."""

from __future__ import annotations

import pytest

from unit.checks import check, impossible, withheld

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
        "uid=$OWNER",
        "gid=1000,mode=$MODE",
    ],
)
def test_another_step_has_the_cache_for_another_owner(options: str) -> None:
    other = f"RUN --mount=type=cache,target=/root/.npm,{options} true"
    reason = "another step has the cache /root/.npm for another owner"
    assert withheld(NPM, "ARG OWNER", "ARG MODE", "RUN npm ci", other) == reason


@pytest.mark.parametrize(
    "options",
    ["mode=0755", "mode=755", "uid=0,gid=0", "uid=0,id=x"],
)
def test_another_step_has_a_cache_for_the_same_owner(options: str) -> None:
    other = f"RUN --mount=type=cache,target=/root/.npm,{options} true"
    assert "another owner" not in withheld(NPM, "RUN npm ci", other)


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
    why = f"{name} has a character or a variable that a fix does not write into a mount"
    assert impossible(PIP, f'ENV PIP_CACHE_DIR="{name}"', "RUN pip install x") == why


COPIED = "an earlier instruction copies files into /root/.cache/pip, which a mount hides"


@pytest.mark.parametrize(
    "lines",
    [
        ("COPY x /root/.cache/pip/x",),
        ("ADD x /root/.cache/pip/x",),
        ("ADD root/.cache /root/.cache",),
        ("COPY /root/.cache /root/.cache",),
        ('COPY ["root/.cache", "/root/.cache"]',),
        ("RUN true", "COPY x /root/.cache/pip/x"),
        ("COPY x /", "COPY x /root/.cache/pip/x"),
        ("COPY x /etc/x", "COPY x /root/.cache/pip/x"),
        ("COPY x /root/.cache/pip/x", "COPY x /root/.cache/pip/x"),
        ("WORKDIR /root/.cache", "COPY x pip/x"),
        ("ENV WHERE=/root/.cache", "COPY x $WHERE/pip/x"),
    ],
)
def test_an_earlier_instruction_copies_files_there(lines: tuple[str, ...]) -> None:
    assert withheld(PIP, *lines, "RUN pip install x") == COPIED
    assert withheld(f"{PIP} AS base", *lines, "FROM base", "RUN pip install x") == COPIED
    assert withheld(PIP, *lines, "RUN pip install x", *lines) == COPIED


@pytest.mark.parametrize(
    "line",
    [
        "COPY x /root/.cache",
        "COPY / /",
        "COPY x $UNKNOWN",
        "COPY x $UNKNOWN/pip",
        "LABEL x /root/.cache/pip/x",
        "ONBUILD COPY x /root/.cache/pip/x",
        "COPY .cache /root/.cache",
    ],
)
def test_an_earlier_instruction_copies_files_elsewhere(line: str) -> None:
    assert withheld(PIP, "ARG UNKNOWN", line, "RUN pip install x") == ""
    assert withheld(PIP, "RUN pip install x", "COPY x /root/.cache/pip/x") == ""


FOLDER = "the mount makes /home/app/.cache for root, and whether the user has a home is not known"


@pytest.mark.parametrize(
    "line",
    [
        "useradd -m -u 1001 app",
        "useradd -Um -u 1001 app",
        "useradd --create-home -u 1001 app",
        "useradd \\\n -u 1001 -m app",
        "adduser -D -u 1001 app",
        "adduser -D -u 1001 app; echo -H",
        "useradd -u 1001 app && mkdir -p /home/app && chown app /home/app",
        "useradd -u 1001 app && mkdir ~app && chown -R app ~app",
        "useradd -u 1001 app && install -d -o app /home/app",
    ],
)
def test_a_user_whose_home_is_there(line: str) -> None:
    steps = ("USER app", "RUN pip install x")
    assert withheld(PIP, f"RUN {line}", *steps) == ""
    # What comes later makes none.
    assert withheld(PIP, "RUN useradd -u 1001 app", *steps, f"RUN {line}") == FOLDER


@pytest.mark.parametrize(
    "line",
    [
        "useradd -M -u 1001 app",
        "useradd -u 1001 app; ls -m",
        "adduser -D -H -u 1001 app",
        "adduser -DH -u 1001 app",
        "adduser --no-create-home -u 1001 app",
        "useradd -u 1001 app && mkdir -p /home/app",
        "useradd -u 1001 app && mkdir ~app",
        "useradd -u 1001 app && install -d /home/app",
        "useradd -u 1001 app && mkdir /home/app/x",
        "useradd -u 1001 app && mkdir /home/apple",
        "useradd -u 1001 app && mkdir /home/app-x",
    ],
)
def test_a_user_whose_home_may_not_be_there(line: str) -> None:
    assert withheld(PIP, f"RUN {line}", "USER app", "RUN pip install x") == FOLDER


@pytest.mark.parametrize(
    "line",
    [
        "git clone git@example.org:made",
        "git clone git@example.org:team/made.git",
        "A=1; mkdir /made",
        "mkdir '' /made",
        "mkdir -m 755 /other /made",
    ],
)
def test_a_folder_that_the_step_makes(line: str) -> None:
    why = withheld(PIP, "WORKDIR /", "ENV PIP_CACHE_DIR=/made/cache", f"RUN {line} && pip install x")
    assert why == "the step makes /made itself, and may refuse it where the mount has made it"
