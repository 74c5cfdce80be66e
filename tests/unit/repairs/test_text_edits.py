"""Single edits in texts that a case file cannot show well: line ends, tabs, odd blanks, the ends of a file."""

from __future__ import annotations

import pytest

from cachemount import engine
from cachemount.dockerfile.model import MountFlag
from cachemount.dockerfile.reader import read
from cachemount.findings import Edit
from cachemount.repairs import text_edits
from cachemount.source import Source

MOUNT = "RUN --mount=type=cache,target=/root/.cache/pip"
OFF = "PIP_NO_CACHE_DIR=1"
KEEP = (
    "RUN rm -f /etc/apt/apt.conf.d/docker-clean; \\\n"
    "    echo 'Binary::apt::APT::Keep-Downloaded-Packages \"true\";' > /etc/apt/apt.conf.d/keep-cache\n"
)
APT = (
    "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
    "    --mount=type=cache,target=/var/lib/apt,sharing=locked \\\n"
    "    apt-get update && apt-get install -y curl\n"
)


def fixed(text: str) -> str:
    return engine.fix(Source(path="Dockerfile", text=text))[0].text


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param("RUN pip install x\n", f"{MOUNT} \\\n    pip install x\n", id="one blank"),
        pytest.param("RUN  \t pip install x\n", f"RUN  \t {MOUNT[4:]} \\\n    pip install x\n", id="several blanks"),
        pytest.param("RUN \\\n\tpip install x\n", f"{MOUNT} \\\n\tpip install x\n", id="on the next line"),
        pytest.param("RUN \\ \t\n  pip install x\n", f"{MOUNT} \\ \t\n  pip install x\n", id="blanks behind the joint"),
        pytest.param("RUN pip install x", f"{MOUNT} \\\n    pip install x", id="no line end at the end of the file"),
        pytest.param(
            f"{MOUNT} PIP_NO_CACHE_DIR=1 \tpip install x\n", f"{MOUNT} pip install x\n", id="an assignment, and a tab"
        ),
        pytest.param(
            f"{MOUNT} pip install \\\n    # no cache\n    --no-cache-dir x\n",
            f"{MOUNT} pip install \\\n    # no cache\n     x\n",
            id="a comment in front of a word stays",
        ),
        pytest.param(
            f"{MOUNT} pip install x --no-cache-dir --no-cache-dir --quiet\n",
            f"{MOUNT} pip install x --quiet\n",
            id="a word twice",
        ),
        pytest.param(f"{MOUNT} pip install x --no-cache-dir", f"{MOUNT} pip install x", id="the last word of a file"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_in_a_step(text: str, after: str, end: str) -> None:
    head = "FROM python:3.13-slim\n"
    assert fixed((head + text).replace("\n", end)) == (head + after).replace("\n", end)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param(f"ENV {OFF}\n", "", id="alone"),
        pytest.param("ENV PIP_NO_CACHE_DIR 1\n", "", id="alone, in the old form"),
        pytest.param(f"  ENV {OFF}  \n", "", id="with blanks around it"),
        pytest.param(f"\nENV {OFF}\n\n", "\n", id="one of the empty lines around it goes too"),
        pytest.param(f"\nENV {OFF}\n", "\n", id="an empty line in front stays"),
        pytest.param(f"ENV {OFF}\n\n", "\n", id="an empty line behind stays"),
        pytest.param(f"\nENV {OFF}\n\n\n", "\n\n", id="only one of the empty lines"),
        pytest.param(
            f"LABEL a=b\nENV {OFF}\n\n", "LABEL a=b\n\n", id="an empty line behind stays, with a line in front"
        ),
        pytest.param(f"# why\nENV {OFF}\n", "# why\n", id="a comment above stays"),
        pytest.param(f"# hadolint is good\n\nENV {OFF}\n", "# hadolint is good\n\n", id="a pragma further up"),
        pytest.param(f"# hadolint is good\nLABEL a=b\nENV {OFF}\n", "# hadolint is good\nLABEL a=b\n", id="another's"),
        pytest.param(f"ENV {OFF} A=1\n", "ENV A=1\n", id="the first"),
        pytest.param(f"ENV A=1 {OFF}\n", "ENV A=1\n", id="the last"),
        pytest.param(f"ENV A=1 \t{OFF}\tB=2\n", "ENV A=1\tB=2\n", id="between two"),
        pytest.param(f"ENV {OFF} \\\n    A=1 \\\n    B=2\n", "ENV A=1 \\\n    B=2\n", id="the first of three lines"),
        pytest.param(
            f"ENV A=1 \\\n    # why\n    {OFF} \\\n    B=2\n",
            "ENV A=1 \\\n    # why\n    B=2\n",
            id="a comment in front of a pair stays",
        ),
        pytest.param(
            f"ENV {OFF} \\\n    # why\n    B=2\n", "ENV \\\n    # why\n    B=2\n", id="a comment behind a pair stays"
        ),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_variable(text: str, after: str, end: str) -> None:
    head, step = "FROM python:3.13-slim\n", f"{MOUNT} pip install x\n"
    assert fixed((head + text + step).replace("\n", end)) == (head + after + step).replace("\n", end)


@pytest.mark.parametrize(
    "comment",
    ["hadolint ignore=DL3044", "cachemount: x", "tally x", "check = x", "check=x", "checkov:x", "trivy:ignore:x"],
)
@pytest.mark.parametrize("more", ["", "# more\n", "# more\n# and more\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_variable_that_a_pragma_stands_on_stays(comment: str, more: str, end: str) -> None:
    text = f"FROM python:3.13-slim\n# {comment}\n{more}ENV {OFF}\n{MOUNT} pip install x\n".replace("\n", end)
    assert fixed(text) == text


def test_the_last_comment_of_a_file_is_not_above_its_first_line() -> None:
    text = f"#\n# x\nFROM python:3.13-slim\n#\n#\nENV {OFF}\n{MOUNT} pip install x\n# hadolint x"
    assert fixed(text) == text.replace(f"ENV {OFF}\n", "")


@pytest.mark.parametrize(
    ("above", "between"),
    [
        pytest.param("FROM debian:12\n", "\n", id="directly behind a line"),
        pytest.param("FROM debian:12\n\n", "", id="behind an empty line"),
        pytest.param("FROM debian:12\n \t\n", "", id="behind a line of blanks"),
        pytest.param("FROM debian:12\n# x\n\n", "", id="a comment with a gap stays above"),
        pytest.param("\nFROM debian:12\nLABEL a=b\n", "\n", id="a file that begins with an empty line"),
        pytest.param("F\\\nROM x\nFROM debian:12\n", "\n", id="a short line"),
    ],
)
@pytest.mark.parametrize("comments", ["", "# one\n", "# one\n  # two\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_step_in_front(above: str, between: str, comments: str, end: str) -> None:
    text = f"{above}{comments}RUN apt-get update && apt-get install -y curl\n"
    after = f"{above}{between}{KEEP}\n{comments}{APT}"
    assert fixed(text.replace("\n", end)) == after.replace("\n", end)


@pytest.mark.parametrize(
    ("text", "offset", "end"),
    [
        ("a\r\nb\n", 0, "\r\n"),
        ("a\r\nb\n", 3, "\n"),
        ("a\nb\r\n", 0, "\n"),
        ("a\nb\r\n", 2, "\r\n"),
        ("a\nb\r\nc", 5, "\r\n"),
        ("a\r\nb\nc", 5, "\n"),
        ("a", 0, "\n"),
        ("\na", 1, "\n"),
        ("\n\r", 1, "\n"),
        ("\na\r", 0, "\n"),
        ("\r\na", 0, "\r\n"),
        ("\r\na", 2, "\r\n"),
        ("\r\r\n\n", 3, "\n"),
    ],
)
def test_newline(text: str, offset: int, end: str) -> None:
    assert text_edits.newline(Source(path="Dockerfile", text=text), offset) == end


def flag_of(mount: str) -> tuple[Source, MountFlag]:
    source = Source(path="Dockerfile", text=f"FROM x\nRUN {mount} true\n")
    run = read(source).stages[0].instructions[-1].run
    assert run is not None
    return source, run.mounts[0]


def apply(source: Source, edit: Edit | None) -> str | None:
    if edit is None:
        return None
    text = source.text[: edit.span.start] + edit.text + source.text[edit.span.end :]
    return text.removeprefix("FROM x\nRUN --mount=").removesuffix(" true\n")


@pytest.mark.parametrize(
    ("options", "after"),
    [
        ("type=cache,target=/old", "type=cache,target=/new"),
        ("type=cache,dst=~/${OLD}/$A:x-y_z.1,id=a", "type=cache,dst=/new,id=a"),
        ("destination=/old,type=cache", "destination=/new,type=cache"),
        ("type=cache,target=", "type=cache,target=/new"),
        ("type=cache,target=/a=/b", None),
        ("type=cache,target=/a\\ b", None),
        ("type=bind", None),
    ],
)
def test_set_target(options: str, after: str | None) -> None:
    source, flag = flag_of(f"--mount={options}")
    assert apply(source, text_edits.set_target(flag, source, "/new", {})) == after


def test_set_target_adds_the_options_that_it_lacks() -> None:
    source, flag = flag_of("--mount=type=cache,target=/old,gid=5")
    edit = text_edits.set_target(flag, source, "/new", {"uid": "7", "gid": "7"})
    assert apply(source, edit) == "type=cache,target=/new,uid=7,gid=5"


@pytest.mark.parametrize(
    ("options", "after"),
    [
        ("type=cache,target=/a", "type=cache,target=/a,id=new"),
        ("type=cache,id=old,target=/a", "type=cache,id=new,target=/a"),
        ("type=cache,id=old=er,target=/a", "type=cache,id=new,target=/a"),
        ("type=cache,target='/a'", "type=cache,target='/a',id=new"),
        ('type=cache,target="/a"', 'type=cache,target="/a",id=new'),
        ("type=cache,target=''\"\"", "type=cache,target=''\"\",id=new"),
        ("'type=cache,target=/a'", "'type=cache,target=/a,id=new'"),
    ],
)
def test_set_option(options: str, after: str) -> None:
    source, flag = flag_of(f"--mount={options}")
    assert apply(source, text_edits.set_option(flag, source, "id", "new")) == after


def test_cache_mount() -> None:
    assert str(text_edits.CacheMount(target="/a")) == "--mount=type=cache,target=/a"
    mount = text_edits.CacheMount(target="/a", id="b", sharing="locked", uid=0, gid=0, mode="0777")
    assert str(mount) == "--mount=type=cache,id=b,target=/a,sharing=locked,uid=0,gid=0,mode=0777"
