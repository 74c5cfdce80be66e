"""The environment in force at an instruction: variables, user, home, working directory, shell, across stages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from cachemount.dockerfile.images.common import one_of
from cachemount.dockerfile.images.counted import system_groups
from cachemount.dockerfile.images.lookup import BaseImage, lookup, split
from cachemount.dockerfile.images.model import Account, FromArgument
from cachemount.dockerfile.model import HOST_VARIABLE, Dockerfile, Instruction, Run, Stage
from cachemount.dockerfile.state.account_words import installs_packages, may_make_accounts, mentions_accounts
from cachemount.dockerfile.state.assignments import expand, pairs
from cachemount.dockerfile.state.users import resolve
from cachemount.dockerfile.syntax.words import MixedArrayError, json_strings
from cachemount.records import Record, field, replace
from cachemount.source import Span
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal

_CHANGING = frozenset({"ADD", "COPY", "RUN", "SHELL", "USER", "WORKDIR"})
_ROOT = Account(uid=0, gid=0, home="/root")
# What BuildKit gives without a declaration, once it is declared: the values differ from build to build.
PLATFORM = frozenset(
    f"{side}{part}" for side in ("TARGET", "BUILD") for part in ("PLATFORM", "OS", "ARCH", "VARIANT", "OSVERSION")
)


class Setting(Record, kw_only=False):
    """A variable's value (None: not knowable from the file) and its origin; `pair` is its span in `instruction`.

    `given` tells whether a build may be given another value, as it may for an ARG and for what is made of one.
    """

    value: str | None
    origin: Literal["env", "arg", "image"]
    pair: Span | None = None
    instruction: Instruction | None = None
    given: bool = False


class Environment(Record):
    """The environment of one instruction.

    `user` is what USER says without its group, "" when not knowable; `uid` and `gid` are known numbers or None. `home`
    is `$HOME` as a RUN sees it, `account_home` the home in /etc/passwd; None when unknown. `image` is the image at the
    root of the chain of stages, `base` its entry in the table of images. `others` are images that builds of the
    repository take in its place: the entry has what they have in common. `workdir` is "/" as long as that of the image
    is not known, None below it. `variables` are the values of `settings`. `listed`: `accounts` are all from number
    1000 up. `groups` are those of steps. `counted`, `untouched`: the next number from 1000 up, of the system, is known.
    """

    user: str = "root"
    uid: int | None = 0
    gid: int | None = 0
    home: str | None = "/root"
    account_home: str | None = "/root"
    workdir: str | None = "/"
    shell: tuple[str, ...] = ("/bin/sh", "-c")
    settings: Mapping[str, Setting] = field(default_factory=dict)
    variables: Mapping[str, str | None] = field(default_factory=dict)
    image: str = ""
    base: BaseImage | None = None
    others: tuple[str, ...] = ()
    accounts: Mapping[str, Account] = field(default_factory=dict)
    listed: bool = False
    groups: Mapping[str, int | None] = field(default_factory=dict)
    counted: bool = False
    untouched: bool = False

    @property
    def may_be_bash(self) -> bool:
        """Whether the shell is bash, or an sh that is bash; an image that is not known may set any shell."""
        distribution = self.base.distribution if self.base else ""
        return "bash" in self.shell[0] or distribution not in ("debian", "ubuntu", "alpine", "wolfi")


@lru_cache(maxsize=1)
def environments(dockerfile: Dockerfile) -> Mapping[int, Environment]:
    """Return the environment in which each instruction of the stages but ENV and ARG is carried out.

    The keys are `id(instruction)`. The environment of an ONBUILD is the one that a build on top of its stage begins
    with.
    """
    return _Walk(dockerfile).found


def final(dockerfile: Dockerfile, stage: Stage) -> Environment:
    """Return the environment at the end of a stage."""
    return _Walk(dockerfile).ends[stage.index]


class _Walk:
    """Goes through the stages once."""

    def __init__(self, dockerfile: Dockerfile) -> None:
        self.found: dict[int, Environment] = {}
        self.ends: dict[int, Environment] = {}
        self._dockerfile = self._file = dockerfile
        # What ENV says stays in the image; what ARG says is of the build alone.
        self._images: dict[int, Mapping[str, Setting]] = {}
        self._settings: dict[str, Setting] = {}
        self._kept: dict[str, Setting] = {}
        self._makes_accounts = any(_mentions_accounts(one) for stage in dockerfile.stages for one in stage.instructions)
        for stage in dockerfile.stages:
            self._stage(stage)

    def _stage(self, stage: Stage) -> None:
        self._file = stage.file or self._dockerfile
        parent = stage.parent
        if parent is None:
            environment = _initial(stage.image, tuple(filter(None, stage.choices)))
            self._settings = dict(environment.settings)
            self._kept = dict(environment.settings)
        else:
            environment = self.ends[parent.index]
            self._kept = dict(self._images[parent.index])
            if parent.file is not stage.file:
                environment = _as_image(environment)
                self._kept = {name: replace(setting, given=False) for name, setting in self._kept.items()}
                self._settings = dict(self._kept)
            else:
                self._settings = {**environment.settings, **self._kept}
            environment = self._walk(self._with_settings(environment), _triggers(parent), record=False)
        triggers = _triggers(stage)
        own = [one for one in stage.instructions if not one.onbuild] if triggers else stage.instructions
        environment = self._walk(environment, own, record=True)
        self.ends[stage.index] = environment
        self._images[stage.index] = self._kept
        if triggers:
            self._settings = dict(self._kept)
            self._kept = dict(self._kept)
            self._walk(self._with_settings(environment), triggers, record=True)

    def _walk(self, environment: Environment, instructions: Iterable[Instruction], *, record: bool) -> Environment:
        stale = False
        for instruction in instructions:
            keyword = instruction.keyword
            if keyword in ("ENV", "ARG"):
                (self._env if keyword == "ENV" else self._arg)(instruction)
                stale = True
                continue
            if stale:
                # One copy of the variables for many ENV in a row.
                environment, stale = self._with_settings(environment), False
            if record:
                self.found[id(instruction)] = environment
            if keyword in _CHANGING:
                environment = self._after(environment, instruction)
        return self._with_settings(environment) if stale else environment

    def _after(self, environment: Environment, instruction: Instruction) -> Environment:
        keyword = instruction.keyword
        if keyword == "RUN":
            # Where no step makes an account, nobody asks for the number of the next one.
            return _with_accounts(environment, instruction) if self._makes_accounts else environment
        text = instruction.arguments.text.strip()
        if keyword == "USER":
            if "$" in text and self._may_be_name(text):
                return _as_user(environment, "", "")
            uid, gid, group = self._numbers(text)
            if uid is not None:
                # Perhaps the builder never sees the reference, as Compose fills it in.
                text = f"{int(uid)}:{group if gid is None else int(gid)}"
            name, _, group = (self._expand(text) or "").partition(":")
            found = _as_user(environment, name, group)
            return replace(found, uid=found.uid if uid is None else uid, gid=found.gid if gid is None else gid)
        if keyword == "WORKDIR":
            return replace(environment, workdir=_joined(environment, self._expand(text)))
        if keyword == "SHELL":
            return replace(environment, shell=_shell(text) or environment.shell)
        # COPY or ADD: what is named in /etc/apk/world any `apk add` installs too.
        works_there = (environment.workdir or "").startswith("/etc")
        if works_there or re.search(r"/etc(?:/apk\b[^\s\",\]]*|/?)[\s\",\]]*$", text):
            environment = replace(environment, untouched=False)
        if "/etc" in text and re.search(r"/etc/?(?:$|[\s\",\]])|/etc/passwd", text):
            return self._with_copied_accounts(environment, instruction, text)
        return environment

    def _env(self, instruction: Instruction) -> None:
        # All pairs of an instruction see the variables from before it.
        before = self._values(instruction.arguments.text)
        for pair in pairs(instruction, self._dockerfile.escape):
            name = pair.name if "$" not in pair.name else expand(pair.name, before) or pair.name
            value = expand(pair.raw or "", before, self._dockerfile.escape)
            setting = Setting(value, "env", pair.span, instruction, self._may_be_given(pair.raw or ""))
            self._settings[name] = self._kept[name] = setting

    def _arg(self, instruction: Instruction) -> None:
        given = self._file.global_arguments
        build = dict(self._file.source.arguments)
        for pair in pairs(instruction, self._dockerfile.escape):
            if pair.name in build:
                value = build[pair.name]
            elif pair.raw is not None:
                value = self._expand(pair.raw)
            else:
                value = None if pair.name in PLATFORM else given.get(pair.name)
                if value is None and pair.name in self._settings and pair.name not in PLATFORM:
                    # Without a value from anywhere ARG changes nothing.
                    continue
            # A value replaces what ENV said before, for the rest of the stage.
            self._settings[pair.name] = Setting(value, "arg", pair.span, instruction, given=True)

    def _may_be_given(self, raw: str) -> bool:
        names = re.findall(r"\$\{?(\w+)", raw) if "$" in raw else ()
        return any(
            name.startswith(HOST_VARIABLE) or (name in self._settings and self._settings[name].given) for name in names
        )

    def _expand(self, text: str) -> str | None:
        return expand(text, self._values(text), self._dockerfile.escape)

    def _values(self, text: str) -> dict[str, str | None]:
        """Return the variables, if the text may refer to one."""
        return _values(self._settings) if "$" in text else {}

    def _with_settings(self, environment: Environment) -> Environment:
        settings = dict(self._settings)
        home = _home(settings, environment.account_home)
        return replace(environment, settings=settings, variables=_values(settings), home=home)

    def _may_be_name(self, user: str) -> bool:
        from cachemount.dockerfile.state.numbers import may_be_name

        return may_be_name(user, self._settings)

    def _numbers(self, user: str) -> tuple[int | None, int | None, str]:
        """Return what build arguments give in a USER instruction: see `user_and_group`."""
        if "$" not in user:
            return None, None, ""
        from cachemount.dockerfile.state.numbers import user_and_group

        return user_and_group(user, self._settings)

    def _with_copied_accounts(self, environment: Environment, instruction: Instruction, text: str) -> Environment:
        """/etc/passwd comes from elsewhere: from an earlier stage, whose accounts are known, or from the context."""
        name = next((flag.value for flag in instruction.flags if flag.name == "from" and flag.value), "")
        for stage in self._dockerfile.stages:
            if stage.index in self.ends and name and name.lower() in (stage.name.lower(), str(stage.index)):
                source = self.ends[stage.index]
                return replace(environment, accounts=source.accounts, listed=source.listed, counted=False)
        return (
            replace(environment, accounts={"root": _ROOT}, listed=False, counted=False)
            if "passwd" in text
            else environment
        )


def _as_image(environment: Environment) -> Environment:
    """Return an environment as another file begins with it, in which the arguments of the image's build are unknown."""
    accounts = {
        name: Account(uid=_number(one.uid), gid=_number(one.gid), home=_path(one.home))
        for name, one in environment.accounts.items()
    }
    return replace(
        environment,
        accounts=accounts,
        uid=_number(environment.uid),
        gid=_number(environment.gid),
        home=_path(environment.home),
        account_home=_path(environment.account_home),
    )


def _number(number: int | None) -> int | None:
    return None if number is None or number < 0 else int(number)


def _path(path: str | None) -> str | None:
    return None if path is None else str(path)


def _values(settings: Mapping[str, Setting]) -> dict[str, str | None]:
    return {name: setting.value for name, setting in settings.items()}


def _triggers(stage: Stage) -> list[Instruction]:
    return [one for one in stage.instructions if one.onbuild]


@lru_cache(maxsize=256)
def _initial(image: str, others: tuple[str, ...] = ()) -> Environment:
    """Return the environment that a stage on an image, or on one of others, begins with."""
    accounts = {"root": _ROOT}
    base = lookup(image) if image else None
    if base is None:
        # A RUN on scratch has a system from an archive.
        return Environment(image=image, accounts=accounts, others=others)
    if others:
        base = one_of([base, *filter(None, map(lookup, others))])
    accounts.update(base.accounts)
    settings = {name: Setting(value, "image") for name, value in base.variables.items()}
    groups = system_groups(*split(image), base.distribution) if base.counted else None
    environment = Environment(
        shell=base.shell,
        home=_home(settings, "/root"),
        settings=settings,
        variables=_values(settings),
        image=image,
        base=base,
        others=others,
        accounts=accounts,
        workdir=base.workdir or "/",
        listed=base.listed,
        counted=base.counted,
        groups=groups or {},
        untouched=groups is not None,
    )
    return environment if base.user == "root" else _as_user(environment, base.user, "")


def _joined(environment: Environment, path: str | None) -> str | None:
    directory = environment.workdir
    if directory == "/" and (environment.base.workdir if environment.base else None) is None:
        # The image's own, most likely, which is not known.
        directory = None
    if path is None or (directory is None and not path.startswith("/")):
        return None
    return "/" + posixpath.normpath(posixpath.join(directory or "/", path)).lstrip("/")


def _shell(text: str) -> tuple[str, ...]:
    try:
        words = json_strings(text)
    except MixedArrayError:
        return ()
    return tuple(word.value for word in words or ())


def _as_user(environment: Environment, name: str, group: str) -> Environment:
    user = resolve(name, group, environment.accounts, listed=environment.listed)
    home = _home(environment.settings, user.home)
    return replace(environment, user=user.name, uid=user.uid, gid=user.gid, home=home, account_home=user.home)


def _home(settings: Mapping[str, Setting], account_home: str | None) -> str | None:
    """`$HOME` as a RUN sees it."""
    setting = settings.get("HOME")
    # runc fills in an empty HOME as it does one that is not set.
    return account_home if setting is None or setting.value == "" else setting.value


def _mentions_accounts(instruction: Instruction) -> bool:
    return instruction.run is not None and mentions_accounts(_script(instruction.run))


def _script(run: Run) -> str:
    if run.form != "exec":
        return run.script.text
    words = run.argv
    return words[2] if len(words) == 3 and re.search(r"(?:^|/)\w*sh$", words[0]) else " ".join(words)


def _distribution(environment: Environment) -> str:
    return environment.base.distribution if environment.base else ""


def _with_accounts(environment: Environment, instruction: Instruction) -> Environment:
    if instruction.run is None:
        return environment
    script = _script(instruction.run)
    if not mentions_accounts(script):
        counted = environment.counted and not may_make_accounts(script)
        untouched = environment.untouched and not installs_packages(script, _distribution(environment))
        if (counted, untouched) == (environment.counted, environment.untouched):
            return environment
        return replace(environment, counted=counted, untouched=untouched)
    from cachemount.dockerfile.state.accounts import Made, accounts_made
    from cachemount.dockerfile.state.numbers import from_argument, readable_by_shell

    fixed = {name: setting.value if not setting.given else None for name, setting in environment.settings.items()}
    before = Made(
        accounts=environment.accounts,
        groups=environment.groups,
        counted=environment.counted,
        untouched=environment.untouched,
        listed=environment.listed and "/etc/passwd" not in script,
    )

    def given(word: str, needed: bool) -> FromArgument | None:
        if not readable_by_shell(word, bash=environment.may_be_bash):
            return None
        return from_argument(word, environment.settings, needed=needed)

    distribution = _distribution(environment)
    made = accounts_made(script, before, environment.variables, fixed, given=given, distribution=distribution)
    return replace(
        environment,
        accounts=made.accounts,
        groups=made.groups,
        counted=made.counted,
        untouched=made.untouched,
        listed=made.listed,
    )
