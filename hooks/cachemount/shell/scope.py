"""The state that earlier commands of a script change for the later ones: directory and variables."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence

from cachemount.shell.model import Variable, Word

# PATH_MAX of Linux: no path is longer.
_LONGEST_PATH = 4096
CD_COMMANDS = frozenset(("cd", "pushd", "popd", "chdir"))
TEST_COMMANDS = frozenset(("test", "[", "[["))


class Variables(Mapping[str, str | None]):
    """An immutable mapping that shares what it has in common with its predecessors; made whole only when it is read."""

    __slots__ = ("_before", "_name", "_value", "_whole")

    def __init__(self, before: Variables | None = None, name: str = "", value: str | None = None) -> None:
        self._before = before
        self._name = name
        self._value = value
        self._whole: dict[str, str | None] | None = {} if before is None else None

    def _dict(self) -> dict[str, str | None]:
        if self._whole is None:
            links = []
            link: Variables | None = self
            while link is not None and link._whole is None:
                links.append(link)
                link = link._before
            whole = dict(link._whole or {}) if link else {}
            for each in reversed(links):
                whole[each._name] = each._value
            self._whole = whole
        return self._whole

    def __getitem__(self, name: str) -> str | None:
        return self._dict()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._dict())

    def __len__(self) -> int:
        return len(self._dict())

    def __repr__(self) -> str:
        return repr(self._dict())

    def changed_since(self, earlier: Variables) -> set[str]:
        """Return the names set between `earlier`, a predecessor, and this."""
        names = set()
        link: Variables | None = self
        while link is not None and link is not earlier:
            if link._before is not None:
                names.add(link._name)
            link = link._before
        return names


class Scope:
    """The state of one shell while its commands are read in order.

    `directory` is "" for the directory the script started in and None for one that is not known.
    """

    __slots__ = ("_previous", "_stack", "directory", "variables")

    def __init__(self, directory: str | None = "", variables: Variables | None = None) -> None:
        self.directory = directory
        self.variables = Variables() if variables is None else variables
        self._previous: str | None = None
        self._stack: list[str | None] = []

    def copy(self) -> Scope:
        scope = Scope(self.directory, self.variables)
        scope._previous = self._previous
        scope._stack = list(self._stack)
        return scope

    def assign(self, name: str, value: str | None) -> None:
        self.variables = Variables(self.variables, name, value)

    def join(self, branch: Scope, origin: Variables) -> None:
        """Take in a branch that may have run or not: what it changed since `origin` is unknown."""
        if branch.directory != self.directory:
            self.directory = None
        for name in branch.variables.changed_since(origin):
            self.assign(name, None)

    def value(self, word: Word) -> str | None:
        """Return the value of a word if it depends only on what the script set itself."""
        if any(isinstance(part, Variable) and part.name and part.name not in self.variables for part in word.parts):
            return None
        return word.expand(self.variables)

    def change_directory(self, program: str, arguments: Sequence[Word]) -> None:
        """Follow cd, pushd and popd."""
        operands = [word for word in arguments if (word.text or "") not in ("-P", "-L", "-e", "-@", "--", "-n")]
        before = self.directory
        if program == "popd":
            self.directory = self._stack.pop() if self._stack else None
        elif not operands:
            self.directory = None
        elif operands[0].text == "-":
            self.directory = self._previous
        else:
            self.directory = self.path(operands[0])
            if program == "pushd":
                self._stack.append(before)
        self._previous = before

    def path(self, word: Word) -> str | None:
        """Return the directory that a word names here."""
        value = self.value(word)
        if not value:
            return None
        if not value.startswith("/"):
            if self.directory is None:
                return None
            value = posixpath.join(self.directory, value)
        path = posixpath.normpath(value)
        if len(path) > _LONGEST_PATH:
            return None
        return "" if path == "." else path


class Paths:
    """The scopes of the items of a list: what follows `||`, or a test and `&&`, may run or not."""

    __slots__ = ("_branch", "_guarded", "_operator", "_origin", "_scope")

    def __init__(self, scope: Scope) -> None:
        self._scope = self._branch = scope
        self._origin = scope.variables
        self._guarded = False
        self._operator = ""

    def enter(self, operator: str) -> tuple[Scope, bool]:
        """Return the scope of the item after an operator, and whether the item may not run."""
        if operator == "&&" == self._operator and not self._guarded:
            return self._branch, False
        self._operator = operator
        if operator != "&&":
            self.close()
            self._branch = self._scope
            self._guarded = self._guarded and operator == "||"
        conditional = self._guarded or operator == "||"
        if conditional and self._branch is self._scope:
            self._branch, self._origin = self._scope.copy(), self._scope.variables
        return self._branch, conditional

    def leave(self, *, is_test: bool) -> None:
        """Note that the item is read; `is_test` if it was a test."""
        self._guarded = is_test or (self._guarded and self._operator != "||")

    def close(self) -> None:
        """Take what the items may have changed into the scope of the list."""
        if self._branch is not self._scope:
            self._scope.join(self._branch, self._origin)
