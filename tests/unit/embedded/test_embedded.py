"""Dockerfiles inside Compose and Bake files."""

from __future__ import annotations

import io
import json
import sys
import textwrap
import warnings
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from cachemount import engine
from cachemount.embedded import hcl, hosts, interpolation
from cachemount.embedded.model import UnreadableHostError
from cachemount.program.main import main
from cachemount.source import Source

UNKNOWN = "the number of the step's user is not known"

MOUNT = "--mount=type=cache,target=/root/.cache/pip"
HEAD = "services:\n  web:\n    build:\n      dockerfile_inline: "


def places(text: str, path: str = "compose.yaml") -> list[tuple[int, int, str]]:
    kind = "bake" if "bake" in path else "compose"
    report = hosts.check(Source(path=path, text=text), kind)
    return [(*report.source.position(one.span.start), one.rule) for one in report.findings]


def repaired(text: str, *, unsafe: bool = False) -> str:
    return hosts.fix(Source(path="compose.yaml", text=text), "compose", unsafe=unsafe)[0].text


def notes(text: str) -> list[str]:
    """Why nothing is repaired, also not on request."""
    report = hosts.fix(Source(path="compose.yaml", text=text), "compose", unsafe=True)[1]
    assert all(one.fix is None for one in report.findings)
    return [one.note for one in report.findings]


BEFORE = """\
# before
x-b: &b
    dockerfile_inline: |-
          FROM node:22
          RUN npm ci   # tail

services:
  web:
    build:
      dockerfile_inline: &df | # why
        FROM python:3.13

        ENV A=$$B\t
        RUN pip install a==$$A &&\\
          \ttrue
    # a comment
    ports: [ "80:80" ]
  two:
    build: {<<: *b, context: .}
  three: {build: {dockerfile_inline: *df}}
"""
AFTER = """\
# before
x-b: &b
    dockerfile_inline: |-
          FROM node:22
          RUN --mount=type=cache,target=/root/.npm \\
              npm ci   # tail

services:
  web:
    build:
      dockerfile_inline: &df | # why
        FROM python:3.13

        ENV A=$$B\t
        RUN --mount=type=cache,target=/root/.cache/pip \\
          \tpip install a==$$A &&\\
          \ttrue
    # a comment
    ports: [ "80:80" ]
  two:
    build: {<<: *b, context: .}
  three: {build: {dockerfile_inline: *df}}
"""


class TestCompose:
    def test_places(self) -> None:
        assert places(BEFORE) == [(5, 15, "missing-cache-mount"), (14, 13, "missing-cache-mount")]

    @pytest.mark.parametrize("newline", ["\n", "\r\n"])
    @pytest.mark.parametrize("bom", ["", "\ufeff"])
    def test_only_the_steps_change(self, newline: str, bom: str) -> None:
        before, after = (bom + text.replace("\n", newline) for text in (BEFORE, AFTER))
        assert repaired(before) == after
        assert repaired(after) == after
        assert places(after) == []

    def test_documents(self) -> None:
        one = HEAD + "|\n        FROM python:3.13\n        RUN pip install x\n"
        text = one + "---\n" + one
        assert [line for line, *_ in places(text)] == [6, 13]
        assert repaired(text).count(MOUNT) == 2

    @pytest.mark.parametrize("style", ["|", "|-", "|+", "|4-", "|  # c"])
    def test_styles_of_a_literal_block(self, style: str) -> None:
        text = HEAD + style + "\n          FROM python:3.13\n          RUN pip install x\n\n\n  b: {image: x}\n"
        if "4" in style:
            text = text.replace("\n          ", "\n          ")
        expected = text.replace("RUN pip", f"RUN {MOUNT} \\\n              pip")
        assert repaired(text) == expected

    @pytest.mark.parametrize(
        ("value", "place"),
        [
            ('"FROM python:3.13\\nRUN pip install x"', (4, 49)),
            ("'FROM python:3.13\n\n\n        RUN pip install x'", (7, 13)),
            (">\n        FROM python:3.13\n\n        RUN\n        pip install x\n", (8, 9)),
        ],
    )
    def test_other_styles_are_checked_and_left(self, value: str, place: tuple[int, int]) -> None:
        assert places(HEAD + value) == [(*place, "missing-cache-mount")]
        assert repaired(HEAD + value, unsafe=True) == HEAD + value
        assert notes(HEAD + value) == ["it is not written as a literal block (`|`)"]

    def test_variables_of_compose(self) -> None:
        text = HEAD + "|\n        FROM python:3.13\n        ENV X=1\n        RUN pip install ${X:-y}$X\n"
        assert places(text) == [(7, 13, "missing-cache-mount")]
        assert repaired(text) == text
        assert notes(text) == []
        fixed = text.replace("RUN pip", f"RUN {MOUNT} \\\n            pip")
        assert repaired(text, unsafe=True) == fixed
        report = hosts.check(Source(path="compose.yaml", text=text), "compose")
        assert report.findings[0].fix is not None
        assert "Compose fills in a variable" in report.findings[0].fix.withheld

    def test_an_escaped_variable_is_the_dockerfiles(self) -> None:
        text = "FROM python:3.13\nENV PIP_CACHE_DIR={}\nRUN pip install x\n"
        alone = engine.check(text.format("$HOME/c"))
        report = hosts.check(
            Source(path="compose.yaml", text=HEAD + "|\n" + textwrap.indent(text.format("$$HOME/c"), " " * 8)),
            "compose",
        )
        assert [one.message for one in report.findings] == [one.message for one in alone.findings]

    def test_a_pragma(self) -> None:
        text = HEAD + "|\n        FROM x\n        # cachemount: ignore[missing-cache-mount] once\n        RUN npm ci\n"
        report = hosts.check(Source(path="compose.yaml", text=text), "compose")
        assert (len(report.findings), len(report.suppressed)) == (0, 1)
        assert repaired(text) == text

    def test_what_is_no_inline_dockerfile(self) -> None:
        assert places("services: {a: {build: .}, b: null, c: {build: {dockerfile_inline: }}}\n") == []
        assert places("x: {dockerfile_inline: 'RUN pip install x'}\n") == []
        assert places("- dockerfile_inline\n") == []
        assert places("") == []

    @pytest.mark.parametrize(
        "text",
        [
            HEAD + "|\n        FROM x\n    \tRUN y: [\n",
            HEAD + "'x",
            HEAD + "*nowhere\n",
            HEAD + "\0",
            HEAD + "\udcff",
            "{dockerfile_inline: " * 3000,
            "[dockerfile_inline" * 3000,
            "#dockerfile_inline\n" + "a" * 1_000_001,
        ],
    )
    def test_broken_files(self, text: str) -> None:
        report = hosts.fix(Source(path="compose.yaml", text=text), "compose", unsafe=True)[1]
        assert [one.rule for one in report.findings] == ["unreadable-dockerfile"]
        assert report.findings[0].message.startswith("cannot be read as a Compose file: ")
        assert report.source.text == text

    def test_a_bomb(self) -> None:
        lines = ["a0: &a0 [dockerfile_inline]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 40)]
        lines += ["b0: &b0 {k: v}", *(f"b{n}: &b{n} {{<<: [*b{n - 1}, *b{n - 1}]}}" for n in range(1, 40))]
        assert places("\n".join(lines) + "\nservices: {w: {build: *b39}}\n") == []

    def test_a_merge_into_itself(self) -> None:
        assert places("services: &s\n  <<: *s\n  w: {build: {dockerfile_inline: 'FROM x'}}\n") == []


LINES = st.sampled_from(
    [
        "RUN pip install x",
        "RUN pip install \\\n    a \\\n  b",
        "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*",
        "RUN npm ci",
        "RUN <<EOF\npip install $A\n  echo $$ ${A:-b}\nEOF",
        "ENV A=$B C=${D:-e}",
        "ENV PIP_NO_CACHE_DIR=1",
        "USER app",
        "# a comment: - 'x' $",
        "",
        "FROM node:22 AS b",
        'RUN ["pip", "install", "x"]',
        "RUN pip install --no-cache-dir a # ä",
        "CMD x",
    ]
)


@pytest.mark.slow
@settings(max_examples=150)
@given(st.lists(LINES, max_size=8), st.sampled_from(["\n", "\r\n"]), st.integers(1, 9), st.booleans())
def test_embedded_is_as_alone(lines: list[str], newline: str, width: int, unsafe: bool) -> None:
    alone = Source(path="compose.yaml", text="\n".join(["FROM python:3.13", *lines, "RUN true"]) + "\n")

    def embed(text: str) -> str:
        inner = textwrap.indent(text.replace("$", "$$"), " " * (6 + width))
        return (HEAD + "|\n" + inner + "    ports: []\n").replace("\n", newline)

    source, report = hosts.fix(Source(path="compose.yaml", text=embed(alone.text)), "compose", unsafe=unsafe)
    expected, single = engine.fix(alone, unsafe=unsafe)
    assert source.text == embed(expected.text)
    assert [(one.rule, one.message) for one in report.findings] == [(one.rule, one.message) for one in single.findings]
    for one, other in zip(report.findings, single.findings, strict=True):
        line, column = expected.position(other.span.start)
        assert source.position(one.span.start) == (line + 4, column + 6 + width + _dollars(expected, other.span.start))
    loaded = YAML(typ="safe", pure=True).load(io.StringIO(source.text.replace("\r\n", "\n")))
    assert loaded["services"]["web"]["build"]["dockerfile_inline"].replace("$$", "$") == expected.text


def _dollars(source: Source, offset: int) -> int:
    """Return how many escapes stand before a place on its line."""
    return source.text[source.text.rfind("\n", 0, offset) + 1 : offset].count("$")


HCL = """\
# dockerfile-inline = "FROM x"
target "a" {
  dockerfile = "d"
  dockerfile-inline = <<-EOT
    FROM python:3.13
    ARG V=$${W}
    RUN pip install ${B}
  EOT
}
target "b" {
  args = { x = "}${upper("y")}\\"" }
  dockerfile-inline = "FROM node:22\\nRUN npm ci" // c
  tags = ["dockerfile-inline = "]
}
target "c" { dockerfile-inline = upper("x") }
"""


class TestBake:
    def test_hcl(self) -> None:
        path = "docker-bake.hcl"
        assert places(HCL, path) == [(7, 9, "missing-cache-mount"), (12, 42, "missing-cache-mount")]
        assert places(HCL.replace("\n", "\r\n"), path) == places(HCL, path)
        assert hosts.fix(Source(path=path, text=HCL), "bake", unsafe=True)[0].text == HCL

    def test_json(self) -> None:
        text = '{"target": {"a": {"dockerfile-inline": "FROM node:22\\nRUN npm ci"}}}'
        assert places(text, "docker-bake.json") == [(1, 59, "missing-cache-mount")]
        assert hosts.fix(Source(path="docker-bake.json", text=text), "bake", unsafe=True)[0].text == text

    def test_what_to_write_by_hand(self) -> None:
        step = "RUN apt-get update && apt-get install -y git"
        text = f'target "a" {{\n  dockerfile-inline = "FROM debian:13\\n{step}"\n}}\n'
        (found,) = hosts.check(Source(path="bake.hcl", text=text), "bake").findings
        assert found.note == "it stands in a Bake file"
        assert found.by_hand == textwrap.dedent("""\
            - RUN apt-get update && apt-get install -y git
            +
            + RUN rm -f /etc/apt/apt.conf.d/docker-clean; \\
            +     echo 'Binary::apt::APT::Keep-Downloaded-Packages "true";' > /etc/apt/apt.conf.d/keep-cache
            +
            + RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
            +     --mount=type=cache,target=/var/lib/apt,sharing=locked \\
            +     apt-get update && apt-get install -y git""")

    def test_a_fix_that_is_not_safe_is_not_shown(self) -> None:
        text = 'target "a" {\n  dockerfile-inline = "FROM debian:13\\nUSER app\\nRUN pip install flask"\n}\n'
        (found,) = hosts.check(Source(path="bake.hcl", text=text), "bake").findings
        assert (found.note, found.by_hand) == ("the home of user app is not known", "")

    def test_what_to_write_by_hand_is_escaped(self) -> None:
        text = 'target "a" {\n  dockerfile-inline = "FROM python:3\\nRUN pip install $A $${B}"\n}\n'
        (found,) = hosts.check(Source(path="bake.hcl", text=text), "bake").findings
        assert found.by_hand.splitlines()[::2] == ["- RUN pip install $A $${B}", "+     pip install $A $${B}"]
        text = HEAD + '"FROM python:3\\nRUN pip install $$A"\n'
        (found,) = hosts.check(Source(path="compose.yaml", text=text), "compose").findings
        assert found.by_hand.splitlines()[::2] == ["- RUN pip install $$A", "+     pip install $$A"]

    def test_a_step_that_bake_fills_in_is_not_shown(self) -> None:
        text = 'target "a" {\n  dockerfile-inline = "FROM python:3\\nRUN pip install ${PACKAGE}"\n}\n'
        (found,) = hosts.check(Source(path="bake.hcl", text=text), "bake").findings
        assert (found.note, found.by_hand) == ("it stands in a Bake file", "")

    @pytest.mark.parametrize("text", ['a = "', "a = <<EOT\nx\n", 'a = "${', '"${"' * 5000])
    def test_broken(self, text: str) -> None:
        assert [rule for *_, rule in places(text, "docker-bake.hcl")] == ["unreadable-dockerfile"]


class TestPrograms:
    def test_check_and_fix(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("compose.yaml").write_text(BEFORE, encoding="utf-8")
        Path("docker-bake.hcl").write_text(HCL, encoding="utf-8")
        Path("Dockerfile").write_text("FROM x\nRUN npm ci\n", encoding="utf-8")
        assert main("check-compose-cache-mounts", ["."]) == 1
        out = capsys.readouterr().out
        assert "compose.yaml:14:13: " in out
        assert "docker-bake.hcl:7:9: " in out
        assert "Dockerfile:" not in out.replace("docker", "")
        assert main("fix-compose-cache-mounts", ["compose.yaml"]) == 1
        assert Path("compose.yaml").read_text(encoding="utf-8") == AFTER
        assert main("fix-compose-cache-mounts", ["compose.yaml"]) == 0
        assert main("check-cache-mounts", ["compose.yaml"]) == 0

    def test_a_name_that_is_given_twice_is_not_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("compose.yaml").write_text("x-a: &a {b: 1}\nx-b: &a {b: 2}\n" + AFTER, encoding="utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert main("check-compose-cache-mounts", ["compose.yaml"]) == 0
        assert "anchor" not in capsys.readouterr().err

    def test_standard_input(self, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BEFORE.encode())))
        assert main("fix-cache-mounts", ["--stdin-filename", "a/compose.yaml"]) == 1
        assert capfdbinary.readouterr().out == AFTER.encode()


@pytest.mark.slow
@pytest.mark.parametrize("text", ["${a" * 200_000, "${a" * 100_000 + "}" * 100_000, "$" * 400_000])
def test_variables_that_are_never_closed_take_no_time(text: str) -> None:
    """Quadratic readers take hours for this."""
    assert len(interpolation.compose(text, range(len(text) + 1)).text) <= 3 * len(text)
    assert len(interpolation.bake(text, range(len(text) + 1)).text) <= 3 * len(text)


@pytest.mark.parametrize("text", ["/* " * 300_000, '"' + '\\"' * 300_000, '"${' * 300_000, "<<A\n" * 300_000])
def test_a_bake_file_in_which_nothing_is_closed_takes_no_time(text: str) -> None:
    with suppress(UnreadableHostError):
        assert hcl.bake(text) == []


def withheld(text: str) -> list[str]:
    """Why what is found is not repaired."""
    report = hosts.check(Source(path="compose.yaml", text=text), "compose")
    return [one.note or (one.fix.withheld if one.fix else "") for one in report.findings]


def inline(dockerfile: str, before: str = "") -> str:
    return f"services:\n  web:\n    build:\n{before}      dockerfile_inline: |\n" + textwrap.indent(dockerfile, " " * 8)


class TestWhatComposeFillsIn:
    """A repair holds for each value that a variable of Compose may have."""

    def test_the_number_of_a_user(self) -> None:
        text = inline("FROM node:22\nENV npm_config_cache=/tmp/.npm\nUSER ${UID:-1000}\nRUN npm install -g semver\n")
        assert withheld(text) == [""]
        assert "target=/tmp/.npm,uid=${UID:-1000}," in repaired(text)

    @pytest.mark.parametrize(
        "line", ["ENV PIP_CACHE_DIR=${PIPC}", "ENV PIP_CACHE_DIR=${PIPC:-/c}", "ARG PIP_CACHE_DIR=$PIPC"]
    )
    def test_the_place_of_a_cache(self, line: str) -> None:
        text = inline(f"FROM python:3.13\n{line}\nRUN pip install flask\n")
        assert repaired(text, unsafe=True) == text
        assert withheld(text) == [
            "`PIP_CACHE_DIR` says where the cache is, and what it names is not known before the step runs"
        ]

    def test_what_does_not_matter(self) -> None:
        text = inline("FROM python:3.13\nRUN pip install flask\nENV X=${X:-1}\n")
        assert MOUNT in repaired(text)

    @pytest.mark.parametrize(
        "dockerfile",
        [
            "FROM python:3.13\n${EXTRA:-}\nRUN pip install flask\n",
            "FROM python:3.13 AS ${STAGE:-base}\nRUN pip install flask\n",
            "FROM python:3.13\nRUN pip install flask\nHEALTHCHECK --interval=${I:-5s} CMD true\n",
            "FROM python:3.13\nRUN pip install flask\nHEALTHCHECK ${H:-NONE}\n",
        ],
    )
    def test_a_word_without_which_the_dockerfile_cannot_be_read(self, dockerfile: str) -> None:
        text = inline(dockerfile)
        [(_, _, rule)] = places(text)
        assert rule == "missing-cache-mount"
        assert repaired(text, unsafe=True) == text
        assert withheld(text) == ["the Dockerfile has variables that are filled in before the builder reads it"]

    def test_a_word_without_a_default(self) -> None:
        assert places(inline("FROM python:3.13\nHEALTHCHECK ${H}\nRUN pip install flask\n")) == []
        [(_, _, rule)] = places(inline("FROM python:3.13\nENV X=${X}\nHEALTHCHECK nothing\n"))
        assert rule == "unreadable-dockerfile"


class TestArguments:
    """`build.args` are what ARG has."""

    DOCKERFILE = "FROM node:22\nARG UID=1000\nENV npm_config_cache=/tmp/.npm\nUSER $${UID}\nRUN npm install -g semver\n"

    @pytest.mark.parametrize("args", ["args:\n        UID: 1001\n", "args:\n        - UID=1001\n"])
    def test_a_value(self, args: str) -> None:
        assert "uid=$${UID},gid=0" in repaired(inline(self.DOCKERFILE, f"      {args}"))

    @pytest.mark.parametrize(
        "args", ["args:\n        UID: ${UID}\n", "args:\n        - UID\n", "args:\n        UID:\n", "args: [UID=$U]\n"]
    )
    def test_a_value_from_elsewhere(self, args: str) -> None:
        text = inline(self.DOCKERFILE, f"      {args}")
        assert withheld(text) == [UNKNOWN]
        assert repaired(text) == text

    def test_two_services_that_differ(self) -> None:
        text = "".join(
            f"  {name}:\n    build:\n      args: [UID={number}]\n      dockerfile_inline: {value}\n"
            for name, number, value in (
                ("a", 1, "&d |\n" + textwrap.indent(self.DOCKERFILE, " " * 8).rstrip()),
                ("b", 2, "*d"),
            )
        )
        assert withheld(f"services:\n{text}") == [UNKNOWN]

    def test_those_of_bake(self) -> None:
        target = {"args": {"CACHE": "/c"}, "dockerfile-inline": "FROM python:3.13\nARG CACHE\n" + USES}
        text = json.dumps({"target": [{"a": target}]})
        report = hosts.check(Source(path="docker-bake.json", text=text), "bake")
        assert [one.rule for one in report.findings] == []


USES = "ENV PIP_CACHE_DIR=$CACHE\nRUN --mount=type=cache,target=/c pip install flask\n"


def test_what_another_file_resets() -> None:
    assert places("services:\n  a:\n    build:\n      dockerfile_inline: !reset null\n") == []
    assert places("services:\n  a:\n    build:\n      dockerfile_inline: null\n") == []


def test_a_text_that_is_also_another_value() -> None:
    text = (
        "x-df: &df |\n  FROM python:3.13\n  RUN pip install flask\n"
        "services:\n  a:\n    build:\n      dockerfile_inline: *df\n"
    )
    assert MOUNT in repaired(text)
    shared = text + "configs:\n  shown:\n    content: *df\n"
    assert repaired(shared) == shared
    assert withheld(shared) == ["its text is also another value of the file"]


def test_the_place_in_a_string_that_was_folded() -> None:
    text = HEAD + '"FROM python:3.13\\nRUN pip install aaaa\\\n        \\ flask\\nRUN pip install b\\n"\n'
    assert places(text) == [(4, 49, "missing-cache-mount"), (5, 22, "missing-cache-mount")]


@pytest.mark.parametrize(
    ("user", "owner"),
    [("${UID:-1000}", "uid=${UID:-1000},gid=1000"), ("$${X}:${G:-5}", "uid=$${X},gid=${G:-5}")],
)
def test_a_user_whom_compose_fills_in_owns_the_mount(user: str, owner: str) -> None:
    text = (
        "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM node:22\n        ARG X=1000\n"
        f"        USER {user}\n        WORKDIR /app\n        RUN npm ci --cache /tmp/npm\n"
    )
    assert f"target=/tmp/npm,{owner} " in repaired(text)


def test_a_place_that_compose_fills_in_is_not_known() -> None:
    text = HEAD + '"FROM python:3.13\\nENV PIP_CACHE_DIR=${PIPC}\\nRUN pip install flask\\n"\n'
    assert repaired(text, unsafe=True) == text
