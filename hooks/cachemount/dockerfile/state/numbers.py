"""Numbers of users and groups that a build argument, or Compose or Bake, gives: `USER ${UID}`, `useradd -u $UID`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cachemount.dockerfile.images.model import FromArgument
from cachemount.dockerfile.model import HOST_VARIABLE
from cachemount.late_pattern import late
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from cachemount.dockerfile.state.environment import Environment, Setting

_REFERENCE = late(r"\$(?:(\w+)|\{(\w+)(?::?-(\d+))?\})", re.ASCII)
_USER = late(r"((?:\$\{[^{}]*\}|[^:${}]|\$(?!\{))*)(?::(.*))?", re.DOTALL)
# `USERNAME`, `APP_USER`; mounts take numbers alone.
_NAMES = late(r"(?i)(?:user|name|login)\Z")
# Variables that bash has of its own.
OF_BASH = frozenset({"UID", "EUID", "PPID", "GROUPS"})


def from_argument(word: str, settings: Mapping[str, Setting], *, needed: bool = False) -> FromArgument | None:
    """Return the number of a word that is one reference to what a build may be given; None for other words.

    `needed` tells that the build fails without a number, so that one is given where there is none by default.
    """
    match = _REFERENCE.fullmatch(word.strip("\"'"))
    if match is None:
        return None
    name = match[1] or match[2]
    setting = settings.get(name)
    value = None if setting is None else setting.value
    if setting is None and not name.startswith(HOST_VARIABLE):
        return None
    if setting is not None and not setting.given:
        return None
    value = value or match[3]
    if needed and not value and setting is not None and setting.origin == "arg":
        return FromArgument(FromArgument.OPEN, match[0])
    return FromArgument(int(value), match[0]) if value and re.fullmatch("[0-9]{1,9}", value) else None


def user_and_group(text: str, settings: Mapping[str, Setting]) -> tuple[FromArgument | None, FromArgument | None, str]:
    """Return the numbers of a USER instruction that a build may be given, and the group as it is written."""
    match = _USER.fullmatch(text)
    if match is None:
        return None, None, ""
    group = match[2] or ""
    return from_argument(match[1], settings), from_argument(group, settings), group


def may_be_name(text: str, settings: Mapping[str, Setting]) -> bool:
    """Return whether USER is a number by default that a build may replace by a name: its argument is called one."""
    match = _USER.fullmatch(text)
    reference = _REFERENCE.fullmatch(match[1]) if match else None
    if match is None or reference is None or from_argument(match[1], settings) is None:
        return False
    return _NAMES.search(reference[1] or reference[2]) is not None


def readable_by_shell(word: str, *, bash: bool) -> bool:
    """Return whether a shell fills in the variable of a word with the value that BuildKit knows."""
    match = _REFERENCE.fullmatch(word.strip("\"'"))
    return match is not None and not (bash and (match[1] or match[2]) in OF_BASH)


def in_scope(number: FromArgument, environment: Environment) -> bool:
    """Return whether the reference has the same value in an instruction with this environment."""
    return from_argument(number.word, environment.settings, needed=number.is_open) == number
