"""The reader against BuildKit's own reading, and against anything at all."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachemount.dockerfile.model import Dockerfile, Instruction, Run, UnreadableDockerfileError
from cachemount.dockerfile.reader import read
from cachemount.source import Excerpt, Source, Span
from unit.dockerfile.texts import CASES

PIECES = [
    *("FROM a\n", "FROM a AS b\n", "RUN ", "ONBUILD ", "COPY a ", "ARG A=$A", "ENV ", "CMD ", "HEALTHCHECK "),
    *("\n", "\n", " \\\n", "\\\n", "`\n", "\r\n", "# c\n", "\n\n", " ", "\t", "\x00", "\ufeff", "\xa0", "\udcff"),
    *("--mount=type=cache,target=/x ", "--mount=", "--mount=é", "--network=none ", "--", "<<EOF", "<<-'E'", "\udca0"),
    *("\nEOF\n", "E\n", "'", '"', "$", "${", "}", "${x:-", "\\", "`", "[", '["a"]', '["a", 1]', "]", "a=b ", "a"),
    *("=", "é", "# escape=`\n", "SHELL "),
]


def parse(text: str) -> Dockerfile:
    return read(Source(path="Dockerfile", text=text))


def instructions(dockerfile: Dockerfile) -> list[Instruction]:
    found = list(dockerfile.globals)
    for stage in dockerfile.stages:
        found += [stage.instruction, *stage.instructions]
    return found


def run(text: str) -> Run:
    found = parse(text).stages[-1].instructions[-1].run
    assert found
    return found


def described(source: Source, instruction: Instruction) -> tuple[object, ...]:
    arguments: object = None
    if instruction.run:
        exec_form = instruction.run.form == "exec"
        arguments = list(instruction.run.argv) if exec_form else instruction.arguments.text
    return (
        source.position(instruction.span.start).line,
        source.position(instruction.span.end).line,
        ("ONBUILD " if instruction.onbuild else "") + instruction.keyword,
        ["--" + flag.name + ("" if flag.value is None else "=" + flag.value) for flag in instruction.flags],
        arguments,
        [(heredoc.name, source.slice(heredoc.body)) for heredoc in instruction.heredocs],
    )


@pytest.mark.parametrize("name", CASES)
def test_reads_as_buildkit(name: str) -> None:
    data, expected = CASES[name]
    source = Source.from_bytes("Dockerfile", data)
    if expected is None:
        with pytest.raises(UnreadableDockerfileError):
            read(source)
        return
    found = [described(source, instruction) for instruction in instructions(read(source))]
    if name == "lone escape first":
        # BuildKit counts the line of the lone escape; the span begins with the keyword.
        expected = [expected[0], (3, *expected[1][1:])]
    assert found == expected


def check_span(text: str, span: Span, within: Span) -> None:
    assert within.start <= span.start <= span.end <= within.end, (text, span, within)


def check_excerpt(text: str, excerpt: Excerpt) -> None:
    assert excerpt.starts[0] == 0
    assert all(a < b for a, b in pairwise(excerpt.starts))
    assert "".join(text[excerpt.offset(index)] for index in range(len(excerpt.text))) == excerpt.text


def check_spans(text: str) -> None:
    try:
        dockerfile = parse(text)
    except UnreadableDockerfileError as error:
        offset = error.offset
    else:
        offset = 0
        check_dockerfile(text, dockerfile)
    assert 0 <= offset <= len(text)


def check_dockerfile(text: str, dockerfile: Dockerfile) -> None:
    found = instructions(dockerfile)
    whole = Span(0, len(text))
    for first, second in pairwise(found):
        assert first.span.end < second.span.start
    for first, second in pairwise(dockerfile.comments):
        assert first.span.end < second.span.start
    for comment in dockerfile.comments:
        check_span(text, comment.span, whole)
        assert text[comment.span.start] == "#"
    for instruction in found:
        check_span(text, instruction.span, whole)
        check_excerpt(text, instruction.arguments)
        assert instruction.span.start < instruction.insertion <= len(text)
        for flag in instruction.flags:
            check_span(text, flag.span, instruction.span)
        for heredoc in instruction.heredocs:
            check_span(text, heredoc.operator, instruction.span)
            check_span(text, heredoc.body, instruction.span)
            check_span(text, heredoc.terminator, instruction.span)
        if instruction.run:
            check_excerpt(text, instruction.run.script)
            for mount in instruction.run.mounts:
                for field in mount.fields.values():
                    check_span(text, field, mount.span)
            for span in instruction.run.argv_spans:
                check_span(text, span, instruction.span)
                assert text[span.start] == text[span.end - 1] == '"'


@pytest.mark.parametrize("name", CASES)
def test_spans_of_cases(name: str) -> None:
    check_spans(Source.from_bytes("Dockerfile", CASES[name][0]).text)


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_spans_of_token_soup(text: str) -> None:
    check_spans("FROM a\n" + text)


@given(st.binary())
def test_never_crashes(data: bytes) -> None:
    check_spans(Source.from_bytes("Dockerfile", data).text)
    check_spans(Source.from_bytes("Dockerfile", b"FROM a\nRUN " + data).text)


def test_script_of_a_chomped_heredoc_has_no_tabs() -> None:
    found = run("FROM a\nRUN <<-EOF\n\t#!/bin/bash -e\n\t\techo\tx\n\tEOF\n")
    assert found.form == "heredoc"
    assert found.script.text == "#!/bin/bash -e\necho\tx\n"
    assert found.interpreter == "/bin/bash -e"


def test_script_of_a_heredoc_for_a_command_is_the_line() -> None:
    found = run("FROM a\nRUN bash <<EOF && b\necho\nEOF\n")
    assert (found.form, found.script.text, found.interpreter) == ("shell", "bash <<EOF && b", "")


def test_operator_of_a_heredoc() -> None:
    text = 'FROM a\nRUN cat \\\n 3<<-"E F" x\nE F\n'
    (heredoc,) = parse(text).stages[0].instructions[0].heredocs
    assert text[slice(*heredoc.operator)] == '3<<-"E F"'
    assert (heredoc.quoted, heredoc.chomp) == (True, True)
    assert text[slice(*heredoc.terminator)] == "E F"


def test_spans_of_exec_words() -> None:
    text = 'FROM a\nRUN [ "pip", \\\n "a\\"b" ]\n'
    found = run(text)
    assert found.argv == ("pip", 'a"b')
    assert [text[slice(*span)] for span in found.argv_spans] == ['"pip"', '"a\\"b"']


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\nRUN x\n", "FROM a\nRUN !x\n"),
        ("FROM a\nRUN   x\n", "FROM a\nRUN !  x\n"),
        ("FROM a\nRUN \\\n  x\n", "FROM a\nRUN !\\\n  x\n"),
        ("FROM a\nRUN\\\n  x\n", "FROM a\nRUN\\\n ! x\n"),
        ("FROM a\nONBUILD RUN x\n", "FROM a\nONBUILD RUN !x\n"),
    ],
)
def test_insertion_follows_keyword_and_blank(text: str, expected: str) -> None:
    at = parse(text).stages[0].instructions[0].insertion
    assert text[:at] + "!" + text[at:] == expected


def test_comments_at_top_level_and_inside() -> None:
    found = parse("# syntax=x\n# one\nFROM a\n  #two \nRUN a \\\n # three\\\n b\n#\n")
    assert found.syntax == "x"
    assert [comment.text for comment in found.comments] == ["one", "two", "three\\", ""]


def test_stages() -> None:
    found = parse(
        "ARG V=1.2\nARG I='py'$V\nARG N\nFROM --platform=linux/$V $I:${V%.*} AS Base\nFROM BASE\nFROM 0\n"
        "FROM ${N}\nFROM ${N:-b} AS base\nFROM base\nFROM $I\nFROM $TARGETARCH\n"
    )
    assert found.global_arguments == {"V": "1.2", "I": "py1.2", "N": None}
    assert [stage.image for stage in found.stages] == [
        "py1.2:${V}",
        "BASE",
        "0",
        "${N}",
        "b",
        "base",
        "py1.2",
        "${TARGETARCH}",
    ]
    assert [stage.parent and stage.parent.index for stage in found.stages] == [None, 0, None, None, None, 4, None, None]
    assert [stage.label for stage in found.stages] == ["base", "1", "2", "3", "base", "5", "6", "7"]
    assert found.stages[0].platform == "linux/1.2"


def test_arguments_that_double_stay_small() -> None:
    found = parse("ARG A=xx\n" + "ARG A=$A$A\n" * 60 + "FROM $A\n")
    assert found.stages[0].image == "${A}"


def test_offset_of_an_error() -> None:
    text = "FROM a\nRUN --network=none \\\n  --foo x\n"
    with pytest.raises(UnreadableDockerfileError, match="unknown flag: --foo") as caught:
        parse(text)
    assert text[caught.value.offset :].startswith("--foo")


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("FROM debian\n" + "ENV A=b\n" * 5000, "a file with more than 5,000 instructions is not checked", 5001),
        ("FROM debian\n" * 501, "a file with more than 500 stages is not checked", 501),
    ],
)
def test_files_that_nobody_writes(text: str, message: str, line: int) -> None:
    source = Source(path="Dockerfile", text=text)
    with pytest.raises(UnreadableDockerfileError) as caught:
        read(source)
    assert str(caught.value) == message
    assert source.position(caught.value.offset).line == line
    # One less is read.
    assert read(Source(path="Dockerfile", text=text[: text.rindex("\n", 0, -1) + 1])).stages
