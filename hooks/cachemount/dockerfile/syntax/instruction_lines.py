"""Finds the lines of instructions with dockerfile-parse. The only importer of dockerfile_parse.

dockerfile-parse reads a few kinds of lines differently from BuildKit. Before it gets them, each such line is put in a
form that both read alike. Comments and blank lines mean nothing, in an instruction or between two, and
are left out.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from types import ModuleType

from cachemount.type_checking import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

    from dockerfile_parse import DockerfileParser

_COMMENT = "#"
_CONTINUED = " \\"
# Makes the end of a line harmless: what is before it is no longer at the end.
_GUARD = " ."
# It ends an instruction that the file leaves open; dockerfile-parse would drop that.
_CLOSING = "x ."
# Python and dockerfile-parse take these for white space, Go does not.
_SEPARATORS = "\x1c\x1d\x1e\x1f"
_PACKAGE = "dockerfile_parse"
_HARMLESS = str.maketrans(_SEPARATORS, "x" * len(_SEPARATORS))


@cache
def _parser() -> type[DockerfileParser]:
    """Return dockerfile-parse's parser, imported when the first file is read."""
    # Another thread might import the same modules at that moment.
    if "threading" not in sys.modules and _PACKAGE not in sys.modules:
        try:
            return _slim_parser()
        except (AttributeError, ImportError):
            # This release needs more of them, or is missing.
            pass
    from dockerfile_parse import DockerfileParser

    return DockerfileParser


def _slim_parser() -> type[DockerfileParser]:
    """Return the parser of a copy of dockerfile-parse that has empty modules in the place of `json` and `logging`.

    It uses them for other things than finding instructions, and to import them takes a tenth of the time of a check of
    one file. Whoever imports the package later gets another copy, with the real ones.
    """
    missing = [name for name in ("json", "logging") if name not in sys.modules]
    for name in missing:
        sys.modules[name] = module = ModuleType(name)
        module.__dict__["getLogger"] = str
    try:
        from dockerfile_parse import DockerfileParser
    finally:
        for name in (*missing, *(name for name in sys.modules if name.partition(".")[0] == _PACKAGE)):
            del sys.modules[name]
    return DockerfileParser


class LineRange(NamedTuple):
    """The first and last line of an instruction, counted from 0.

    `last` of an instruction that the file leaves open is the number of lines.
    """

    first: int
    last: int


class InstructionLines:
    """The lines of a Dockerfile in the form that BuildKit and dockerfile-parse read alike."""

    def __init__(self, text: str, escape: str) -> None:
        if any(one in text for one in _SEPARATORS):
            text = text.translate(_HARMLESS)
        self._lines = [_alike(line, escape) for line in text.removeprefix("\ufeff").split("\n")]
        self._may_have_heredoc: list[int] = []
        if "<<" in text or f"<{escape}" in text:
            operator_in_two = f"<{_CONTINUED}"
            self._may_have_heredoc = [
                number for number, line in enumerate(self._lines) if "<<" in line or line.endswith(operator_in_two)
            ]

    def __len__(self) -> int:
        return len(self._lines)

    def is_comment(self, number: int) -> bool:
        """Return whether a line is blank or a comment, on its own or inside an instruction."""
        return self._lines[number] == _COMMENT

    def pass_end(self, first: int) -> int:
        """Return the line after the first instruction from `first` on that may have a heredoc.

        The lines after it may be a heredoc's body, which says nothing to dockerfile-parse.
        """
        index = bisect_left(self._may_have_heredoc, first)
        if index == len(self._may_have_heredoc):
            return len(self._lines)
        number = self._may_have_heredoc[index]
        while number < len(self._lines) and not self._ends_instruction(number):
            number += 1
        return min(number + 1, len(self._lines))

    def characters(self, first: int, stop: int) -> int:
        """Return how much of instructions is on the lines from `first` to before `stop`."""
        lines = self._lines[first:stop]
        return sum(map(len, lines)) - lines.count(_COMMENT)

    def comments(self, first: int, stop: int) -> Iterator[int]:
        """Yield the lines that are blank or a comment from the line `first` to before `stop`."""
        return (number for number, line in enumerate(self._lines[first:stop], first) if line == _COMMENT)

    def instruction_ends(self, first: int, stop: int) -> list[int]:
        """Return the last lines of the instructions between two lines."""
        return [number for number in range(first, stop) if self._ends_instruction(number)]

    def instructions(self, first: int, stop: int) -> Iterator[LineRange]:
        """Yield where dockerfile-parse finds instructions from the line `first` to before `stop`."""
        numbers = []
        goes_on = False
        for number, line in enumerate(self._lines[first:stop], first):
            if line == _COMMENT:
                continue
            inside, goes_on = goes_on, line.endswith(_CONTINUED)
            if not (inside and goes_on):
                # Of an instruction of many lines, the first and the last one tell where it is.
                numbers.append(number)
        text = "\n".join([*[self._lines[number] for number in numbers], _CLOSING, ""])
        numbers.append(stop)
        # It reads bytes, whatever its stubs say. Bytes that are not UTF-8 are never white space.
        file: Any = BytesIO(text.encode("utf-8", "replace"))
        for found in _parser()(fileobj=file).structure:
            start = numbers[found["startline"]]
            if start < stop:
                yield LineRange(start, numbers[found["endline"]])

    def _ends_instruction(self, number: int) -> bool:
        line = self._lines[number]
        return line != _COMMENT and not line.endswith(_CONTINUED)


def _alike(line: str, escape: str) -> str:
    """Return a line as BuildKit and dockerfile-parse read it alike.

    A blank line ends an instruction for dockerfile-parse alone; a comment may look like a directive to it.
    """
    content = line.strip()
    if not content or content[0] == "#":
        return _COMMENT
    if content[-1] not in ("\\", escape):
        return line
    kept = line.rstrip("\r").rstrip(" \t")
    if kept.endswith(escape) and not kept.endswith(escape * 2):
        return kept[:-1] + _CONTINUED
    return line + _GUARD
