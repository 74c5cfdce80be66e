"""Quote removal, variables, scripts in words, braces."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cachemount.shell.model import Variable
from cachemount.shell.words import Part, braces, compose, read_word, script_pieces, tilded
from cachemount.source import Excerpt

A = Variable(name="A")

PARTS: list[tuple[str, tuple[Part, ...]]] = [
    ("a", ("a",)),
    ("'a b'", ("a b",)),
    ('"a b"', ("a b",)),
    ("a\\ b", ("a b",)),
    ("\\apt-get", ("apt-get",)),
    ('"\\a\\"\\$"', ('\\a"$',)),
    ("a'b'\"c\"d", ("abcd",)),
    ("''", ("",)),
    ("", ("",)),
    ("$A", (A,)),
    ('"$A"b', (A, "b")),
    ("'$A'", ("$A",)),
    ("${A}/b", (A, "/b")),
    ("${A:-b}", (Variable(name="A", default="b"),)),
    ("${A-b}", (Variable(name="A", default="b"),)),
    ("${A:=b}", (Variable(name="A", default="b"),)),
    ("${A:-'b c'}", (Variable(name="A", default="b c"),)),
    ("${A:-}", (Variable(name="A", default=""),)),
    ("${A:?gone}", (A,)),
    ("$1", (None,)),
    ("a$?b", ("a", None, "b")),
    ("$'a\\tb'", ("a\tb",)),
    ('$"a"', ("a",)),
    ("a$", ("a$",)),
    ("a$/b", ("a$/b",)),
    ("a\\\nb", ("ab",)),
    ("'a", ("a",)),
    ("a=b==1", ("a=b==1",)),
]


def parts(raw: str, substitutions: Sequence[tuple[int, int]] = ()) -> tuple[Part, ...]:
    return read_word(Excerpt(text=raw), raw, 0, substitutions).parts


@pytest.mark.parametrize(("raw", "expected"), PARTS)
def test_parts(raw: str, expected: tuple[Part, ...]) -> None:
    assert parts(raw) == expected


def test_substitutions() -> None:
    assert parts('a$(b "c")d', [(1, 9)]) == ("a", None, "d")
    assert parts('"`a`"', [(1, 4)]) == (None,)
    assert parts("a$(b c)d") == ("a", None)


@pytest.mark.parametrize(
    ("raw", "tilde"), [("~", True), ("~/x", True), ("~x", False), ("'~/x'", False), ("~/$A", True)]
)
def test_tilde(raw: str, tilde: bool) -> None:
    assert tilded(raw) == tilde


@pytest.mark.parametrize(
    ("raw", "text", "omitted"),
    [
        ("'a b'", "a b", []),
        ('"a b"', "a b", []),
        ('"a \\"b\\" c"', 'a "b" c', [2, 4]),
        ('"a $B"', "a $B", []),
        ("'a'\"b\"", "ab", [1]),
        ("a", "a", []),
        ('"a $(b "c") d"', 'a $(b "c") d', []),
        ("a\\;b", "a;b", [1]),
        ("$A", "$A", []),
        ("`a`", "`a`", []),
        ("$(a)", "$(a)", []),
        ('"a "$(b \'c\')" d"', "a $(b 'c') d", [2, 10]),
        ("'a '${B:-'c'}`d 'e'`", "a ${B:-'c'}`d 'e'`", [2]),
    ],
)
def test_script(raw: str, text: str, omitted: list[int]) -> None:
    pieces = script_pieces(raw)
    assert pieces is not None
    excerpt, found = compose(Excerpt(text="x " + raw), 2, pieces)
    assert (excerpt.text, found) == (text, omitted)
    for index, character in enumerate(text):
        assert ("x " + raw)[excerpt.offset(index)] == character


@pytest.mark.parametrize("raw", ['"a', "'a", "$'a'", "a$'b'"])
def test_no_script(raw: str) -> None:
    assert script_pieces(raw) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ["a"]),
        ("/var/{cache,lib}/apt", ["/var/cache/apt", "/var/lib/apt"]),
        ("{a,b}{c,d}", ["ac", "ad", "bc", "bd"]),
        ("a{b,c{d,e}}f", ["abf", "acdf", "acef"]),
        ("a{,b}", ["a", "ab"]),
        ("{1..3}", ["1", "2", "3"]),
        ("{c..a}", ["c", "b", "a"]),
        ("{a}", ["{a}"]),
        ("{}", ["{}"]),
        ("${a,b}", ["${a,b}"]),
        ("{a,b", ["{a,b"]),
        ("{a,b}" * 20, ["{a,b}" * 20]),
    ],
)
def test_braces(text: str, expected: list[str]) -> None:
    assert braces(text) == expected
