"""Any text at all: no crash, spans that hold, and a removal that takes away what it was told to and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachemount.shell.model import Command, Script
from cachemount.shell.reader import read
from cachemount.shell.removal.removal import removal
from cachemount.source import Excerpt
from unit.shell.texts import joined, without

FRAGMENTS = [
    "a", "X", "Y", "cd x", "set -e", "export A=b", "A=b", "$A", "${A:-b}", "${A%b}", "$(a", "$(", ")", "`", "'", '"',
    "\\", "\\\n", "\n", " ", "  ", "&&", "||", ";", "|", "&", ";;", "(", "((", "))", "{", "}", "if", "then", "else",
    "elif", "fi", "for i in", "do", "done", "while", "case x in", "a)", "esac", "f() {", "function f", "!",
    "[ -f x ]", "[[", "]]", "> f", "2>&1", "<<E", "<<-'E'", "\nE\n", "<<<", "sh -c", "'a && X'", '"a; X"', "sudo",
    "su - app -c", "env", "xargs", "find -exec", "eval", "# c", "`# c`", "\t", "\r\n", "é", "\udcff", "\x00", "\xa0",
    "$'a\\n'", "{a,b}", "~/x", "*", "true", "echo", "bash <<E", "cat <<E | sh", "time", "<(", "-", "--", "=",
]  # fmt: skip

STATEMENTS = [
    "a", "b 1", "X", "Y -f > g", "sudo X", "Q=1 X", "(a; X)", "(X)", "{ b && X; }", "sh -c 'a && X'", 'bash -c "X"',
    "[ -f x ]", "true", "echo no", "if a; then X; b; fi", "a | X", "! X", "for i in 1; do b; X; done", "set -e",
    "f() { a && Y; }", "grep q r", "X \\\n  -y",
]  # fmt: skip


def check(script: Script, text: str) -> None:
    for command in script.commands:
        assert 0 <= command.span.start <= command.span.end <= len(text)
        for word in (*command.words, *command.outputs, *command.appends):
            assert 0 <= word.span.start <= word.span.end <= len(text)
            if command.editable:
                assert text[slice(*word.span)] == word.raw
        dict(command.exports)
    for chain in script.chains:
        assert len(chain.members) == len(chain.places)
        assert len(chain.operators) == len(chain.operator_spans) == max(0, len(chain.places) - 1)


@pytest.mark.slow
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25), st.sampled_from(["", " "]))
@settings(max_examples=300)
def test_soup(fragments: list[str], separator: str) -> None:
    text = separator.join(fragments)
    check(read(Excerpt(text=text)), text)


@given(st.text(max_size=60))
@settings(max_examples=150)
def test_any_text(text: str) -> None:
    check(read(Excerpt(text=text)), text)


def shown(command: Command) -> tuple[object, ...]:
    words = " ".join(word.raw for word in command.words)
    return words, command.wrappers, command.negated, [word.raw for word in command.outputs]


def _remaining(commands: list[tuple[object, ...]], after: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Return what is missing in `after`; fail when the order differs or something is new."""
    missing = []
    rest = iter(commands)
    for command in after:
        for before in rest:
            if before == command:
                break
            missing.append(before)
        else:
            raise AssertionError((commands, after))
    return missing + list(rest)


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(
            st.sampled_from(STATEMENTS),
            st.sampled_from([" && ", "; ", " \\\n  && ", "; \\\n# c\n  ", " || ", " & ", " && \\\n # c\n"]),
        ),
        min_size=1,
        max_size=7,
    ),
    st.booleans(),
    st.data(),
)
@settings(max_examples=400)
def test_removal(statements: list[tuple[str, str]], windows: bool, data: st.DataObject) -> None:
    body = "".join(statement + operator for statement, operator in statements) + "z"
    text = f"RUN {body}\nCMD c\n"
    text = text.replace("\n", "\r\n") if windows else text
    source, excerpt = joined(text)
    script = read(excerpt)
    names = [index for index, command in enumerate(script.commands) if command.program in ("X", "Y")]
    if not names:
        return
    doomed = [script.commands[index] for index in data.draw(st.sets(st.sampled_from(names), min_size=1))]
    spans = removal(script, doomed, source)
    if spans is None:
        return
    changed = without(text, spans)
    assert changed.endswith("\r\nCMD c\r\n" if windows else "\nCMD c\n")
    assert changed.count("# c") == text.count("# c")
    again = read(joined(changed)[1])
    assert not again.errors
    missing = _remaining(
        [shown(command) for command in script.commands], [shown(command) for command in again.commands]
    )
    for command in doomed:
        missing.remove(shown(command))
    # What cannot run any more, and tests of nothing, go too.
    assert {str(words).split(" ", maxsplit=1)[0] for words, *_ in missing} <= {"true", "echo", "["}
