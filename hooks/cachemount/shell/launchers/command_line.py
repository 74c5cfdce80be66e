"""Where in a launcher's command line the other command or its script is, and what is changed for it."""

from __future__ import annotations

from collections.abc import Sequence

from cachemount.late_pattern import late
from cachemount.records import Record, field
from cachemount.shell.launchers.table import OPERAND, Launcher

_ASSIGNMENT = late(r"[A-Za-z_][A-Za-z0-9_]*=")


class Launched(Record, frozen=False):
    """The command or script that a launcher runs; all numbers are indexes into the words.

    `command` is where the command begins. `script` is a word that is a script, of which it begins `script_from`
    characters after the word's own beginning. `reads_input` says that the script comes from standard input. `user` ""
    is the launcher's own. `assignments` are words, `unset` and `cleared` say which variables are taken away, `bare`
    that those of the image do not reach it. `directory` is the word that names where it runs, -1 for none; with
    `directory_unknown` that cannot be told.
    """

    command: int | None = None
    script: int | None = None
    script_from: int = 0
    reads_input: bool = False
    user: str = ""
    assignments: list[int] = field(default_factory=list)
    unset: list[str] = field(default_factory=list)
    cleared: bool = False
    bare: bool = False
    directory: int = -1
    directory_unknown: bool = False
    other_root: bool = False


def read_command_line(texts: Sequence[str], start: int, launcher: Launcher) -> Launched | None:
    """Return what a launcher runs whose arguments begin at `start`; None where it runs nothing."""
    return _CommandLine(texts, start, launcher).read()


class _CommandLine:
    def __init__(self, texts: Sequence[str], start: int, launcher: Launcher) -> None:
        self.texts = texts
        self.start = self.index = start
        self.launcher = launcher
        self.found = Launched(user=launcher.user, bare=launcher.clears, other_root=launcher.other_root)
        self.no_verb = bool(launcher.verbs)
        self.operands = launcher.operands
        self.optional = launcher.optional
        self.only_scripts = launcher.only_scripts
        self.user_named = False

    def read(self) -> Launched | None:
        while self.index < len(self.texts):
            used = self._word(self.texts[self.index])
            if used < 0:
                return None
            if not used:
                break
            self.index += used
        launcher, found = self.launcher, self.found
        found.user = found.user.split(":")[0]
        if self.no_verb and not launcher.alone:
            return None
        if not self._follow_separator() or self.operands > 0:
            return None
        if found.script is None:
            self._take_command()
        return None if found.script is None and found.command is None and not found.reads_input else found

    def _word(self, text: str) -> int:
        """Take a word; how many words it is, 0 where the command begins, -1 where nothing is run."""
        launcher = self.launcher
        if self.no_verb and text in launcher.verbs:
            self.no_verb = False
        elif text in launcher.separators:
            return 0
        elif text == "--" or text in launcher.passed_over:
            pass
        elif launcher.assigns and _ASSIGNMENT.match(text):
            self.found.assignments.append(self.index)
        elif text == "-" and text in launcher.login | launcher.empties:
            return self._option(text, "", 0, 1)
        elif text.startswith("-") and text != "-":
            return self._options(text)
        elif self.no_verb:
            return 0
        elif self.operands > 0:
            self.operands -= 1
            if launcher.names_user:
                self.found.user = text
        elif self.only_scripts:
            if launcher.names_user and not self.user_named:
                self.found.user, self.user_named = text, True
        elif self.optional and OPERAND.fullmatch(text):
            self.optional -= 1
        else:
            return 0
        return 1

    def _options(self, text: str) -> int:
        """Take an option, or several in one word."""
        following = self.texts[self.index + 1] if self.index + 1 < len(self.texts) else ""
        if text in self.launcher.valued:
            return self._option(text, following, 0, 2)
        if text.startswith("--"):
            name, equals, value = text.partition("=")
            return self._option(name, value, len(name) + 1 if equals else 0, 1)
        for position, letter in enumerate(text[1:], 2):
            option = "-" + letter
            if option in self.launcher.valued:
                value = text[position:]
                return self._option(option, value or following, position if value else 0, 1 if value else 2)
            if self._option(option, "", 0, 1) < 0:
                return -1
        # One with a single dash may have a long name.
        return self._option(text, "", 0, 1)

    def _option(self, option: str, value: str, attached: int, used: int) -> int:
        """Take one option. Its value begins `attached` characters into the word, or (0) is the next word."""
        launcher, found = self.launcher, self.found
        if option in launcher.queries:
            return -1
        if option in launcher.users:
            found.user, self.only_scripts = value, False
        if option in launcher.login:
            found.directory_unknown = found.bare = True
        if option in launcher.directories:
            found.directory = self.index + 1 if used == 2 else -1
            found.directory_unknown = used == 1
        if option in launcher.roots:
            found.other_root = True
        if option in launcher.unsets:
            found.unset.append(value)
        if option in launcher.empties:
            found.cleared = found.bare = True
        if option in launcher.keeps:
            found.bare = False
        if option in launcher.scripts and found.script is None and (attached or self.index + 1 < len(self.texts)):
            found.script, found.script_from = self.index + (not attached), attached
        return used

    def _follow_separator(self) -> bool:
        """Go where the command begins; False where the separator that it has to follow is missing."""
        separators = self.launcher.separators
        if not separators:
            return True
        for index in range(self.index, len(self.texts)):
            if self.texts[index] in separators:
                self.index = index + 1
                return True
        return not (self.launcher.required or self.no_verb)

    def _take_command(self) -> None:
        launcher, found, end = self.launcher, self.found, len(self.texts)
        if self.only_scripts:
            found.reads_input = launcher.reads_input
        elif self.index >= end and launcher.reads_input:
            # `sudo` alone says how it is used.
            found.reads_input = self.index > self.start and not found.assignments
        elif self.index < end:
            if launcher.last and self.texts[self.index - 1] not in launcher.separators:
                found.script = end - 1
            elif launcher.strings and self.index == end - 1:
                found.script = self.index
            else:
                found.command = self.index
