"""The words of an invocation: which are no options, and which verb they begin with."""

from __future__ import annotations

import pytest

from cachemount.facts.invocations import has_verb, own, positionals
from cachemount.managers.pip import PIP
from cachemount.shell.model import Word
from cachemount.shell.reader import read
from cachemount.source import Excerpt, Span


def arguments(line: str) -> tuple[Word, ...]:
    words = read(Excerpt.of_pieces(line, [Span(0, len(line))])).commands[0].words
    return words[1:]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("pip install a", ("install", "a")),
        ("pip --log x install a", ("install", "a")),
        ("pip --log=x install a", ("install", "a")),
        ("pip -q install - a", ("install", "-", "a")),
        ("pip +nightly install", ("install",)),
        ("pip $(cat x) install", ("", "install")),
        ("pip install -- -a --b c", ("install", "-a", "--b", "c")),
        ("pip install -- $(cat x) c", ("install", "", "c")),
        ("pip", ()),
    ],
)
def test_what_is_no_option(line: str, words: tuple[str, ...]) -> None:
    assert positionals(PIP, arguments(line)) == words


@pytest.mark.parametrize(
    ("line", "count"),
    [("run -q tool --flag x", 3), ("run --log x tool --flag", 4), ("run tool x", 2), ("run tool", 2), ("run -q", 2)],
)
def test_the_words_before_those_of_another_program(line: str, count: int) -> None:
    rest = arguments(f"pip {line}")
    assert own(PIP, rest, ("run", "*")) == rest[:count]


VERBS: tuple[tuple[str, ...], ...] = (("config", "get"), ("run", "*"), ("install",))


@pytest.mark.parametrize(
    ("words", "verb"),
    [
        (("install",), ("install",)),
        (("install", "x"), ("install",)),
        (("config", "get", "x"), ("config", "get")),
        (("config",), None),
        (("config", "set"), None),
        (("run", "anything"), ("run", "*")),
        (("run",), None),
        ((), None),
    ],
)
def test_a_verb(words: tuple[str, ...], verb: tuple[str, ...] | None) -> None:
    assert has_verb(VERBS, words) == verb


def test_no_words_at_all() -> None:
    assert has_verb(((),), ()) == ()
    assert has_verb(((), ("x",)), ("y",)) is None
    assert has_verb(((), ("x",)), ("x",)) == ("x",)
