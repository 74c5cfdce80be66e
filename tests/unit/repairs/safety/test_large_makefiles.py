"""Makefiles that are made to be slow to read."""

from __future__ import annotations

import time

import pytest

from cachemount import engine
from cachemount.repairs.safety.make_patterns import matching
from cachemount.source import ContextFile, Source

GO = """\
FROM golang:1.25
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -o /x .
RUN make gen
"""


@pytest.mark.parametrize(
    ("first", "line"),
    [
        ("$(zzz)", "a{0}: $(b)\n\t:\n"),
        ("$(zzz)", "a{0}: x{0}.%.y\n\t:\n"),
        ("$(zzz)", "a{0}%: $(c){0}\n\t:\n"),
        ("", "F{0} := $(wildcard x)\n"),
        ("", "define a{0}\n"),
        ("", "\t:\n"),
    ],
)
@pytest.mark.slow
def test_a_large_makefile_is_read_in_a_moment(first: str, line: str) -> None:
    text = f"gen: {first}\n\t:\n" + "".join(line.format(number) for number in range(3000))
    context = (ContextFile(path="Makefile", folder=".", text=text),)
    started = time.process_time()
    engine.fix(Source(path="Dockerfile", text=GO, context=context))
    assert time.process_time() - started < 5


def test_values_of_values_stay_small() -> None:
    values = "".join(f"V{number} = {f'$(V{number - 1})' * 500}\n" for number in range(1, 6))
    context = (ContextFile(path="Makefile", folder=".", text=f"V0 = a\n{values}gen: $(V5)\n\t:\n"),)
    started = time.process_time()
    engine.fix(Source(path="Dockerfile", text=GO, context=context))
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("target", "name", "expected"),
    [
        ("%.o", "a.o", True),
        ("a%a", "a", False),
        ("$(B)/%.b.c", "x/y.b.c", True),
        ("a$(X)b%c", "a1b2c", True),
        ("a$(X)b%c", "a12c", False),
        ("a", "%", True),
        ("a", "b%", False),
        ("a", "a", False),
    ],
)
def test_patterns_of_targets(target: str, name: str, *, expected: bool) -> None:
    assert matching([target], (), [name]) == [target] * expected
