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
    '"~"', "é", "{a,b}", "||", "|", ">", ">>", "2>", "2>&1", ">&2", "&>", "/dev/null", "2", '"a $B"', '"\\""', '"\\$a"',
    "A=b", "A=$B", "A=", "b#c", "#", "xargs", "-u", "-i", "su", "echo", "cat", "bash", "readonly", "-exec", "+",
]  # fmt: skip

WORDS = [
    "-y", "$A-$B.c", "a", "-", "--", "a=b", "A=b", "x-", "/x", "~/x", "*",
    "a#b", "2", "'a b'", '"c d"', "$A", "${A}", "a$A.b",
    '"$A"', '"x ${A}/y"', '"\\"q\\" \\n"', "'; - a=b'", '" | x > y"', "''", '""', "in", "[a]",
    "$(b)", "$(b c)d", '"$(b)"', '"x $(b | c -d) $(e)"', "a$(b && cd /x || c)", "$(test b && c)", "$(A=b)",
    "$(B=c a $A)",
    "$(a '$(b)')", '"$(a "b $A")"', "'$(a)'", "$(sudo a; cd /y)", "--a=b", "a[b]", ".[!.]*", "a[b]=c", "[", "a]",
    "$(a 2>&1)", "$(a > f)", "$(echo a | sh)", '"it\'s $(a)"', '"\"$(a)"', "$(a)$A", "$( a )", "$(which a)", "-", "{}",
]  # fmt: skip
ASSIGNMENTS = [
    "A=b", "A=$B:$C/d", "A=b$C-$D", "B=$A/c", 'C="d $A"', "D='e f'", "E=~/x", "F=", "G=a#b", "H=$(a)", 'I="$(a b)/c"',
    "J=[a]", "K[1]=a", "L=$A-$B.c$C-$D.e", "M=$A/$(a 'b')/$C-$D.e",
]  # fmt: skip
PROGRAMS = [
    "apt-get", "pip", "make", "cd", "pushd", "popd", "export", "export A=b", "export B=$A A", "export A=$A:$B/c",
    "test", "echo", "cat", "find", "sudo", "sudo -u me", "sudo A=b", "env", "env -u A", "env -i A=b", "env -C /x",
    "command", "command cd", "exec", "time", "xargs", "bash", "bash -", "sh -c", "su me -c", "eval", "nice -n 5",
    "gosu", "true", "set -ex", "scl enable a --", "sudo find", "",
]  # fmt: skip
REDIRECTIONS = [
    "> f", "> $A/$B.c", "> $(a)", '>> "$(a b).c"', ">> f", ">f", "2>&1", ">&2", "1>&2", "2> /dev/null", "&> f", "&>>f",
    '> "$A"', ">", "> ~/f", "< f", "2>>f",
]  # fmt: skip
JOINS = [" && ", "&&", " || ", " ; ", ";", " | ", "|", "  &&  ", " & "]


@st.composite
def commands(draw: st.DrawFn) -> str:
    """A simple command, with all that can stand in it."""
    pieces = draw(st.lists(st.sampled_from(ASSIGNMENTS), max_size=2))
    pieces.append(draw(st.sampled_from(PROGRAMS)))
    pieces += draw(st.lists(st.sampled_from(WORDS), max_size=3))
    for redirection in draw(st.lists(st.sampled_from(REDIRECTIONS), max_size=2)):
        pieces.insert(draw(st.integers(min_value=0, max_value=len(pieces))), redirection)
    return " ".join(pieces)


@st.composite
def scripts(draw: st.DrawFn) -> Excerpt:
    """Simple commands, joined, and cut into lines of a Dockerfile."""
    text = draw(commands())
    for _ in range(draw(st.integers(min_value=0, max_value=3))):
        text += draw(st.sampled_from(JOINS)) + draw(commands())
    text += draw(st.sampled_from(["", "", " ", ";", " && "]))
    cuts = sorted(draw(st.sets(st.integers(min_value=1, max_value=max(1, len(text) - 1)), max_size=3)))
    starts = (0, *(cut for cut in cuts if cut < len(text)))
    return Excerpt(
        text=text, starts=starts, offsets=tuple(start + 10 * number for number, start in enumerate(starts, 1))
    )


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
@settings(max_examples=1000)
def test_any_words(fragments: list[str], separator: str) -> None:
    agree(Excerpt(text=separator.join(fragments)))


@given(scripts())
@settings(max_examples=2000)
def test_any_commands(excerpt: Excerpt) -> None:
    agree(excerpt)


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
        ";",
        "a &&",
        "a;;",
        "&& a",
        "a && && b",
        "a |",
        "a |& b",
        "a &",
        "a>b",
        "> b",
        "a >",
        "a > && b",
        "a > b c",
        "a < b",
        "a >& b",
        "'a' b",
        "$a",
        "$(a) b",
        "a $(b",
        "a $()",
        "a $( )",
        "a $(b;)",
        "a $(b &&)",
        "a $(b $(c))",
        "a $((1))",
        "a `b`",
        'a "$(b',
        'a "b',
        'a "\\ b"',
        "a ${b:-c}",
        "a $1",
        "a b\\ c",
        "A= b",
        "A=$B C=d",
        "A=b export C",
        "export -n A",
        "export $(b)",
        "sh -c a",
        "su a -c b",
        "eval a",
        "echo a | sh",
        "cat a | sudo sh",
        "find . -exec a +",
        "sudo find . -exec a +",
        "! a",
        "time a",
        "[ a ]",
        "{ a",
        "( a",
        "if a",
        "- a=b",
        "- a#b",
        "c in - a=b",
        "c plug-in- a=b",
        "c && - a=b",
        "a '; - a=b'",
        "a - > b",
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


@pytest.mark.parametrize(
    ("text", "programs"),
    [
        ("""cd "/x" && pip install 'a<2' $MORE ;npm ci;""", [("cd", ""), ("pip", "/x"), ("npm", "/x")]),
        ("cd /x || cd /y && a; b", [("cd", ""), ("cd", "/x"), ("a", "/y"), ("b", None)]),
        ("test a && cd /x; b", [("test", ""), ("cd", ""), ("b", None)]),
        ("cd /x | cd /y && a", [("cd", ""), ("cd", ""), ("a", "")]),
        (
            "export D=/x && cd $D && command cd y && sudo cd z && a",
            [("export", ""), ("cd", ""), ("cd", "/x"), ("cd", "/x/y"), ("a", "/x/y")],
        ),
        ("A=b && A=c D=$A; B=d a", [("", ""), ("", ""), ("a", "")]),
        ("curl a | bash - && env -C /x a#b", [("curl", ""), ("bash", ""), ("a#b", "/x")]),
    ],
)
def test_what_it_takes(text: str, programs: list[tuple[str, str | None]]) -> None:
    script = read_plain(Excerpt(text=text))
    assert script is not None
    assert [(command.program, command.directory) for command in script.commands] == programs
    assert agree(Excerpt(text=text))


def test_what_belongs_to_a_command() -> None:
    script = read_plain(Excerpt(text="A=b sudo -u me B=c x 'a<2' \"\\$y $MORE\" > f 2>&1 2>> g || z"))
    assert script is not None
    command, last = script.commands
    assert [word.parts for word in command.words] == [("x",), ("a<2",), ("$y ", Variable(name="MORE"))]
    assert [(one.name, one.value.raw) for one in command.assignments] == [("A", "b"), ("B", "c")]
    assert (command.wrappers, command.user, command.bare) == (("sudo",), "me", True)
    assert [word.raw for word in command.outputs] == ["f"]
    assert [word.raw for word in command.appends] == ["g"]
    assert (command.conditional, last.conditional) == (False, True)
    assert script.chains[0].operators == ("||",)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=$B-$C.d", "$B-$C.d"),
        ("export A=$B:$C/x D", "$B:$C/x"),
        ("A=$B/$C/d e $(f)", "$B/$C/d"),
        ("A=$B-$C.c$D-$E.d e", "$B-$C.c$D-$E.d"),
    ],
)
def test_a_value_with_two_variables_is_whole(text: str, value: str) -> None:
    command = read_with_grammar(Excerpt(text=text)).commands[0]
    assert command.assignments[0].value.raw == value
    assert "d" not in [word.raw for word in command.words]


@pytest.mark.parametrize("text", ['a "b $(c) $(d) e" `f`', "a 'b' \"$(c)\t$(d)\" `f`"])
def test_a_blank_between_substitutions(text: str) -> None:
    script = read_with_grammar(Excerpt(text=text))
    assert [part for part in script.commands[0].words[-2].parts if part is not None] in (["b ", " ", " e"], ["\t"])


def test_a_file_with_two_variables_is_whole() -> None:
    command = read_with_grammar(Excerpt(text="a > $B-$C.d e")).commands[0]
    assert [word.raw for word in command.outputs] == ["$B-$C.d"]
    assert [word.raw for word in command.words] == ["a", "e"]


@pytest.mark.parametrize(
    "piece", ["$ABCDEFGH ", "${ABCDEFGH} ", "'a' ", '"a b"', "ab ", "a&&b;", "a-$b", "a>b ", "a > b|", '"$a\\b"', "a#"]
)
def test_what_it_leaves_is_left_at_once(piece: str) -> None:
    # With two ways to match a piece, 3,000 of them would take for ever.
    assert read_plain(Excerpt(text=piece * 3000 + "`")) is None
