"""What holds for every repair, over generated Dockerfiles."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachemount.dockerfile.model import Dockerfile, Instruction
from cachemount.dockerfile.reader import read
from cachemount.engine import check, fix
from cachemount.facts.scripts import script
from cachemount.source import Source

pytestmark = pytest.mark.slow

IMAGES = (
    "debian:bookworm-slim",
    "ubuntu:24.04",
    "python:3.13-slim",
    "node:22",
    "golang:1.23",
    "alpine:3.20",
    "corp/base",
)
COMMANDS = (
    "apt-get update",
    "apt-get install -y curl",
    "apt-get clean",
    "rm -rf /var/lib/apt/lists/*",
    "rm -rf /var/lib/apt/lists/* /tmp/*",
    "pip install --no-cache-dir flask",
    "pip install -r requirements.txt",
    "PIP_NO_CACHE_DIR=1 pip3 install --no-cache-dir x",
    "pip cache purge",
    "npm ci",
    "npm cache clean --force",
    "npm run build",
    "go mod download",
    "pip install --cache-dir /dev/null x",
    "npm_config_cache=/dev/null npm ci",
    "go build -o /app .",
    "go clean -modcache",
    "rm -rf /root/.cache ~/.npm",
    "(cd /src; pip install .)",
    "if [ -f x ]; then pip install x; rm -rf ~/.cache/pip; fi",
    "echo 'pip install'",
    "make",
    "true",
    "sh -c 'pip install --no-cache-dir y'",
)
MOUNTS = (
    "",
    "",
    "--mount=type=cache,target=/root/.cache/pip ",
    "--mount=type=cache,target=~/.npm ",
    "--mount=type=cache,target=/var/cache/apt --mount=type=cache,target=/var/lib/apt,sharing=locked ",
    "--mount=type=cache,target=/go/pkg/mod \\\n    ",
    "--mount=type=secret,id=x ",
    "--mount=type=cache,target=/root/go ",
    "--mount=type=cache,id=mods,target=/home/node/go/pkg/mod,sharing=locked ",
    "--mount=type=cache,target=/root/.npm,uid=1001 ",
)
OTHERS = (
    "ENV PIP_NO_CACHE_DIR=1",
    "ENV A=b PIP_NO_CACHE_DIR=off \\\n    C=d",
    "USER root",
    "ENV GOMODCACHE=/sys/m HOME=/proc",
    "ENV PIP_CACHE_DIR=/dev/null A=b",
    "ENV A=b npm_config_cache=/dev/shm/npm",
    "USER node",
    "RUN useradd -m -u 1001 app",
    "USER app",
    "WORKDIR /app",
    "COPY . .",
    "# a comment",
    "# cachemount: ignore[missing-cache-mount] it is known",
    "",
    "ARG X=1",
    'CMD ["python", "-m", "app"]',
    'SHELL ["/bin/bash", "-o", "pipefail", "-c"]',
)


@st.composite
def runs(draw: st.DrawFn) -> str:
    commands = draw(st.lists(st.sampled_from(COMMANDS), min_size=1, max_size=5))
    mounts = draw(st.sampled_from(MOUNTS))
    if draw(st.integers(0, 5)) == 0:
        return "\n".join((f"RUN {mounts}<<EOF", *commands, "EOF"))
    text = commands[0]
    for command in commands[1:]:
        text += draw(
            st.sampled_from(
                (" && ", "; ", " \\\n && ", " && \\\n    ", " \\\n    # why\n    && ", " || ", " \\\n\n && ")
            )
        )
        text += command
    return f"RUN {mounts}{text}"


@st.composite
def dockerfiles(draw: st.DrawFn) -> str:
    lines = []
    for number in range(draw(st.integers(1, 3))):
        base = (
            draw(st.sampled_from(IMAGES))
            if not number or draw(st.booleans())
            else f"s{draw(st.integers(0, number - 1))}"
        )
        lines.append(f"FROM {base} AS s{number}")
        lines += draw(st.lists(st.one_of(runs(), runs(), st.sampled_from(OTHERS)), max_size=6))
    text = "\n".join(lines) + draw(st.sampled_from(("", "\n", "\n\n")))
    if draw(st.integers(0, 4)) == 0:
        text = text.replace("\n", "\r\n")
    return ("\ufeff" if draw(st.integers(0, 9)) == 0 else "") + text


many = settings(max_examples=150)


def instructions(dockerfile: Dockerfile) -> list[Instruction]:
    return [one for stage in dockerfile.stages for one in (stage.instruction, *stage.instructions)]


def commands(dockerfile: Dockerfile, instruction: Instruction) -> list[list[str]]:
    assert instruction.run is not None
    found = script(dockerfile.source, instruction, instruction.run, readable=True)
    return [[word.raw for word in command.words] for command in found.commands]


def is_added(instruction: Instruction) -> bool:
    text = instruction.arguments.text
    if instruction.keyword == "ARG" and re.fullmatch(r"TARGET(?:PLATFORM|OS|ARCH|VARIANT)", text):
        return True
    return instruction.keyword == "RUN" and ("/etc/apt/apt.conf.d/" in text or text.startswith("mkdir -p /"))


@many
@given(dockerfiles())
def test_a_second_repair_changes_nothing(text: str) -> None:
    once, report = fix(Source(path="Dockerfile", text=text))
    twice, _ = fix(once)
    assert twice.text == once.text
    assert not [finding for finding in report.findings if finding.fix is not None and finding.fix.safe]


def without_option(words: list[str]) -> list[str]:
    """Return a command without the option by which apt keeps packages where the image must not."""
    option = "Dir::Cache::archives=/var/cache/apt/archives/kept"
    at = words.index(option) if option in words else 0
    return [*words[: at - 1], *words[at + 1 :]] if at and words[at - 1] == "-o" else words


@many
@given(dockerfiles(), st.booleans())
def test_instructions_and_commands_stay(text: str, unsafe: bool) -> None:
    before = read(Source(path="Dockerfile", text=text))
    repaired, _ = fix(before.source, unsafe=unsafe)
    after = read(repaired)
    kept = [one for one in instructions(after) if not is_added(one)]
    old = instructions(before)
    if len(kept) != len(old):
        # An ENV instruction goes when nothing is left in it.
        old = [one for one in old if not re.fullmatch(r"PIP_NO_CACHE_DIR=\S*", one.arguments.text)]
        kept = [one for one in kept if not re.fullmatch(r"PIP_NO_CACHE_DIR=\S*", one.arguments.text)]
    assert [one.keyword for one in kept] == [one.keyword for one in old]
    for one, other in zip(old, kept, strict=True):
        if one.run is None:
            if one.keyword != "ENV":
                assert one.arguments.text == other.arguments.text
            continue
        emptying = ("rm", "apt-get clean", "pip cache", "npm cache", "go clean")
        theirs = [without_option(words) for words in commands(after, other) if words != ["apt-get", "update"]]
        mine = [words for words in commands(before, one) if words != ["apt-get", "update"]]
        rest = iter(theirs)
        current = next(rest, None)
        dropped = False
        for words in mine:
            plain = [word for word in words if word not in ("--no-cache-dir", "--cache-dir", "/dev/null")]
            if current is not None and (current in (words, plain) or _part(current, words)):
                current = next(rest, None)
                dropped = False
            elif dropped and words[0] in ("echo", "true"):
                pass  # The other branch of `clean || echo`: it never ran.
            else:
                dropped = True
                assert " ".join(words).startswith(emptying), (words, current)
                if current == ["true"]:
                    # It stands for a clean-up whose status is the step's.
                    current = next(rest, None)
        assert current is None


def _part(current: list[str], words: list[str]) -> bool:
    """Return whether it is the same rm with fewer operands, or with folders in the place of one they lie in."""
    if current[0] != "rm" or words[0] != "rm" or current == words:
        return False
    return all(word in words or word.startswith(tuple(f"{one.rstrip('/*')}/" for one in words)) for word in current)


@many
@given(dockerfiles())
def test_comments_and_line_ends_stay(text: str) -> None:
    before = read(Source(path="Dockerfile", text=text))
    repaired, _ = fix(before.source)
    after = read(repaired)
    assert [one.text for one in after.comments] == [one.text for one in before.comments]
    if "\r\n" in text and "\n" not in text.replace("\r\n", ""):
        assert "\n" not in repaired.text.replace("\r\n", "")
    assert repaired.text.startswith("\ufeff") == text.startswith("\ufeff")
    assert repaired.text.endswith("\n") == text.endswith("\n")


@many
@given(dockerfiles())
def test_a_file_without_a_safe_fix_comes_back_as_it_is(text: str) -> None:
    source = Source(path="Dockerfile", text=text)
    if any(finding.fix is not None and finding.fix.safe for finding in check(source).findings):
        return
    assert fix(source)[0].text == text


@many
@given(dockerfiles(), st.booleans())
def test_mounts_stay_whole(text: str, unsafe: bool) -> None:
    """After any fixes every mount parses, each option is one, and no target that a fix wrote is the kernel's."""
    repaired, _ = fix(Source(path="Dockerfile", text=text), unsafe=unsafe)
    for instruction in instructions(read(repaired)):
        for mount in instruction.run.mounts if instruction.run else ():
            assert not mount.problem
            assert not any("target=" in value for value in mount.options.values())
            assert not re.match("/(dev|proc|sys)(/|$)", mount.target)
