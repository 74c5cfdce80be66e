"""Where `set -e` is in force: whether a failure ends the shell at a place of a script.

POSIX: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#set
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cachemount.late_pattern import late
from cachemount.shell.model import Chain, Command, Script, Word

_LETTERS = late(r"[-+][a-zA-Z]+")
# A shell that is started with the option; what follows its script does not belong to its options.
_STARTED = late(r"\b(?:ba|da|k|mk|z|a)?sh\s(?:[^|&;<>'\"\n]*\s)?(?:-[a-zA-Z]*e[a-zA-Z]*(?=\s|\Z)|-o\s+errexit\b)")
# What begins a command may be where its input comes from: `<<EOF bash -e`.
_HEREDOC = late(r"\A\s*<<-?\s*\S+")
_COMPOUNDS = ("(", "{", "if", "case", "for", "while", "until")
_KEYWORD = late(r"[({]|[a-z]+(?=\s)")


def started_with(words: Sequence[str]) -> bool:
    """Return whether a shell that is started with these words ends at a failure: `bash -euo pipefail -c`."""
    return _switched([Word(word, word) for word in words]) is True


def _switched(words: Sequence[Word]) -> bool | None:
    """Return what the arguments of `set`, or of a shell, make of errexit: on, off, or (None) nothing.

    A word that only the shell knows may switch it on.
    """
    state: bool | None = None
    index = 0
    while index < len(words):
        text = words[index].text
        if text is None:
            return True
        if text in ("--", "-") or not _LETTERS.fullmatch(text):
            break
        names = [text[0] + letter for letter in text[1:]]
        if any(name[1] == "e" for name in names):
            state = text[0] == "-"
        for _ in range(text.count("o") + text.count("O")):
            index += 1
            if index < len(words) and words[index].text == "errexit":
                state = text[0] == "-"
        index += 1
    return state


class Errexit:
    """The places of one script where errexit is in force. `on` tells whether its own shell is started with it."""

    def __init__(self, script: Script, *, on: bool) -> None:
        self._script = script
        self._on = on
        self._parents = dict(_parents(script.chains))
        sets = [(command, _switched(command.words[1:])) for command in script.commands if command.program == "set"]
        self._enabling = {id(command) for command, state in sets if state is True and None not in _texts(command)}
        self._may_disable = any(state is False for _, state in sets)
        texts = {id(chain.excerpt): chain.excerpt.text for chain in script.chains}.values()
        self._may_enable = (
            on
            or any(state is True for _, state in sets)
            or any(("sh" in text and _STARTED.search(text)) or "errexit" in text for text in texts)
            or any(command.program == "trap" and "ERR" in _texts(command) for command in script.commands)
        )

    def may_hold(self, chain: Chain, index: int) -> bool:
        """Return whether a failure of an item could end the shell before the rest of its list and what follows."""
        if not self._may_enable:
            return False
        place: tuple[Chain, int] | None = (chain, index)
        while place is not None:
            if self._is_asked(*place):
                return False
            chain = place[0]
            place = self._parents.get(id(chain))
            if place is not None and place[0].excerpt is not chain.excerpt:
                # Another shell.
                return True
        return True

    def holds(self, chain: Chain, index: int) -> bool:
        """Return whether a failure of an item surely ends the shell, where nothing follows the item in its list."""
        if self._may_disable:
            return False
        place: tuple[Chain, int] | None = (chain, index)
        while place is not None:
            chain, index = place
            if self._is_asked(chain, index):
                return False
            if self._enabled_before(chain, index):
                return True
            place = self._parents.get(id(chain))
            if place is None:
                return self._on if chain.final else self._body_started(chain)
            if place[0].excerpt is not chain.excerpt:
                return chain.owner is not None and bool(_STARTED.search(self._before(place, chain)))
            if not _begins_compound(place[0].text(place[1])):
                # A function, or a part of a pipeline.
                return False
        return False

    def is_last(self, chain: Chain, index: int) -> bool:
        """Return whether a shell ends with an item: then it does not matter whether its failure ends the shell."""
        while True:
            if index != len(chain.places) - 1:
                return False
            place = self._parents.get(id(chain))
            if place is None:
                return True
            text = place[0].text(place[1])
            if place[0].excerpt is not chain.excerpt:
                return not text.lstrip().startswith("eval") and chain.owner is not None
            if text.startswith("(") and chain.owner is not None:
                return True
            if not text.startswith(("if", "case", "{")) or not _begins_compound(text):
                return False
            chain, index = place

    def _is_asked(self, chain: Chain, index: int) -> bool:
        """Return whether the status of an item is asked by `&&`, `||` or `!`."""
        following = chain.operators[index] if index < len(chain.operators) else ""
        return following in ("&&", "||") or chain.text(index).startswith("!")

    def _enabled_before(self, chain: Chain, index: int) -> bool:
        """Return whether an earlier item of the chain, that is run in any case, switches errexit on."""
        return any(
            member is not None
            and id(member) in self._enabling
            and not member.conditional
            and (number == 0 or chain.operators[number - 1] not in ("&&", "||"))
            and not _runs_apart(chain, number)
            for number, member in enumerate(chain.members[:index])
        )

    def _before(self, place: tuple[Chain, int], chain: Chain) -> str:
        """Return the words before the string that a shell is given."""
        start = chain.span(0).start
        outer, index = place
        begin, end = outer.places[index]
        length = sum(1 for at in range(begin, end) if outer.excerpt.offset(at) < start)
        return outer.excerpt.text[begin : begin + length]

    def _body_started(self, chain: Chain) -> bool:
        """Return whether the shell that runs a here-document is started with errexit."""
        starts = [
            other.text(index)
            for other in self._script.chains
            if other.excerpt is not chain.excerpt
            for index in range(len(other.places))
            if "<<" in other.text(index) and other.span(index).start < chain.span(0).start
        ]
        return bool(starts) and all(
            _STARTED.search(_HEREDOC.sub("", text, count=1).partition("<<")[0]) for text in starts
        )


def _runs_apart(chain: Chain, index: int) -> bool:
    """Return whether the list of an item runs in the background, in a shell of its own."""
    ending = (operator for operator in chain.operators[index:] if operator not in ("&&", "||"))
    return next(ending, "") == "&"


def _texts(command: Command) -> list[str | None]:
    return [word.text for word in command.words]


def _begins_compound(text: str) -> bool:
    keyword = _KEYWORD.match(text)
    return keyword is not None and keyword[0] in _COMPOUNDS


def _parents(chains: Sequence[Chain]) -> Iterator[tuple[int, tuple[Chain, int]]]:
    """For each chain, by its `id`, the item that it is a part of."""
    events: list[tuple[int, int, int, Chain, int]] = []
    for chain in chains:
        # A condition is not a chain of its own, and has no items.
        owner = chain.owner if chain.owner is not None and chain.owner[0].places else None
        if owner is not None:
            yield id(chain), owner
        spans = [chain.span(index) for index in range(len(chain.places))]
        if spans:
            events.append((spans[0].start, -spans[-1].end, 0, chain, -1))
        events += [(span.start, -span.end, 1, chain, index) for index, span in enumerate(spans)]
    around: list[tuple[int, Chain, int]] = []
    for start, negative_end, _, chain, index in sorted(events, key=lambda event: event[:3]):
        while around and around[-1][0] <= start:
            around.pop()
        if index >= 0:
            around.append((-negative_end, chain, index))
        elif (chain.owner is None or not chain.owner[0].places) and around and around[-1][0] >= -negative_end:
            yield id(chain), around[-1][1:]
