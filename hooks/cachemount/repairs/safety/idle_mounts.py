"""Cache mounts on the known folder of a manager in steps where nothing uses that manager, as far as all is known.

So is a mount on pip's folder beside `uv sync`, and one on uv's beside `uv python install` alone. Left out is whatever
another program may start: packages are built by compilers and by scripts of their own, some of which run a manager.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from cachemount.facts import locations, programs
from cachemount.facts.cleanups import resolved
from cachemount.facts.expansion import Runner, expanded, own_runner, runner
from cachemount.facts.model import Mount, Step
from cachemount.late_pattern import late
from cachemount.managers import MANAGERS
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.records import Record
from cachemount.repairs.safety.known_programs import COREUTILS, SHELL_BUILTINS
from cachemount.shell.model import Command, Word

# They run what they are told, or what they read.
_RUNNERS = frozenset({".", "builtin", "chroot", "command", "env", "eval", "exec", "source", "trap"})
_TOOLS = frozenset({"awk", "curl", "grep", "gzip", "sed", "tar", "unzip", "useradd", "wget"})
_KNOWN = ((SHELL_BUILTINS | COREUTILS) - _RUNNERS) | _TOOLS
# They may go through all folders of one that they are given, or write there.
_TREES = frozenset({"chgrp", "chmod", "chown", "cp", "du", "grep", "ln", "ls", "mv", "rm", "tar", "unzip"})
# They unpack into the working directory, unless an option names another: `tar -xzC /opt`, `unzip -d /opt`.
_UNPACKERS = {
    "tar": late(r"(?:\A| )(?:-[a-zA-Z]*C|--directory)|\A[a-zA-Z]*C[a-zA-Z]* "),
    "unzip": late(r"(?:\A| )-d"),
}
_GLOB, _NO_FNMATCH = late(r"[*?\[{(]"), late(r"[\[{(]")
_HOME = late(r"(?:^|(?<==))[\"']?(?:~|\$\{?HOME\}?)(?=/|$)")
# What packages may be built by.
_BUILDERS = frozenset({
    "bun", "cargo", "clojure", "deno", "go", "gradle", "lein", "maven", "npm", "nuget", "pnpm", "sbt", "yarn",
})  # fmt: skip
# Manager -> those that its installs may run. Others run scripts of packages, or of a project.
_MAY_RUN = {
    "go": frozenset[str](),
    "pdm": _BUILDERS | {"pip", "uv"},
    "pip": _BUILDERS,
    "poetry": _BUILDERS | {"pip"},
    "uv": _BUILDERS,
}
# In a step without a manager: files that tell of a system, and programs that fetch a file or a list with these verbs.
_TELLING = frozenset({"/etc/lsb-release", "/etc/os-release"})
_FETCHERS = {"apt-helper": ("download-file",), "rosdep": ("init", "update")}
_SAYS = frozenset({"echo", "printf"})
_GO_ALONE = frozenset({"build", "get", "install", "mod"})


class IdleMount(Record):
    """A mount that its step has no use for, the manager whose folder it is on, and the doubt about removing it."""

    mount: Mount
    manager: PackageManager
    doubt: Withheld | None


class _Use(Record):
    """What a command uses, as far as it is known: its manager perhaps, and those that the manager may run.

    One that is `idle` leaves the caches alone, of which there may be a doubt.
    """

    manager: PackageManager | None = None
    may_run: frozenset[str] = frozenset()
    idle: bool = False
    doubt: Withheld | None = None

    def leaves(self, owner: PackageManager) -> bool:
        """Return whether the command leaves the caches of a manager alone."""
        if self.idle or self.manager is None:
            return True
        if self.manager.system:
            return not owner.system
        return owner is not self.manager and owner.name not in self.may_run


def idle_mounts(step: Step) -> Iterator[IdleMount]:
    """Yield the cache mounts of a step that nothing in it uses."""
    covers = {id(one.cover) for install in step.installs for one in install.directories if one.cover}
    spare = [
        one
        for one in step.caches
        if id(one) not in covers and one.target and not {"from", "source", "src"} & {*one.flag.options}
    ]
    if not spare or step.script.errors or step.script.defined:
        return
    uses = [_use(step, command, words) for command, words in expanded(step)]
    if len(uses) != len([one for one in step.commands if one.words]):
        return
    known = [one for one in uses if one is not None]
    if len(known) != len(uses) or not (any(one.manager for one in known) or _is_all_known(step)):
        return
    for mount in spare:
        owners = [one for one in MANAGERS if not one.on_request and mount.target in {*_places(one, step)}]
        if owners and not _is_named(step, mount) and all(one.leaves(owner) for one in known for owner in owners):
            doubts = (one.doubt for one in known if one.manager in owners and one.doubt is not None)
            # Some share their folder with the one that it is named after.
            owner = next((one for one in owners if (mount.target or "").endswith(one.name)), owners[0])
            yield IdleMount(mount=mount, manager=owner, doubt=next(doubts, None))


def _use(step: Step, command: Command, words: tuple[Word, ...]) -> _Use | None:
    """Return what a command uses; None where that is not known."""
    called = list(programs.programs(words))
    if len(called) != 1:
        return None
    name, _word, rest = called[0]
    managers = programs.managers(name)
    if not managers:
        return _Use() if name in _KNOWN or _only_tells_or_fetches(name, rest) else None
    if len(managers) > 1:
        return None
    manager = managers[0]
    line = " ".join(word.known for word in rest)
    for pattern, doubt in manager.idle_verbs.items():
        if re.match(pattern, line):
            return _Use(manager=manager, idle=True, doubt=doubt)
    if manager.system:
        return _Use(manager=manager)
    own = [one for one in step.installs if one.command is command and one.manager is manager]
    if manager.name not in _MAY_RUN or not own or any(one.download.verb_is_program for one in own):
        return None
    if manager.name == "go" and not _GO_ALONE.intersection(own[0].verb[:1]):
        return None
    return _Use(manager=manager, may_run=_MAY_RUN[manager.name])


def _only_tells_or_fetches(name: str, rest: Sequence[Word]) -> bool:
    """Return whether a command reads what a system is, or fetches one file to where it is told."""
    words = [word.known for word in rest]
    if name in (".", "source"):
        return len(words) == 1 and words[0] in _TELLING
    return next(iter(words), "-") in _FETCHERS.get(name, ())


def _is_all_known(step: Step) -> bool:
    """Return whether a step without a manager has no command at all, or those whose words and folders are known."""
    if not step.commands:
        return not step.instruction.arguments.text.strip() and not step.instruction.heredocs
    targets = [mount.target or "/" for mount in step.caches]
    for command, words in expanded(step):
        folder = resolved(".", command, step)
        if folder is None or any(locations.below(folder, target) for target in targets):
            return False
        if words[0].name == "useradd" or not all(word.known or words[0].name in _SAYS for word in words):
            return False
    return True


def _who(step: Step) -> Runner:
    """Return who runs the first command of a step, if it has one."""
    return runner(step, step.commands[0]) if step.commands else own_runner(step)


def _places(manager: PackageManager, step: Step) -> Iterator[str]:
    """Yield the folders of a manager's caches as the step's first command has them, and hidden folders right above."""
    who = _who(step)
    variables = {**step.environment.variables, "HOME": who.home, "ACCOUNT_HOME": who.account_home, "ANY": None}
    for cache in manager.caches:
        found = locations.directory(cache, (), variables, workdir=step.environment.workdir, root=who.root)
        for path in (found.path, *found.accepted):
            if path is not None:
                yield path
                above = posixpath.dirname(path)
                if posixpath.basename(above).lstrip(".") in (*manager.programs, "hex", "m2"):
                    yield above


def _is_named(step: Step, mount: Mount) -> bool:
    """Return whether the script, or a variable that it sees, says the folder of a mount, what is in it or one above."""
    target = mount.target or ""
    home = _who(step).home or ""
    found = [value for name, value in step.environment.variables.items() if name != "HOME" and value]
    places = {posixpath.normpath(value) for value in found if value.startswith("/")}
    for command, words in expanded(step):
        texts = [_HOME.sub(home, word.known or word.raw).rpartition("=")[2] for word in words[1:]]
        texts += ["."] if _unpacks_here(words) else []
        paths = {path for text in texts if text and (path := resolved(text, command, step))}
        if words[0].name in _TREES and "/" in paths:
            return True
        written = (_HOME.sub(home, word.known or word.raw) for word in (*command.outputs, *command.appends))
        paths |= {path for text in written if text and (path := resolved(text, command, step))}
        places |= set(map(posixpath.normpath, paths))
    end = "/".join(target.split("/")[-2:])
    return end in step.run.script.text or any(
        locations.below(one, target) or (one != "/" and locations.below(target, one)) or _may_match(one, target)
        for one in places
    )


def _may_match(pattern: str, target: str) -> bool:
    """Return whether a pattern of a shell may stand for a folder, for what is in it or for one above."""
    if not _GLOB.search(pattern):
        return False
    for one, name in zip(pattern.split("/"), target.split("/"), strict=False):
        # Braces may have folders in them, and sets are not written for the shell as they are for `fnmatch`.
        if _NO_FNMATCH.search(one):
            return True
        if not fnmatchcase(name, one):
            return False
    return True


def _unpacks_here(words: tuple[Word, ...]) -> bool:
    """Return whether a command unpacks an archive into the working directory, as far as its options say."""
    elsewhere = _UNPACKERS.get(words[0].name)
    line = " ".join(word.known or word.raw for word in words[1:])
    return elsewhere is not None and elsewhere.search(line) is None
