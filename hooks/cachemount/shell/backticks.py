"""Command substitutions in backticks, of which the grammar takes several for one: written with a dollar sign."""

from __future__ import annotations

from cachemount.late_pattern import late
from cachemount.records import Record

_TOKEN = late(r"(?s)\\.|['\"`]|(?<![^\s;&|()`])#")
_LINE_END = late(r"\n")
_COMMENT_END = late(r"[\n`]")


class _Opened(Record):
    """A backtick that is not closed yet: where it is, and whether it stands in double quotes."""

    at: int
    quoted: bool


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.quoted = False
        self.opened: list[_Opened] = []
        self.inner = -1
        self.pairs: list[tuple[int, int]] = []
        self.inner_pairs: list[tuple[int, int, int]] = []
        self.commented: set[int] = set()

    def read(self) -> bool:
        """Find the pairs of backticks; False where they do not match."""
        index = 0
        while match := _TOKEN.search(self.text, index):
            index = self._token(match[0], match.start(), match.end())
            if index < 0:
                return False
        return not self.opened and not self.quoted

    def _token(self, token: str, at: int, index: int) -> int:
        if token == "\\`":
            if self.opened:
                self._toggle_inner(at)
        elif token == '"':
            self.quoted = not self.quoted
        elif token == "`":
            return index if self._toggle(at) else -1
        elif self.quoted or token not in ("'", "#"):
            pass
        elif token == "'":
            # `$'...'` may hold an escaped one.
            end = self.text.find("'", index)
            while end > 0 and self.text[at - 1 : at] == "$" and self.text[end - 1] == "\\":
                end = self.text.find("'", end + 1)
            return end + 1 if end >= 0 else -1
        else:
            if self.opened:
                self.commented.add(self.opened[-1].at)
            end_of = _COMMENT_END if self.opened else _LINE_END
            found = end_of.search(self.text, index)
            return found.start() if found else len(self.text)
        return index

    def _toggle_inner(self, at: int) -> None:
        if self.inner < 0:
            self.inner = at
        else:
            self.inner_pairs.append((self.opened[-1].at, self.inner, at))
            self.inner = -1

    def _toggle(self, at: int) -> bool:
        if not self.opened:
            self.opened.append(_Opened(at=at, quoted=self.quoted))
            self.quoted, self.inner = False, -1
            return True
        before = self.opened.pop()
        if self.quoted or self.inner >= 0:
            return False
        self.quoted = before.quoted
        self.pairs.append((before.at, at))
        return True


def substitutions_as_dollars(text: str) -> tuple[str, list[int]]:
    """Return the text with dollar signs, and where an opening parenthesis has to be put in after them.

    A substitution that holds nothing but a comment is blanked.
    """
    reader = _Reader(text)
    if not reader.read():
        return text, []
    letters, places = list(text), []
    for start, end in reader.pairs:
        if start not in reader.commented:
            letters[start], letters[end] = "$", ")"
            places.append(start + 1)
        elif text[start + 1 : end].lstrip().startswith("#") and "\n" not in text[start:end]:
            letters[start : end + 1] = " " * (end + 1 - start)
    converted = {place - 1 for place in places}
    for outer, start, end in reader.inner_pairs:
        if outer in converted:
            letters[start : start + 2] = "$("
            letters[end : end + 2] = " )"
    return "".join(letters), places
