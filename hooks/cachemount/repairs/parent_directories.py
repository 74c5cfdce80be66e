"""The folders above a mount: BuildKit makes missing ones for root, and the user cannot write beside the mount.

A build by a user with a mount on `~/.gradle/caches` fails when gradle wants `~/.gradle/daemon`. BuildKit 0.11 and later
take such a folder away after the step if it is empty (https://github.com/moby/buildkit/pull/3314), unless the file
names an older frontend; Docker 20.10 and 23 leave it, and later steps need the folder too. A file does not say which
builder there is: tests/builds/test_parent_directories.py, docs/builders.md.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from cachemount.dockerfile.images.lookup import BaseImage
from cachemount.dockerfile.images.model import TextFromArgument
from cachemount.dockerfile.model import Stage
from cachemount.facts import chain, locations
from cachemount.facts.model import Directory, Facts, Install, Step
from cachemount.late_pattern import late

_ADDS = late(r"\b(?:useradd|adduser)\b[^&|;\n]*")
_MAKES_HOME = late(
    r"useradd\b[^&|;\n]*(?:\s-[a-zA-Z]*m|--create-home)|adduser\b(?![^&|;\n]*(?:--no-create-home|\s-[a-zA-Z]*H))"
)
# On Fedora /etc/login.defs has CREATE_HOME yes, which does not hold for accounts of the system.
_MAKES_HOMES = late(r"\buseradd(?=\s)(?![^&|;\n]*\s(?:-[a-zA-Z]*[Mr][a-zA-Z]*|--no-create-home|--system)\s)")
_ROOT = frozenset({"0", "root"})
_REMOVED, _OWN_HOME = late(r"(?<![\w-])rm\s[^&|;\n]*"), late(r"(?<![\w/])(?:~|\$HOME|\$\{HOME\})/")
_REFERENCE = late(r"(?<!\\)\$(?:\{(?=\w+\}))?(\w+)\}?")
_FOLDER = late(r"\w[\w.-]*")
# Folders that images have; which others they have, is in the table.
_SYSTEM = frozenset({
    "/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/media", "/mnt", "/opt", "/proc", "/root", "/run", "/sbin",
    "/srv", "/sys", "/tmp", "/usr", "/usr/local", "/usr/share", "/usr/src", "/var", "/var/cache", "/var/lib",
    "/var/log", "/var/mail", "/var/opt", "/var/run", "/var/spool", "/var/tmp", "/var/www",
})  # fmt: skip
# Homes of the table's images that their Dockerfiles give to the account.
_OWN_HOMES = ("/opt/jboss", "/var/jenkins_home", "/var/lib/postgresql")
_WRITERS = ("RUN", "COPY", "ADD", "WORKDIR", "VOLUME")


def missing_folder(install: Install, target: str, facts: Facts) -> str:
    """Return the folder that the user needs above a target in the home; "" where something is known to have made it."""
    home, parent = install.home, posixpath.dirname(target)
    if install.root or not home or home in ("/", parent) or not locations.below(parent, home):
        return ""
    top = posixpath.relpath(parent, home).partition("/")[0]
    if not top.startswith("."):
        # What a program was installed into (~/miniconda3) is there.
        return ""
    step = install.step
    # What is in root's home is none of the user's.
    named = re.compile(rf"(?<![\w.-])(?<!/root/)(?<!/tmp/){re.escape(top)}(?![\w-])")
    if top.strip(".") in step.stage.image or _is_left(facts, step, named, top):
        return ""
    base = step.environment.base
    if base is not None and home in _closed(base, step.environment.user):
        # Nobody but root could write there before.
        return ""
    return parent


def folder_beside(install: Install, directory: Directory, target: str, facts: Facts) -> str:
    """Return the folder above a mount that the manager writes to as well, if nothing is known to have made it.

    Go keeps what it knows of checksums in $GOPATH/pkg/sumdb, beside the modules, and fails where it cannot.
    """
    parent = posixpath.dirname(target)
    if install.root or not directory.cache.writes_beside or not target.endswith(directory.cache.writes_beside):
        return ""
    name = posixpath.basename(parent)
    made = re.compile(
        rf"(?:{re.escape(parent)}|GOPATH\}}?/{re.escape(name)}|(?:~|HOME\}}?)/go/{re.escape(name)})(?![\w.-])"
    )
    return "" if _says(facts, install.step, made) else parent


def is_made(install: Install, folder: str, facts: Facts) -> bool:
    """Return whether an earlier instruction is known to have made a folder: as written, the user could write there."""
    name = re.escape(folder)
    made = re.compile(
        rf"^\s*WORKDIR\s+{name}/?\s*$|\b(?:mkdir|chown|install)\b[^&|;\n]*\s[\"']?{name}(?![\w.-])", re.MULTILINE
    )
    return _says(facts, install.step, made)


def may_make(install: Install, folder: str, facts: Facts) -> bool:
    """Return whether the user can make a folder for certain: at home, in a folder of the user's, or in Go's image."""
    home, settings = install.home, install.step.environment.settings
    if home and home != "/" and locations.below(folder, home):
        return has_home(install, facts)
    if _is_given(install, posixpath.dirname(folder), facts):
        return True
    return any(
        setting.origin == "image" and setting.value and locations.below(folder, setting.value)
        for name, setting in settings.items()
        if name == "GOPATH"
    )


def _is_given(install: Install, folder: str, facts: Facts) -> bool:
    """Return whether the last `chown` of a folder gives it to the step's user."""
    environment = install.step.environment
    given = rf"\bchown\s+(?:-\S+\s+)*[\"']?([\w${{}}-]+)[^&|;\n]*\s[\"']?{re.escape(folder)}(?![\w./-])"
    text, ends = facts.memo(_writers, install.step.stage)
    owners = [match[1] for match in re.finditer(given, text[: ends[id(install.step.instruction)]])]
    if not owners:
        return False
    owner = _REFERENCE.sub(lambda match: environment.variables.get(match[1]) or match[0], owners[-1])
    return owner in (environment.user, str(environment.uid))


def _closed(base: BaseImage, user: str) -> tuple[str, ...]:
    """Homes of an image's system accounts, such as /var/www, which belong to root."""
    return tuple(one.home or "" for name, one in base.accounts.items() if name == user and not _is_home(one.home))


def _is_home(path: str | None) -> bool:
    # The second is that of source-to-image: https://github.com/sclorg/s2i-base-container
    return (path or "").startswith(("/home/", "/opt/app-root/")) or path in _OWN_HOMES


def has_home(install: Install, facts: Facts) -> bool:
    """Return whether the user's home is surely there and theirs: of the base image, or given by an instruction."""
    step, home = install.step, install.home or ""
    base, own = step.environment.base, install.variables.get("ACCOUNT_HOME")
    if base is not None and _is_home(home) and home == own and any(one.home == home for one in base.accounts.values()):
        return True
    named = _names_of_home(install)
    made = re.compile(
        rf"\busermod\b(?=[^&|;\n]*\s(?:-[a-zA-Z]*m|--move-home))[^&|;\n]*[\s=](?:{named})(?![/\w.-])"
        rf"|(?:chown|install(?=[^&|;\n]*\s(?:-o|--owner)))\b[^&|;\n]*(?:{named})(?!/?[\w.-])"
    )
    if base is not None and any(_is_home(one.home) for one in base.accounts.values()):
        moved = rf"usermod\b(?=[^&|;\n]*\s(?:-[a-zA-Z]*m|--move-home)\s)[^&|;\n]*\s{re.escape(home)}/?[\"']?\s"
        if _says(facts, step, re.compile(moved)):
            return True
    return _comes_with_account(install, facts) or _says(facts, step, made) or _is_workdir(facts, step, home)


def _names_of_home(install: Install) -> str:
    """Return a regular expression on the ways in which a home is written."""
    home = install.home or ""
    words = [home.words] if isinstance(home, TextFromArgument) and home.words else []
    return "|".join(map(re.escape, (home, f"~{install.step.environment.user}", *words)))


def _comes_with_account(install: Install, facts: Facts) -> bool:
    """Return whether a command that adds the user's account makes the home; HOME may name another."""
    step, home, own = install.step, install.home or "", install.variables.get("ACCOUNT_HOME")
    user, base = install.command.user or step.environment.user, step.environment.base
    by_default = base is not None and base.distribution in ("fedora", "rhel")
    text, ends = facts.memo(_writers, step.stage)
    before = text[: ends[id(step.instruction)]]
    adding = [one[0] for one in _ADDS.finditer(before)]
    # The account may have another name there, in a variable.
    adding = [one for one in adding if re.search(rf"(?<![\w./-]){re.escape(user)}(?![\w./-])", one)] or adding
    if own is None and home != f"/home/{user}":
        adding = [one for one in adding if re.search(rf"[\s=\"']{re.escape(home)}(?![\w./-])", one)]
    elif own is not None and own != home:
        return False
    if re.search(rf"\busermod\b[^&|;\n]*[\s=](?:{_names_of_home(install)})(?![/\w.-])", before):
        # `usermod` alone writes the name of a home down.
        return False
    return any(_MAKES_HOME.match(one) or (by_default and _MAKES_HOMES.match(one + " ")) for one in adding)


def _is_workdir(facts: Facts, step: Step, home: str) -> bool:
    """Return whether WORKDIR makes the home, after USER: BuildKit makes a folder that is not there for that user.

    https://github.com/moby/buildkit/blob/master/frontend/dockerfile/dockerfile2llb/convert.go
    """
    base, me = step.environment.base, step.environment
    there = [] if base is None else [base.workdir or "", *(one.home or "" for one in base.accounts.values())]
    if not home or base is None or base.workdir is None or home in (*_SYSTEM, *there) or not me.user:
        return False
    named = re.compile(rf"(?<![\w.-]){re.escape(home)}(?![\w.-])")
    for instruction in chain.before(step.stage, step.instruction):
        who = facts.environments.get(id(instruction))
        if instruction.keyword not in _WRITERS or who is None:
            continue
        text = _filled_in(facts.dockerfile.source.slice(instruction.span), who.variables)
        if named.search(text) or (instruction.keyword != "WORKDIR" and who.workdir == home):
            path = instruction.arguments.text.strip()
            is_made = instruction.keyword == "WORKDIR" and _filled_in(path, who.variables).rstrip("/") == home
            return is_made and (who.user, who.uid) == (me.user, me.uid)
    return False


def first_step(install: Install, folder: str, facts: Facts) -> Step:
    """Return the first step of the chain of stages in which the same user has a cache below the folder.

    What removes the folder between the two makes it needed again.
    """
    step = install.step
    filling = [
        other
        for other in facts.steps
        if other.environment.user == step.environment.user
        and chain.descends(step.stage, other.stage)
        and any(
            directory.path is not None and locations.below(directory.path, folder)
            for one in other.installs
            for directory in one.directories
        )
    ]
    text, ends = facts.memo(_writers, step.stage)
    # The clean-ups of these steps go.
    own = {ends[id(one.instruction)] for one in filling}
    removals = [
        one.start() for one in _removal(posixpath.basename(folder)).finditer(text, 0, ends[id(step.instruction)])
    ]
    instructions = [max(at for at in ends.values() if at <= removal) for removal in removals]
    last = max((at for at in instructions if at not in own), default=-1)
    return next((one for one in filling if ends[id(one.instruction)] > last), step)


def _removal(name: str) -> re.Pattern[str]:
    """Return the pattern of a command that removes a folder of this name."""
    return re.compile(
        rf"\brm\s(?=[^;&|\n]*-[a-zA-Z]*[rR])[^;&|\n]*(?<![\w.-])(?<!/root/){re.escape(name)}/?(?=[\"']?(?:[\s;&|)]|\Z))"
    )


def _is_left(facts: Facts, step: Step, named: re.Pattern[str], top: str) -> bool:
    """Return whether an earlier instruction names a folder of the home, and none removes it after that."""
    text, ends = facts.memo(_writers, step.stage)
    end = ends[id(step.instruction)]
    left = [one.end() for one in named.finditer(facts.memo(_without_removals, step.stage), 0, end)]
    gone = [one.end() for one in _removal(top).finditer(text, 0, end)]
    return bool(left) and (not gone or left[-1] > gone[-1])


def _without_removals(facts: Facts, stage: Stage) -> str:
    """Return the same text as `_writers`, as long as it is, without what it removes."""
    text, _ends = facts.memo(_writers, stage)
    return _REMOVED.sub(lambda match: " " * len(match[0]), text)


def _says(facts: Facts, step: Step, pattern: re.Pattern[str]) -> bool:
    text, ends = facts.memo(_writers, step.stage)
    return pattern.search(text, 0, ends[id(step.instruction)]) is not None


def _writers(facts: Facts, stage: Stage) -> tuple[str, dict[int, int]]:
    """Return the text that writes files in a stage and its parents, and its length before each instruction.

    The home of root is written by its name, and variables by their values where those are paths or parts of them.
    """
    ends, texts, length = {}, [], 0
    for one in stage.lineage():
        for instruction in one.instructions:
            ends[id(instruction)] = length
            if instruction.keyword in _WRITERS:
                text = facts.dockerfile.source.slice(instruction.span).replace("\\\r\n", " ").replace("\\\n", " ")
                environment = facts.environments.get(id(instruction))
                if instruction.keyword == "RUN" and environment is not None and environment.user in _ROOT:
                    text = _OWN_HOME.sub("/root/", text)
                if environment is not None and "$" in text:
                    text = _filled_in(text, environment.variables)
                texts.append(text + "\n")
                length += len(texts[-1])
    return "".join(texts), ends


def _filled_in(text: str, variables: Mapping[str, str | None]) -> str:
    """Return a text with the variables filled in that hold absolute paths, or the name of a folder after a slash."""

    def value(match: re.Match[str]) -> str:
        found = variables.get(match[1]) or ""
        is_name = match.string[match.start() - 1 : match.start()] == "/" and _FOLDER.fullmatch(found)
        return found if found.startswith("/") or is_name else match[0]

    return _REFERENCE.sub(value, text)
