"""Accounts that RUN steps make, read from the text of useradd, adduser and their like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cachemount.dockerfile.assignments import expand

_COMMAND = re.compile(r"(?:^|[\s;&|(])(useradd|adduser|groupadd|addgroup|usermod)\s+([^;&|\n]*)")
_VALUED = {
    "useradd": "-u --uid -g --gid -G --groups -d --home --home-dir -s --shell -c --comment -b --base-dir -e -f -k -K",
    "adduser": "-u --uid -g --gid -G --ingroup -h --home -s --shell --gecos -c --firstuid --lastuid -d --groups",
    "usermod": "-u --uid -g --gid -G --groups -d --home -s --shell -c -l",
    "groupadd": "-g --gid -K",
    "addgroup": "-g --gid",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A line of /etc/passwd as far as it is known; `uid` and `gid` are None where they are not."""

    uid: int | None
    gid: int | None
    home: str


def accounts_made(
    script: str, known: Mapping[str, Account], variables: Mapping[str, str | None], fixed: Mapping[str, str | None]
) -> dict[str, Account]:
    """The accounts after a script, given those before it.

    Names and homes are filled in from `variables`, numbers only from `fixed`: a build argument may be given another
    value.
    """
    accounts = dict(known)
    groups: dict[str, int | None] = {}
    for match in _COMMAND.finditer(script):
        program, rest = match[1], match[2]
        options, names = _options(rest.split(), set(_VALUED[program].split()), variables, fixed)
        if not names:
            continue
        if program in ("groupadd", "addgroup"):
            groups[names[0]] = _number(options.get("-g", options.get("--gid", "")))
            continue
        # Debian's `adduser USER GROUP` adds no account.
        name = names[0] if program == "adduser" and len(names) == 1 else names[-1]
        if program == "adduser" and len(names) > 1 and names[0] in accounts:
            continue
        accounts[name] = _account(program, name, options, accounts.get(name), groups)
    return accounts


def _account(
    program: str, name: str, options: Mapping[str, str], old: Account | None, groups: Mapping[str, int | None]
) -> Account:
    uid = _number(options.get("-u", options.get("--uid", "")))
    home = options.get("-d") or options.get("--home") or options.get("--home-dir")
    if program == "adduser":
        home = options.get("-h") or options.get("--home")
    group = options.get("-g") or options.get("--gid") or options.get("--ingroup")
    if program == "adduser" and "-G" in options:
        group = options["-G"]
    gid = None
    if group:
        gid = _number(group) if group.isdigit() else groups.get(group)
    elif old is None and uid is not None and program == "useradd":
        gid = uid
    if old is not None:
        return Account(
            uid=uid if uid is not None else old.uid, gid=gid if gid is not None else old.gid, home=home or old.home
        )
    base = options.get("-b") or options.get("--base-dir") or "/home"
    return Account(uid=uid, gid=gid, home=home or f"{base}/{name}")


def _options(
    words: list[str], valued: set[str], variables: Mapping[str, str | None], fixed: Mapping[str, str | None]
) -> tuple[dict[str, str], list[str]]:
    def value_of(flag: str, word: str) -> str:
        return expand(word, fixed if flag in ("-u", "--uid", "-g", "--gid") else variables) or ""

    options: dict[str, str] = {}
    names: list[str] = []
    index = 0
    while index < len(words):
        word = words[index]
        if word.startswith("-"):
            flag, equals, value = word.partition("=")
            if equals:
                options[flag] = value_of(flag, value)
            elif not flag.startswith("--") and len(flag) > 2 and "-" + flag[-1] in valued:
                options["-" + flag[-1]] = value_of("-" + flag[-1], words[index + 1]) if index + 1 < len(words) else ""
                index += 1
            elif flag in valued:
                options[flag] = value_of(flag, words[index + 1]) if index + 1 < len(words) else ""
                index += 1
            else:
                options[flag] = ""
        elif word not in ("\\",) and not re.match(r"\d*[<>]", word):
            text = expand(word, variables)
            if text:
                names.append(text)
        index += 1
    return options, names


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() and len(text) < 10 else None
