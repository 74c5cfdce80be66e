from __future__ import annotations

import time

import pytest

from cachemount.dockerfile.model import Dockerfile, Instruction
from cachemount.dockerfile.reader import read
from cachemount.dockerfile.state.assignments import expand, pairs
from cachemount.dockerfile.state.environment import Environment, environments, final
from cachemount.source import Source


def parsed(text: str) -> Dockerfile:
    return read(Source(path="Dockerfile", text=text))


def at(text: str, run: str = "here") -> Environment:
    """Return the environment of the RUN that says `run`."""
    dockerfile = parsed(text)
    found = environments(dockerfile)
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            if instruction.keyword == "RUN" and instruction.arguments.text.strip() == run:
                return found[id(instruction)]
    raise AssertionError(f"no RUN {run}")


def first(text: str, keyword: str) -> tuple[Dockerfile, Instruction]:
    dockerfile = parsed(text)
    return dockerfile, next(one for one in dockerfile.stages[0].instructions if one.keyword == keyword)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("plain", "plain"),
        ("$A", "one"),
        ("${A}x", "onex"),
        ("a$MISSING.b", "a.b"),
        ("${MISSING:-two}", "two"),
        ("${MISSING-$A}", "one"),
        ("${EMPTY:-two}", "two"),
        ("${EMPTY-two}", ""),
        ("${A:+set}", "set"),
        ("${MISSING:+set}", ""),
        ("${EMPTY+set}", "set"),
        ('"$A b"', "one b"),
        ("'$A'", "$A"),
        (r"\$A", "$A"),
        (r'"a\"b"', 'a"b'),
        (r"a\ b", "a b"),
        ("$UNKNOWN", None),
        ("${UNKNOWN:-x}", None),
        ("${MISSING:?gone}", None),
        ("${A%e}", None),
    ],
)
def test_expand(raw: str, value: str | None) -> None:
    assert expand(raw, {"A": "one", "EMPTY": "", "UNKNOWN": None}) == value


def test_expand_with_another_escape() -> None:
    assert expand(r"C:\a`$A", {"A": "one"}, "`") == r"C:\a$A"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ENV A=1 B='x y' C=\"p q\"", [("A", "1", "A=1"), ("B", "'x y'", "B='x y'"), ("C", '"p q"', 'C="p q"')]),
        ("ENV A=1 \\\n    # why\n    B=2", [("A", "1", "A=1"), ("B", "2", "B=2")]),
        ("ENV A=x\\ y B=", [("A", r"x\ y", r"A=x\ y"), ("B", "", "B=")]),
        ("ENV A b c=d ", [("A", "b c=d", "A b c=d")]),
        ("ENV\tA   b", [("A", "b", "A   b")]),
        ("ENV A=$B=c", [("A", "$B=c", "A=$B=c")]),
        ("ARG A B=2", [("A", None, "A"), ("B", "2", "B=2")]),
    ],
)
def test_pairs(line: str, expected: list[tuple[str, str | None, str]]) -> None:
    dockerfile, instruction = first(f"FROM x\n{line}\n", line[:3])
    found = pairs(instruction)
    assert [(pair.name, pair.raw, dockerfile.source.slice(pair.span)) for pair in found] == expected
    assert [pair.old for pair in found] == [line.startswith(("ENV A b", "ENV\t"))] * len(found)


def test_pairs_of_one_instruction_see_the_values_from_before_it() -> None:
    variables = at("FROM x\nENV A=1\nENV A=2 B=$A\nRUN here\n").variables
    assert (variables["A"], variables["B"]) == ("2", "1")


def test_arguments_of_one_instruction_see_one_another() -> None:
    assert at("FROM x\nARG A=1 B=$A\nRUN here\n").variables["B"] == "1"


def test_a_setting_tells_where_it_comes_from() -> None:
    text = "FROM golang\nENV A=1 B=2\nARG C=3\nRUN here\n"
    settings = at(text).settings
    assert {name: setting.origin for name, setting in settings.items()} == {
        "GOPATH": "image",
        "A": "env",
        "B": "env",
        "C": "arg",
    }
    pair = settings["B"].pair
    assert pair is not None
    assert text[pair.start : pair.end] == "B=2"
    assert settings["GOPATH"].instruction is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("FROM x\nARG A=1\nENV A=2\nRUN here\n", "2"),
        # BuildKit's dispatchArg adds its value to the environment whatever ENV said.
        ("FROM x\nENV A=2\nARG A=1\nRUN here\n", "1"),
        ("FROM x\nENV A=2\nARG A\nRUN here\n", "2"),
        ("FROM x\nARG A=1\nARG A\nRUN here\n", "1"),
        ("FROM x\nARG A\nRUN here\n", None),
        ("ARG A=1\nFROM x\nARG A\nRUN here\n", "1"),
        ("ARG A=1\nFROM x\nARG A=2\nRUN here\n", "2"),
        ("ARG A\nFROM x\nARG A\nRUN here\n", None),
        ("ARG TARGETARCH=no\nFROM x\nARG TARGETARCH\nENV A=$TARGETARCH\nRUN here\n", None),
        ("FROM x\nARG A=1\nENV A=${A}2\nRUN here\n", "12"),
        ("FROM x AS one\nARG A=1\nFROM one\nRUN here\n", "1"),
        # The child begins with what the image of its parent keeps: ENV, not ARG.
        ("FROM x AS one\nENV A=2\nARG A=1\nFROM one\nRUN here\n", "2"),
        ("FROM x AS one\nONBUILD ENV A=3\nFROM one\nRUN here\n", "3"),
    ],
)
def test_env_and_arg(text: str, value: str | None) -> None:
    assert at(text).variables["A"] == value


@pytest.mark.parametrize(
    "text",
    [
        "ARG A=1\nFROM x\nRUN here\n",
        "FROM x AS one\nARG A=1\nFROM x\nRUN here\n",
        "FROM x\nONBUILD ENV A=1\nRUN here\n",
    ],
)
def test_not_set(text: str) -> None:
    assert "A" not in at(text).variables


def test_an_onbuild_step_runs_after_all_others_of_its_stage() -> None:
    found = at("FROM x\nARG B=1\nONBUILD RUN here\nENV A=1\nUSER 7\n")
    assert (found.variables, found.user) == ({"A": "1"}, "7")


@pytest.mark.parametrize(
    ("text", "workdir"),
    [
        ("FROM debian\nRUN here\n", "/"),
        ("FROM debian\nWORKDIR app\nRUN here\n", "/app"),
        ("FROM debian\nWORKDIR /a/\nWORKDIR b/../c\nRUN here\n", "/a/c"),
        ("FROM debian\nENV D=/srv\nWORKDIR $D/x\nRUN here\n", "/srv/x"),
        ("FROM debian\nARG D\nWORKDIR $D/x\nRUN here\n", None),
        ("FROM debian\nARG D\nWORKDIR $D\nWORKDIR sub\nRUN here\n", None),
        ("FROM debian\nARG D\nWORKDIR $D\nWORKDIR /sub\nRUN here\n", "/sub"),
        ("FROM debian\nWORKDIR //app\nRUN here\n", "/app"),
        ("FROM golang\nRUN here\n", "/go"),
        ("FROM company/base\nWORKDIR app\nRUN here\n", None),
        ("FROM company/base\nWORKDIR /srv\nWORKDIR app\nRUN here\n", "/srv/app"),
        ("FROM debian AS one\nWORKDIR /srv\nFROM one\nWORKDIR app\nRUN here\n", "/srv/app"),
    ],
)
def test_workdir(text: str, workdir: str | None) -> None:
    assert at(text).workdir == workdir


def test_shell() -> None:
    assert at('FROM debian\nSHELL ["/bin/bash", "-c"]\nRUN here\n').shell == ("/bin/bash", "-c")
    assert at('FROM debian AS a\nSHELL ["/bin/bash", "-c"]\nFROM a\nRUN here\n').shell == ("/bin/bash", "-c")
    assert at("FROM mcr.microsoft.com/windows/servercore\nRUN here\n").shell == ("cmd", "/S", "/C")


@pytest.mark.parametrize(
    ("text", "home", "account_home"),
    [
        ("FROM debian\nRUN here\n", "/root", "/root"),
        ("FROM debian\nENV HOME=/srv\nRUN here\n", "/srv", "/root"),
        ("FROM debian\nARG HOME=/srv\nRUN here\n", "/srv", "/root"),
        ("FROM debian\nENV HOME=/srv\nENV HOME=\nRUN here\n", "/root", "/root"),
        ("FROM node\nUSER node\nRUN here\n", "/home/node", "/home/node"),
        ("FROM jupyter/base-notebook\nUSER root\nRUN here\n", "/home/jovyan", "/root"),
        ("FROM company/base\nUSER app\nRUN here\n", None, None),
        ("FROM scratch\nADD rootfs.tar /\nRUN here\n", "/root", "/root"),
    ],
)
def test_home(text: str, home: str | None, account_home: str | None) -> None:
    found = at(text)
    assert (found.home, found.account_home) == (home, account_home)


def test_the_image_at_the_root_of_the_chain() -> None:
    found = at("ARG V=3.12\nFROM python:$V-slim AS one\nFROM one\nRUN here\n")
    assert found.image == "python:3.12-slim"
    assert found.base is not None
    assert found.base.distribution == "debian"
    assert at("FROM scratch\nRUN here\n").image == "scratch"
    assert at("FROM scratch\nRUN here\n").base is None
    assert at("ARG I\nFROM $I\nRUN here\n").image == "${I}"


def test_final() -> None:
    dockerfile = parsed("FROM node AS one\nUSER node\nFROM alpine\nENV A=1\n")
    assert final(dockerfile, dockerfile.stages[0]).user == "node"
    assert final(dockerfile, dockerfile.stages[1]).variables == {"A": "1"}


def test_many_instructions_take_no_time_out_of_proportion() -> None:
    dockerfile = parsed("FROM x\n" + "".join(f"ENV A{number}=$A{number - 1}\n" for number in range(2000)))
    start = time.perf_counter()
    environments(dockerfile)
    assert time.perf_counter() - start < 3
