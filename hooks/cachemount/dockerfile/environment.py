"""The environment in force at an instruction: variables, user, home, working directory, shell, across stages."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from cachemount.dockerfile.accounts import Account, accounts_made
from cachemount.dockerfile.assignments import expand, pairs
from cachemount.dockerfile.base_images import BaseImage, lookup
from cachemount.dockerfile.model import Dockerfile, Instruction, Stage
from cachemount.source import Span

_ROOT = Account(uid=0, gid=0, home="/root")
# What BuildKit gives without a declaration, once it is declared: the values differ from build to build.
_PLATFORM = frozenset(
    f"{side}{part}" for side in ("TARGET", "BUILD") for part in ("PLATFORM", "OS", "ARCH", "VARIANT", "OSVERSION")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A variable's value (None: not knowable from the file) and its origin; `pair` is its span in `instruction`."""

    value: str | None
    origin: Literal["env", "arg", "image"]
    pair: Span | None = None
    instruction: Instruction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What holds at one instruction.

    `user` is what USER says without its group, "" when not knowable; `uid` and `gid` are known numbers or None. `home`
    is `$HOME` as a RUN sees it, `account_home` the home in /etc/passwd; None when unknown. `image` is the image at the
    root of the chain of stages, `base` its entry in the table of images.
    """

    user: str = "root"
    uid: int | None = 0
    gid: int | None = 0
    home: str | None = "/root"
    account_home: str | None = "/root"
    workdir: str | None = "/"
    shell: tuple[str, ...] = ("/bin/sh", "-c")
    settings: Mapping[str, Setting] = field(default_factory=dict)
    image: str = ""
    base: BaseImage | None = None
    accounts: Mapping[str, Account] = field(default_factory=dict)

    @property
    def variables(self) -> dict[str, str | None]:
        return {name: setting.value for name, setting in self.settings.items()}


def environments(dockerfile: Dockerfile) -> dict[int, Environment]:
    """The environment in which each instruction of the stages is carried out, by `id(instruction)`."""
    found: dict[int, Environment] = {}
    ends: dict[int, Environment] = {}
    for stage in dockerfile.stages:
        environment = ends[stage.parent.index] if stage.parent is not None else _initial(stage)
        for instruction in stage.instructions:
            found[id(instruction)] = environment
            if not instruction.onbuild:
                environment = _after(dockerfile, environment, instruction)
        ends[stage.index] = environment
    return found


def _initial(stage: Stage) -> Environment:
    base = lookup(stage.image) if stage.image else None
    accounts = {"root": _ROOT}
    if base is None:
        return Environment(image=stage.image, accounts=accounts)
    accounts.update(base.accounts)
    settings = {name: Setting(value=value, origin="image") for name, value in base.variables.items()}
    environment = Environment(shell=base.shell, settings=settings, image=stage.image, base=base, accounts=accounts)
    return environment if base.user == "root" else _as_user(environment, base.user, "")


def _after(dockerfile: Dockerfile, environment: Environment, instruction: Instruction) -> Environment:
    text = instruction.arguments.text.strip()
    if instruction.keyword in ("ENV", "ARG"):
        return _with_home(_set(dockerfile, environment, instruction))
    if instruction.keyword == "USER":
        user = expand(text, environment.variables)
        name, _, group = (user or "").partition(":")
        return _as_user(environment, name, group)
    if instruction.keyword == "WORKDIR":
        path = expand(text, environment.variables)
        if path is None or (not path.startswith("/") and environment.workdir is None):
            return replace(environment, workdir=None)
        return replace(environment, workdir=posixpath.normpath(posixpath.join(environment.workdir or "/", path)))
    if instruction.keyword == "SHELL":
        return replace(environment, shell=_shell(text) or environment.shell)
    if instruction.keyword == "RUN" and re.search(r"(user|group)(add|mod)|add(user|group)", _script(instruction)):
        return _with_accounts(environment, instruction)
    if instruction.keyword in ("COPY", "ADD") and "/etc/passwd" in text:
        return replace(environment, accounts={"root": _ROOT})
    return environment


def _script(instruction: Instruction) -> str:
    return instruction.run.script.text if instruction.run else ""


def _shell(text: str) -> tuple[str, ...]:
    try:
        words = json.loads(text)
    except ValueError:
        return ()
    return tuple(word for word in words if isinstance(word, str)) if isinstance(words, list) else ()


def _set(dockerfile: Dockerfile, environment: Environment, instruction: Instruction) -> Environment:
    settings = dict(environment.settings)
    before = environment.variables
    for pair in pairs(instruction):
        if instruction.keyword == "ENV":
            value = expand(pair.raw or "", before)
            settings[pair.name] = Setting(value=value, origin="env", pair=pair.span, instruction=instruction)
            continue
        held = settings.get(pair.name)
        if held is not None and held.origin != "arg":
            continue
        if pair.raw is not None:
            value = expand(pair.raw, before)
        elif pair.name in _PLATFORM or pair.name not in dockerfile.global_arguments:
            value = None
        else:
            value = dockerfile.global_arguments[pair.name]
        settings[pair.name] = Setting(value=value, origin="arg", pair=pair.span, instruction=instruction)
        before = {**before, pair.name: value}
    return replace(environment, settings=settings)


def _as_user(environment: Environment, name: str, group: str) -> Environment:
    if not name:
        return _with_home(replace(environment, user="", uid=None, gid=None, account_home=None))
    accounts = environment.accounts
    if name.isdigit():
        uid: int | None = int(name)
        account = next((one for one in accounts.values() if one.uid == uid), None)
    else:
        account = accounts.get(name)
        uid = account.uid if account else None
    gid = int(group) if group.isdigit() else None
    if not group and account is not None:
        gid = account.gid
    elif not group and name.isdigit():
        gid = 0
    if account is not None:
        home: str | None = account.home
    else:
        # BuildKit falls back to the root directory for a number that /etc/passwd does not have.
        home = "/" if name.isdigit() else f"/home/{name}"
    if name == "0":
        home = "/root"
    return _with_home(replace(environment, user=name, uid=uid, gid=gid, account_home=home))


def _with_home(environment: Environment) -> Environment:
    setting = environment.settings.get("HOME")
    return replace(environment, home=environment.account_home if setting is None else setting.value)


def _with_accounts(environment: Environment, instruction: Instruction) -> Environment:
    fixed = {name: setting.value if setting.origin != "arg" else None for name, setting in environment.settings.items()}
    made = accounts_made(_script(instruction), environment.accounts, environment.variables, fixed)
    return environment if made == environment.accounts else replace(environment, accounts=made)
