"""The caches that the configuration asks for, beside those of the package managers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cachemount.managers.model import PackageManager
from cachemount.shell.model import Command


class Requested:
    """Which programs fill them."""

    def __init__(self, found: Sequence[PackageManager]) -> None:
        self._by_program: dict[str, list[PackageManager]] = {}
        for manager in found:
            for program in manager.programs:
                self._by_program.setdefault(program, []).append(manager)
        names = "|".join(map(re.escape, self._by_program))
        self._named = re.compile(rf"(?<![\w-])(?:{names})(?![\w])")

    def named_in(self, text: str) -> bool:
        """Return whether a text names one of the programs."""
        return bool(self._by_program) and self._named.search(text) is not None

    def managers(self, program: str) -> Sequence[PackageManager]:
        """Return the caches that a program fills."""
        return self._by_program.get(program, ())

    def may_run(self, command: Command) -> bool:
        """Return whether a command is one of the programs."""
        words = command.words
        return bool(words) and (words[0].text or "").rpartition("/")[2] in self._by_program
