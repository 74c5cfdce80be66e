"""Commands in plain words, which are cut at their blanks, are the same as those whose nodes are looked at."""

from __future__ import annotations

import pytest

from cachemount.shell.model import Command
from cachemount.shell.reader import read
from cachemount.source import Excerpt

PLAIN = [
    "apt-get install -y a=1.2 b=1:2.3-4 c+",
    "rm -rf /var/lib/apt/lists/* /tmp/*.deb /a?b",
    "pip install a==1.0 --index-url=https://a.example/simple",
    "useradd -K UMASK=0 -p %x a",
    "echo a^b  c\t=d e=",
    "env A=b npm ci",
    "sudo -u a B=c=d pip install e==1",
    "*/a b",
]


def _only(text: str) -> Command:
    (command,) = read(Excerpt(text)).commands
    return command


@pytest.mark.parametrize("text", PLAIN)
def test_plain_words(text: str) -> None:
    # With a redirection, the command is taken apart node by node.
    plain, taken_apart = _only(text), _only(f"{text} >out")
    assert [(word.raw, word.text, word.tilde, word.span) for word in plain.words] == [
        (word.raw, word.text, word.tilde, word.span) for word in taken_apart.words
    ]
    assert [(one.name, one.value.text, one.span) for one in plain.assignments] == [
        (one.name, one.value.text, one.span) for one in taken_apart.assignments
    ]
    assert (plain.wrappers, plain.user) == (taken_apart.wrappers, taken_apart.user)
    assert text[slice(*plain.span)] == text


def test_a_first_word_with_an_equals_sign_sets_a_variable() -> None:
    command = _only("A=b npm ci")
    assert [word.text for word in command.words] == ["npm", "ci"]
    assert [one.name for one in command.assignments] == ["A"]
