"""The short way for plain scripts reads what the grammar reads."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import case_files
from cachemount.dockerfile.model import UnreadableDockerfileError
from cachemount.dockerfile.reader import read as read_dockerfile
from cachemount.records import replace
from cachemount.shell.model import Script, Variable
from cachemount.shell.plain import read_plain
from cachemount.shell.reader import read_with_grammar
from cachemount.source import Excerpt

FRAGMENTS = [
    "apt-get", "update", "install", "-y", "curl", "pip", "cd", "/x", "-", "..", "pushd", "popd", "--", "a=b", "-o",
    "A::B=c", "*",
    "?", "[a-z]", "[", "]", "~", "~/x", "~root", "x~", "+x", "@", "%", "^", "1", "2.0", ":", ".", "x@1.2", "a,b", "in",
    "do", "if", "in-", "x=",
    "time", "sudo", "env", "sh", "-c", "/bin/sh", "export", "true", "&&", ";", " ", "  ", "\t", "test", "find",
    "exec", "'", '"', "'a b'", '"c d"', "$A", "${A}", "${A:-b}", "$1", "$$", "\\", "'#'", "<<", "$(", ")", "`", "!",
    '"~"', "é", "{a,b}",
]  # fmt: skip


def shown(script: Script) -> object:
    """All that a script is, commands by their number."""
    number = {id(command): index for index, command in enumerate(script.commands)}
    commands = [repr(replace(command, exports=dict(sorted(command.exports.items())))) for command in script.commands]
    chains = [
        (repr(replace(chain, members=())), [number.get(id(member)) for member in chain.members])
        for chain in script.chains
    ]
    return commands, chains, script.errors, dict.fromkeys(script.defined)


def agree(excerpt: Excerpt) -> bool:
    """Whether the short way took the script; fails where it takes it for something else."""
    plain = read_plain(excerpt)
    if plain is not None:
        assert shown(plain) == shown(read_with_grammar(excerpt))
    return plain is not None


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12), st.sampled_from(["", " ", " && ", "; "]))
@settings(max_examples=1000, deadline=None)
def test_any_words(fragments: list[str], separator: str) -> None:
    agree(Excerpt(text=separator.join(fragments)))


def test_the_scripts_of_the_cases() -> None:
    taken = 0
    for case in case_files.load_all():
        try:
            dockerfile = read_dockerfile(case.source)
        except UnreadableDockerfileError:
            continue
        for stage in dockerfile.stages:
            for instruction in stage.instructions:
                if instruction.run is not None and instruction.run.form == "shell" and not instruction.heredocs:
                    taken += agree(instruction.run.script)
    assert taken > 500


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a;",
        "a &&",
        "&& a",
        "a && && b",
        "a | b",
        "a > b",
        "'a' b",
        "$a",
        "a $(b)",
        "a `b`",
        'a "$b"',
        'a "b',
        "a ${b:-c}",
        "a $1",
        "a b\\ c",
        "A=b c",
        "sudo a",
        "cd x || y",
        "- a=b",
        "c in - a=b",
        "c plug-in- a=b",
        "c && - a=b",
        "a #b",
        "a\nb",
        "é",
    ],
)
def test_what_it_leaves_to_the_grammar(text: str) -> None:
    assert read_plain(Excerpt(text=text)) is None


def test_words_that_the_grammar_loses() -> None:
    script = read_plain(Excerpt(text="pip install a == 1"))
    assert script is not None
    assert [word.raw for word in script.commands[0].words] == ["pip", "install", "a", "==", "1"]


def test_what_it_takes() -> None:
    script = read_plain(Excerpt(text="""cd "/x" && pip install 'a<2' $MORE ;npm ci"""))
    assert script is not None
    assert [(command.program, command.directory) for command in script.commands] == [
        ("cd", ""),
        ("pip", "/x"),
        ("npm", "/x"),
    ]
    assert [word.parts for word in script.commands[1].words[2:]] == [("a<2",), (Variable(name="MORE"),)]


@pytest.mark.parametrize("piece", ["$ABCDEFGH ", "${ABCDEFGH} ", "'a' ", '"a b"', "ab ", "a&&b;", "a-$b"])
def test_what_it_leaves_is_left_at_once(piece: str) -> None:
    # With two ways to match a piece, 3,000 of them would take for ever.
    assert read_plain(Excerpt(text=piece * 3000 + "|")) is None
