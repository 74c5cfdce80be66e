"""Images that are not listed: those named like a manager's official one, and those made for a user of their own."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from cachemount import reasons
from cachemount.dockerfile.images.lookup import short_name, split
from cachemount.dockerfile.model import Instruction, Stage
from cachemount.facts import chain
from cachemount.facts.expansion import expanded
from cachemount.facts.model import Directory, Facts, Install, Step
from cachemount.facts.queries import all_steps
from cachemount.late_pattern import late
from cachemount.reasons import Withheld
from cachemount.records import Record
from cachemount.source import Elsewhere

# Manager -> names of images that most often move its cache, and the variable that says where to.
_NAMED = {
    "go": (r"\b(?:go|golang)\b", "GOPATH"),
    "cargo": (r"rust|cargo", "CARGO_HOME"),
    "pnpm": (r"pnpm", "PNPM_HOME"),
    "gradle": (r"gradle", "GRADLE_USER_HOME"),
    "bundler": (r"\b(?:ruby|rails|bundler)\b", "BUNDLE_PATH"),
    "composer": (r"composer", "COMPOSER_HOME"),
    "deno": (r"deno", "DENO_DIR"),
}

# Manager -> what a file says where it installs the program, or names its usual folder. Where it does not, the program
# is the image's, which was most likely made from the official one.
_INSTALLED = {
    "go": (
        r"golang(?!ci|/|\.org(?!/dl))|(?:go\.dev|google\.com/go)\b|/usr/local/go\b|/root/go\b|~/go\b|\bgo-?\d|\b(?:go-install|goenv|gvm|asdf|mise|nix|brew)\b"
        r"|\b(?:add|install|in)\b[^;&|]*\sgo(?:\s|\Z)|\bgo[\w-]*\.sh\b|\binstall[\w-]*\.sh\b"
    ),
    "cargo": (
        r"rustup|/root/\.cargo|~/\.cargo|\$\{?HOME\}?/\.cargo|\b(?:asdf|mise|nix|brew)\b|\brust[\w-]*\.sh\b|\binstall[\w-]*\.sh\b"
        r"|\b(?:add|install|in)\b[^;&|]*\s(?:cargo|rust)(?:-[\d.]+)?(?:\s|\Z)"
    ),
}

# Manager -> what a step removes that shows a cache in the project, whose settings the image has; what the repository
# has of them; and the variable that says where the rest is.
_IN_PROJECT = {
    "yarn": (
        r"\brm\s[^;&|\n]*\.yarn/cache",
        r"yarnPath|packageManager\W+yarn@|yarn@[^\w\n]?\d|yarn set version",
        "YARN_GLOBAL_FOLDER",
    ),
}

# They do not name one manager's folder, or are made up for the templates.
_NOT_OWN = frozenset({
    "ACCOUNT_HOME", "ANY", "HOME", "MIX_XDG", "PREFIX", "STACK_XDG", "VIRTUAL_ENV", "WORKDIR", "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME", "XDG_DATA_HOME",
})  # fmt: skip
_ROOT = late(r"[\"']?(?:root|0)\b")
_NAME = late(r"[\w][\w-]*")
_VARIABLE = late(r"\$\{?(\w+)")
_OWNED = late(r"(?:--chown=|\bchown +(?:-\S+ +)*)[\"']?(\w[\w-]*)")
_TO_END, _IN_HOME = late(r"[^;&|\n]*"), late(r"/home\b|~|HOME\b")
_FROM = late(r"(?im)^[ \t]*FROM[ \t]")
_USER_OR_HOME = late(r"(?im)^[ \t]*(?:USER[ \t]+(\S+)|(?:ENV[ \t]+)?(?:\w+=\S*[ \t]+)*HOME=[\"']?([^\s\"']+))")
_MAKERS = frozenset({"addgroup", "adduser", "groupadd", "useradd"})
_INTO_HOME = ("--user", "--no-user", "--user-install")
_YES = late(r"(?i)1|true|yes|on|y|t")
# Images that run as root have them too.
_COMMON = frozenset({
    "root", "node", "www-data", "nginx", "nobody", "apache", "daemon", "postgres", "mysql", "redis", "bin", "_apt",
    "mail", "games", "ubuntu", "vscode",
})  # fmt: skip


class _Sign(Record):
    text: str
    line: int
    # Whether USER says who runs the step.
    written: bool


def moved_by_image(facts: Facts, install: Install, directory: Directory) -> Withheld | None:
    """Return why the image may keep the directory elsewhere; None where that is not likely."""
    environment = install.step.environment
    if environment.base is not None or environment.image == "scratch" or directory.moved:
        return None
    used = next((one for one in _moving(directory) if facts.memo(_expects, install.step.stage, one)), "")
    if used:
        return reasons.FOREIGN_IMAGE.about(image=environment.image, variable=used)
    removed, settings, variable = _IN_PROJECT.get(install.manager.name, ("", "", ""))
    if (
        removed
        and re.search(removed, install.step.run.script.text)
        and not (facts.says(settings) or facts.context_says(settings))
    ):
        return reasons.FOREIGN_IMAGE.about(image=environment.image, variable=variable)
    pattern, variable = _NAMED.get(install.manager.name, ("", ""))
    # A cache that the variable does not move is in the same place wherever that leads.
    if not pattern or variable not in _moving(directory):
        return None
    if not facts.memo(_may_move, install.step.stage, pattern, variable):
        installed = _INSTALLED.get(install.manager.name, "")
        if not installed or facts.memo(_says_before, install.step, installed):
            return None
    return reasons.FOREIGN_IMAGE.about(image=environment.image, variable=variable)


def _may_move(facts: Facts, stage: Stage, pattern: str, variable: str) -> bool:
    """Return whether a stage's image may move a cache by a variable, as one of a name like the pattern does.

    A variable in FROM may stand for several stages of the file: those are asked then.
    """
    root = stage.lineage()[0]
    bases = [one for one in facts.dockerfile.stages if root in one.children and "$" in root.image]
    roots = [base.lineage()[0] for base in bases] or [root]
    set_there = (facts.dockerfile.source.slice(one.span) for base in bases for one in _instructions(base))
    if any(re.search(rf"\b(?:{variable}|HOME)=|(?i:^\s*ENV\s+)(?:{variable}|HOME)\s", one) for one in set_there):
        return True
    names = [one.image.rpartition("/")[2].partition("@")[0] for one in roots]
    return any(re.search(pattern, name) or "$" in name.partition(":")[0] for name in names)


def _instructions(stage: Stage) -> list[Instruction]:
    """Return the instructions of a stage, and of those that it is built on."""
    return [one for each in stage.lineage() for one in each.instructions if not one.onbuild]


def _says_before(facts: Facts, step: Step, pattern: str) -> bool:
    """Return whether a step, or an instruction that its image is built by, has a pattern."""
    earlier = (facts.dockerfile.source.slice(one.span) for one in chain.before(step.stage, step.instruction))
    return any(re.search(pattern, text) for text in (*earlier, facts.dockerfile.source.slice(step.instruction.span)))


def _moving(directory: Directory) -> list[str]:
    """Return the variables that move the cache in the directory."""
    found = (re.match(r"\$(\w+)", one) for one in directory.cache.locations)
    return [one[1] for one in found if one is not None and one[1] not in _NOT_OWN]


def _expects(facts: Facts, stage: Stage, variable: str) -> bool:
    """Return whether a stage, or one that it is built on, takes a variable from its image: it does not set it."""
    instructions = _instructions(stage)
    texts = [facts.dockerfile.source.slice(one.span) for one in instructions]
    uses = rf"(?<!\\)\$(?:{variable}\b|\{{{variable}\}})"
    sets = rf"\b{variable}=|(?i:^\s*(?:ENV|ARG)\s+){variable}\b"
    return any(re.search(uses, one) for one in texts) and not any(re.search(sets, one) for one in texts)


def made_for_another(facts: Facts, install: Install, directory: Directory) -> Withheld | None:
    """Return why an image that is not known may run as another user than root, or have that user's HOME."""
    environment = install.step.environment
    if environment.base is not None or environment.image in ("", "scratch") or install.manager.system:
        return None
    if not install.root or (directory.path is None or directory.cover is not None):
        return None
    sign = _sign_of_another(facts, install)
    if sign is None or (sign.written and (directory.moved or "HOME" in environment.settings)):
        return None
    variables = (re.match(r"\$(\w+)", one) for one in directory.cache.locations)
    variable = next((one[1] for one in variables if one and one[1] != "HOME"), "HOME")
    wanted = f"ENV {variable}" if sign.written else f"USER, and ENV {variable},"
    return reasons.MADE_FOR_ANOTHER.about(sign=sign.text, line=sign.line, image=environment.image, wanted=wanted)


def has_root_alone(facts: Facts, install: Install, directory: Directory) -> bool:
    """Return whether nothing but the home is not known of who runs an install: it is root, in the usual folder."""
    sign = _sign_of_another(facts, install)
    return sign is not None and sign.written and not directory.moved and directory.path is not None


def _sign_of_another(facts: Facts, install: Install) -> _Sign | None:
    """Return what says that the image of an install is made for another user; None where this one is root's anyway."""
    sign = (
        _for_home(facts, install)
        or _own_sign(facts, install)
        or _base_sign(facts, install)
        or facts.memo(_sign, install.step.stage, install.step.instruction.span.start)
    )
    by_sudo = sign is not None and sign.text == "sudo" and "sudo" in install.command.wrappers
    return None if by_sudo else sign


def _for_home(facts: Facts, install: Install) -> _Sign | None:
    """Return the option or variable of an install about the user's home, which root does not need.

    It is this one's, or that of another one in the stage or in those that it is built on. A variable that names root's
    home says that it is the user's.
    """
    stage, here = install.step.stage, install.step.instruction.span.start
    if _users(stage, here) or any(
        one.keyword == "ENV" and one.span.start < here and "/root/" in one.arguments.text
        for one in _instructions(stage)
    ):
        return None
    if facts.memo(_acts_as_root, stage):
        return None
    return _home_sign(facts, install) or facts.memo(_homes_sign, stage)


def _acts_as_root(facts: Facts, stage: Stage) -> bool:
    """Return whether the image's own user installs packages of the system without sudo, as root alone may."""
    return any(
        one.manager.system and not (one.reader or one.command.wrappers or one.command.conditional)
        for step in all_steps(facts, stage).values()
        if not _users(step.stage, step.instruction.span.start)
        for one in step.installs
    )


def _homes_sign(facts: Facts, stage: Stage) -> _Sign | None:
    steps = sorted(all_steps(facts, stage).values(), key=lambda one: one.instruction.span.start)
    signs = (
        _home_sign(facts, install)
        for step in steps
        if step.stage.file is None and not _users(step.stage, step.instruction.span.start)
        for install in step.installs
    )
    return next((one for one in signs if one is not None), None)


def _home_sign(facts: Facts, install: Install) -> _Sign | None:
    option = next((one.known for one in install.arguments if one.known in _INTO_HOME), "")
    if not option and _YES.fullmatch(install.variables.get("PIP_USER") or ""):
        option = "PIP_USER"
    line = facts.dockerfile.source.position(install.command.span.start).line
    return _Sign(text=option, line=line, written=False) if option else None


def _own_sign(facts: Facts, install: Install) -> _Sign | None:
    """Return what the repository's own Dockerfile says of the user of an image that has the repository's name."""
    image = short_name(install.step.environment.image).lower()
    own = next((one for one in facts.dockerfile.source.context if one.of_image and one.of_image == image), None)
    if own is None:
        return None
    start = max((match.start() for match in _FROM.finditer(own.text)), default=0)
    told = bool(_users(install.step.stage, install.step.instruction.span.start))
    for match in reversed(list(_USER_OR_HOME.finditer(own.text, start))):
        line = Elsewhere(own.text.count("\n", 0, match.start()) + 1, own.path)
        if match[2] and match[2] != "/root":
            return _Sign(text=f"HOME={match[2]}", line=line, written=True)
        if match[1] and not told and not _ROOT.match(match[1]):
            return _Sign(text=f"USER {match[1]}", line=line, written=False)
        # The last USER counts.
        told = told or bool(match[1])
    return None


def _base_sign(facts: Facts, install: Install) -> _Sign | None:
    """Return the USER that ends one of the stages of this file on which a stage with a variable in FROM may stand."""
    stage = install.step.stage
    if _users(stage, install.step.instruction.span.start):
        return None
    root = stage.lineage()[0]
    for base in facts.dockerfile.stages:
        users = _users(base, root.instruction.span.start) if root in base.children else []
        name = users[-1].arguments.text.strip() if users else ""
        if name and not _ROOT.match(name):
            line = facts.dockerfile.source.position(users[-1].span.start).line
            return _Sign(text=f"USER {name}", line=line, written=False)
    return None


def _users(stage: Stage, here: int) -> list[Instruction]:
    """Return the USER instructions of a stage, and of those that it is built on, before an offset."""
    instructions = _instructions(stage)
    return [one for one in instructions if one.keyword == "USER" and one.span.start < here]


def _raised(facts: Facts, stage: Stage) -> _Sign | None:
    """Return the first command of a stage, and of those that it is built on, that becomes root by sudo.

    It tells nothing where a system's packages are installed without it: that is root already.
    """
    if not facts.says(r"\bsudo\b"):
        return None
    steps = sorted(all_steps(facts, stage).values(), key=lambda one: one.instruction.span.start)
    if _works_as_root(facts, stage):
        return None
    for step in steps:
        for command in step.commands:
            if "sudo" in command.wrappers and command.user == "root" and not command.conditional:
                line = facts.dockerfile.source.position(command.span.start).line
                return _Sign(text="sudo", line=line, written=False)
    return None


def _works_as_root(facts: Facts, stage: Stage) -> bool:
    """Return whether a stage installs a system's packages without sudo before any USER: its image runs as root."""
    first_user = min((one.span.start for one in _instructions(stage) if one.keyword == "USER"), default=math.inf)
    return any(
        _installs_as_root(one)
        for step in all_steps(facts, stage).values()
        if step.instruction.span.start < first_user
        for one in step.installs
    )


def _installs_as_root(install: Install) -> bool:
    command = install.command
    return install.manager.system and "sudo" not in command.wrappers and not command.conditional


def _sign(facts: Facts, stage: Stage, here: int) -> _Sign | None:
    """Return what says that a stage's image is made for another user.

    It ends with one, also where another stage takes all that is in it, files are given to one, or a command becomes
    root.
    """
    users = [one for each in (stage, *_copies_of(facts, stage)) for one in _instructions(each) if one.keyword == "USER"]
    before = _users(stage, here)
    if before:
        last = users[-1]
        word = last.arguments.text.strip().strip("\"'")
        name, variable = _NAME.match(word), _VARIABLE.match(word)
        own = name is not None and _is_foreign(facts, stage, name[0])
        own = own or (variable is not None and facts.memo(_expects, stage, variable[1]))
        if own and _ROOT.match(before[0].arguments.text.strip()):
            told = name[0] if name else word.partition(":")[0]
            return _Sign(text=f"USER {told}", line=facts.dockerfile.source.position(last.span.start).line, written=True)
        return None
    return _owner_sign(facts, stage) or _other_stages_sign(facts, stage) or facts.memo(_raised, stage)


def _copies_of(facts: Facts, stage: Stage) -> Iterator[Stage]:
    """Yield the stages that take all files of a stage: the image's users, but nothing that ENV and USER say there."""
    for other in facts.dockerfile.stages:
        for one in other.instructions:
            if one.keyword == "COPY" and one.operands == ["/", "/"]:
                name = next((flag.value or "" for flag in one.flags if flag.name == "from"), "")
                if name and chain.stage_named(facts.dockerfile, name) is stage:
                    yield other


def _owner_sign(facts: Facts, stage: Stage) -> _Sign | None:
    """Return the first words of a stage, and of those that it is built on, that give files to the image's own user."""
    instructions = _instructions(stage)
    users = [one for one in instructions if one.keyword == "USER"]
    later = {match[0] for one in users if (match := _NAME.match(one.arguments.text.strip()))}
    for one in instructions:
        text = facts.dockerfile.source.slice(one.span) if one.keyword in ("COPY", "ADD", "RUN") else ""
        for match in _OWNED.finditer(text):
            if match[1] not in later and _is_foreign(facts, stage, match[1]) and not _is_roots(facts, stage, match):
                line = facts.dockerfile.source.position(one.span.start).line
                return _Sign(text=match[0], line=line, written=_works_as_root(facts, stage))
    return None


def _is_roots(facts: Facts, stage: Stage, owned: re.Match[str]) -> bool:
    """Return whether root gives a folder, and no home, to a number: the image need have no such user."""
    what = _TO_END.match(owned.string, owned.end())
    to_number = owned[1].isdigit() and owned[0].startswith("chown") and what is not None
    return to_number and not (what and _IN_HOME.search(what[0])) and _works_as_root(facts, stage)


def _other_stages_sign(facts: Facts, stage: Stage) -> _Sign | None:
    """Return what another stage, which begins with an image of this name, does for a user of the image or against it.

    It becomes root at once by USER, or gives files to another.
    """
    name = _image_name(stage)
    for other in facts.dockerfile.stages if name else ():
        first = next((one for one in other.instructions if one.keyword in ("USER", "RUN", "COPY", "ADD")), None)
        if other.file is not stage.file or first is None or _image_name(other) != name:
            continue
        if first.keyword == "USER" and _ROOT.match(first.arguments.text.strip()) and other.parent is None:
            return _Sign(text="USER root", line=facts.dockerfile.source.position(first.span.start).line, written=False)
        owner = facts.memo(_owner_sign, other) if not _works_as_root(facts, stage) else None
        if owner is not None and not owner.written:
            return owner
    return None


def _image_name(stage: Stage) -> str:
    """Return the name of the image that a chain of stages begins with, without tag and digest."""
    return split(next(iter(stage.lineage())).image)[0]


def _is_foreign(facts: Facts, stage: Stage, name: str) -> bool:
    """Return whether a user is neither root nor made by a step nor known from images that run as root."""
    if name in _COMMON or name.strip("0") == "" or facts.memo(_is_made, stage, name):
        return False
    return not facts.says(rf"\b(?:user|group)add\b[^&|;]*\b{name}\b|\badd(?:user|group)\b[^&|;]*\b{name}\b|/etc/passwd")


def _is_made(facts: Facts, stage: Stage, name: str) -> bool:
    """Return whether a step of a stage, or of one that it is built on, makes a user or group that a variable names."""
    return any(
        words[0].name in _MAKERS and any(word.known == name for word in words[1:])
        for step in all_steps(facts, stage).values()
        for _command, words in expanded(step)
    )
