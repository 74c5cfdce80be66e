"""The facts that rules work on."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

from cachemount.dockerfile.model import Dockerfile, Instruction, MountFlag, Run, Stage
from cachemount.dockerfile.state.environment import Environment
from cachemount.managers.model import Cache, Download, PackageManager
from cachemount.reasons import Withheld
from cachemount.records import Record, field
from cachemount.shell.model import Command, Script, Word
from cachemount.source import Source
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, TypeVar

    from typing_extensions import Self, TypeVarTuple, Unpack

    Ts = TypeVarTuple("Ts")

    A = TypeVar("A")
    T = TypeVar("T")


class Memoized(Record, frozen=False, eq=False):
    """An object that is asked the same questions again and again, and works out each answer once."""

    _known: dict[tuple[object, ...], Any] = field(default_factory=dict)

    def memo(self, compute: Callable[[Self, Unpack[Ts]], T], *arguments: Unpack[Ts]) -> T:
        """Return what the function gives for this object and the arguments, each of which must be hashable."""
        key = (compute, *arguments)
        known: dict[tuple[object, ...], T] = self._known
        if key in known:
            return known[key]
        known[key] = found = compute(self, *arguments)
        return found

    def memo_all(self, generate: Callable[[Self, Unpack[Ts]], Iterator[T]], *arguments: Unpack[Ts]) -> tuple[T, ...]:
        """Return what a generator yields for this object and the arguments."""
        return self.memo(_all, generate, *arguments)


def _all(about: A, generate: Callable[[A, Unpack[Ts]], Iterator[T]], *arguments: Unpack[Ts]) -> tuple[T, ...]:
    return tuple(generate(about, *arguments))


class Mount(Record):
    """A mount flag with its target resolved: absolute and normalised, or None where only the builder knows it.

    `unused_targets` are targets of the flag that do not count, as a later one does; unknown ones are left out.
    """

    flag: MountFlag
    target: str | None
    unused_targets: tuple[str, ...] = ()

    @property
    def is_cache(self) -> bool:
        """Whether it is a cache mount that BuildKit takes; it takes none on the root of the file system."""
        return self.flag.type == "cache" and not self.flag.problem and self.target != "/"


class Directory(Record):
    """A directory that an install keeps its downloads in.

    `path` is absolute, or None where the file does not tell. `accepted` are paths that serve as a target as well; with
    `alone` no folder above them does.
    `moved` says what moved it from its default place: "" (nothing), the name of a variable, or a flag. `cover` is the
    mount that serves it. `switched_off` names flags, variables and settings that send the cache to a place like
    /dev/null, where nothing is kept; `path` is where it is without them.
    """

    cache: Cache
    path: str | None
    accepted: tuple[str, ...] = ()
    moved: str = ""
    switched_off: tuple[str, ...] = ()
    cover: Mount | None = None
    alone: bool = False


class Install(Record, frozen=False, eq=False):
    """A command that downloads packages, or (`reader`) only reads the store that another filled.

    `root` tells whether it runs as root; `uid` and `gid` are known numbers or None. `variables` hold HOME,
    ACCOUNT_HOME and WORKDIR too. `other_root` is the launcher or the option that gives it another root folder, in which
    its cache is.
    """

    step: Step
    command: Command
    manager: PackageManager
    program: str
    program_word: Word
    download: Download
    arguments: tuple[Word, ...]
    verb: tuple[str, ...]
    reader: bool
    variables: Mapping[str, str | None]
    home: str | None
    root: bool
    uid: int | None
    gid: int | None
    other_root: str = ""
    directories: tuple[Directory, ...] = ()
    # True where a setting keeps it from fetching, and so would keep others.
    told_offline: bool = False

    @property
    def only_index(self) -> bool:
        """Whether it leaves no packages in a cache: it fetches the index alone, or puts them elsewhere."""
        return self.verb in self.manager.refresh_verbs or self.download.elsewhere


class Step(Memoized, frozen=False, eq=False):
    """A RUN instruction with what it executes; it has no commands where its shell is not POSIX-like."""

    stage: Stage
    instruction: Instruction
    run: Run
    environment: Environment
    script: Script
    mounts: tuple[Mount, ...]
    installs: list[Install] = field(default_factory=list)

    @property
    def commands(self) -> tuple[Command, ...]:
        return self.script.commands

    @property
    def caches(self) -> tuple[Mount, ...]:
        return tuple(mount for mount in self.mounts if mount.is_cache)

    def before(self, pattern: re.Pattern[str], source: Source, end: int) -> re.Match[str] | None:
        """Return the first match of a pattern in the step's text, where it begins before an offset of the source."""
        match = self.memo(_match, pattern, source)
        return match if match is not None and self.instruction.span.start + match.start() < end else None


def _match(step: Step, pattern: re.Pattern[str], source: Source) -> re.Match[str] | None:
    return pattern.search(source.slice(step.instruction.span))


class Facts(Memoized, frozen=False, eq=False):
    """`steps` are those RUN instructions that name a manager or have a mount, and so were read.

    `unread` are the `id` of the others. `with_fixes` tells whether fixes are
    worked out, which takes as long as finding what is wrong. `id_template` is what the configuration wants of ids, and
    `refusal` says why a builder of the repository may refuse new mounts. `scripted` are steps that stand for scripts.
    """

    dockerfile: Dockerfile
    steps: tuple[Step, ...]
    environments: Mapping[int, Environment]
    unread: Collection[int]
    with_fixes: bool
    id_template: str = ""
    refusal: Withheld | None = None
    scripted: list[Step] = field(default_factory=list)

    @property
    def mounted(self) -> tuple[Step, ...]:
        """The steps that have a mount."""
        return self.memo(_mounted)

    def release(self) -> None:
        """Break the reference cycles of objects that are not needed any more.

        The memory is free at once then; a search for garbage takes an eighth of the time of a check.
        """
        self._known.clear()
        for step in (*self.steps, *self.scripted):
            step.installs.clear()
            step._known.clear()
        for stage in self.dockerfile.stages:
            stage.children.clear()
            stage.file = None

    def says(self, pattern: str) -> bool:
        """Return whether the file has a pattern anywhere but in comments."""
        return self.memo(_says, pattern)

    def context_says(self, pattern: str) -> bool:
        """Return whether a file of the build context that is at hand has a pattern, comments and all."""
        return self.memo(_context_says, pattern)


def _mounted(facts: Facts) -> tuple[Step, ...]:
    return tuple(step for step in facts.steps if step.mounts)


def _says(facts: Facts, pattern: str) -> bool:
    return re.search(pattern, facts.dockerfile.code) is not None


def _context_says(facts: Facts, pattern: str) -> bool:
    return any(re.search(pattern, one.text) for one in facts.dockerfile.source.context)
