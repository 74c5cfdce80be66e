"""Accounts that RUN steps make, read from the text of useradd, adduser and their like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from cachemount.dockerfile.images.model import Account
from cachemount.dockerfile.state.assignments import expand
from cachemount.records import Record, replace

_PROGRAMS = re.compile(r"(?:user|group)(?:add|mod|del)|(?:add|del)(?:user|group)|/etc/passwd")
# Not compiled before a file has one of these programs.
# A word with its quotes, an operator of the shell, or the end of a line.
_TOKEN = r"""(?s:(?:\$\([^()]*\)|`[^`]*`|[^\s"'\\;&|()$`]+|[$`]|\\.|"(?:[^"\\]|\\.)*"?|'[^']*'?)+|[;&|]+|[()]|\n)"""
_PREFIX = r"(?s:\w+=.*|sudo|exec|command|!|\{|if|elif|then|else|do|while|until|time|-[nEH]+)"
_LINE = r"([a-z_][\w.-]*):[^:\s]*:(\d+):(\d+):[^:\n]*:(/[^:\s\"']*)"
# The options that take a value. busybox and Debian have an adduser each; elsewhere adduser is useradd.
_USERADD = (
    "-b --base-dir -c --comment -d --home-dir --home -e --expiredate -f --inactive -g --gid -G --groups -k --skel "
    "-K --key -p --password -P --prefix -R --root -s --shell -u --uid -Z --selinux-user"
)
_BUSYBOX = "-h --home -g --gecos -s --shell -G --ingroup -u --uid -k --skel"
_DEBIAN = (
    "--home --shell --uid --firstuid --lastuid --firstgid --lastgid --gecos --comment --ingroup --gid --conf "
    "-u -s -c --home-dir -d -h -G"
)
_USERMOD = _USERADD + " -l --login"
_GROUP = "-g --gid -K --key -n --new-name --conf -R --root"


class _Command(Record):
    """`sure` is False behind `||` and in a branch: the command may not run, or not be needed."""

    program: str
    words: tuple[str, ...]
    sure: bool


def mentions_accounts(script: str) -> bool:
    """Whether a script may change /etc/passwd."""
    # Most scripts have none of these words, which is told sooner than by the pattern.
    if "user" not in script and "group" not in script and "/etc/passwd" not in script:
        return False
    return _PROGRAMS.search(script) is not None


def accounts_made(
    script: str,
    known: Mapping[str, Account],
    variables: Mapping[str, str | None],
    fixed: Mapping[str, str | None],
    distribution: str = "",
) -> dict[str, Account]:
    """The accounts after a script, given those before it.

    Names and homes are filled in from `variables`, numbers only from `fixed`: a build argument may be given another
    value, and a wrong number is worse than none. `distribution` decides what `adduser` means.
    """
    reader = _Reader(known, variables, fixed, distribution)
    for command in _commands(script):
        reader.read(command)
    if "/etc/passwd" in script:
        for match in re.finditer(_LINE, script):
            reader.accounts[match[1]] = Account(uid=_number(match[2]), gid=_number(match[3]), home=match[4])
    return reader.accounts


def _commands(script: str) -> Iterator[_Command]:
    words: list[str] = []
    following = True
    branches = 0
    for token in [*re.findall(_TOKEN, script.replace("\\\n", " ")), "\n"]:
        if token[0] not in ";&|()\n":
            branches += (token in ("if", "case")) - (token in ("fi", "esac"))
            words.append(token)
            continue
        while words and re.fullmatch(_PREFIX, words[0]):
            del words[0]
        if words:
            program = words[0].rpartition("/")[2]
            yield _Command(program=program, words=tuple(words[1:]), sure=following and branches <= 0)
        words = []
        following = token != "||" if token != "&&" else following


class _Reader:
    def __init__(
        self,
        known: Mapping[str, Account],
        variables: Mapping[str, str | None],
        fixed: Mapping[str, str | None],
        distribution: str,
    ) -> None:
        self.accounts = dict(known)
        self._groups: dict[str, int | None] = {"root": 0, "users": 100}
        self._groups.update({name: account.gid for name, account in known.items()})
        self._variables = variables
        self._fixed = fixed
        self._distribution = distribution

    def read(self, command: _Command) -> None:
        program = command.program
        if program == "adduser" and self._distribution not in ("", "unknown", "debian", "ubuntu", "alpine", "wolfi"):
            program = "useradd"
        if program in ("useradd", "adduser"):
            self._add(program, command)
        elif program == "usermod":
            self._modify(command)
        elif program in ("groupadd", "addgroup", "groupmod"):
            options, names = self._options(command.words, _GROUP)
            if names and not (program == "addgroup" and len(names) > 1):
                name = options.get("-n") or options.get("--new-name") or names[0]
                given = options.get("-g", options.get("--gid"))
                old = self._groups.get(names[0]) if program == "groupmod" else None
                number = old if given is None else _number(given)
                if program == "groupmod" and names[0] in self.accounts:
                    self._put(names[0], replace(self.accounts[names[0]], gid=number), command.sure)
                self._groups[name] = number if command.sure else None
        elif program in ("userdel", "deluser"):
            _, names = self._options(command.words, "")
            if len(names) == 1:
                self.accounts.pop(names[0], None)

    def _add(self, program: str, command: _Command) -> None:
        busybox = program == "adduser" and self._distribution in ("alpine", "wolfi")
        # Where nobody knows which adduser it is, `-D` and `-S` are busybox's alone.
        if program == "adduser" and not busybox and self._distribution not in ("debian", "ubuntu"):
            busybox = any(re.fullmatch(r"-[DSH]+", word) for word in command.words)
        valued = _USERADD if program == "useradd" else _BUSYBOX if busybox else _DEBIAN
        options, names = self._options(command.words, valued)
        if not names or (program == "adduser" and len(names) > 1):
            # `adduser USER GROUP` adds no account.
            return
        name = names[0] if program == "adduser" else names[-1]
        uid = _number(options.get("-u", options.get("--uid")))
        base = options.get("-b", options.get("--base-dir")) or "/home"
        home: str | None = f"{base}/{name}"
        homes = ("-h", "--home") if busybox else ("-d", "--home-dir", "--home")
        given = [options[flag] for flag in homes if flag in options]
        if given:
            home = given[-1] or None
        elif not busybox and program == "adduser" and "--system" in options:
            # It was /home/NAME up to Debian 11.
            home = None
        self._put(name, Account(uid=uid, gid=self._gid(program, busybox, options, uid), home=home), command.sure)

    def _gid(self, program: str, busybox: bool, options: Mapping[str, str], uid: int | None) -> int | None:
        flags = ("-G", "--ingroup") if busybox else ("--ingroup", "--gid") if program == "adduser" else ("-g", "--gid")
        group = next((options[flag] for flag in flags if flag in options), None)
        if group is not None:
            return _number(group) if group.isdigit() else self._groups.get(group)
        if program == "useradd" and not {"-N", "--no-user-group"} & set(options) and self._distribution != "suse":
            return uid
        return None

    def _modify(self, command: _Command) -> None:
        options, names = self._options(command.words, _USERMOD)
        old = self.accounts.get(names[-1]) if names else None
        if not names:
            return
        account = old or Account(uid=None, gid=None, home=None)
        if "-u" in options or "--uid" in options:
            account = replace(account, uid=_number(options.get("-u", options.get("--uid"))))
        if "-g" in options or "--gid" in options:
            group = options.get("-g", options.get("--gid")) or ""
            account = replace(account, gid=_number(group) if group.isdigit() else self._groups.get(group))
        home = options.get("-d", options.get("--home", options.get("--home-dir")))
        if home is not None:
            account = replace(account, home=home or None)
        login = options.get("-l", options.get("--login"))
        if login:
            if command.sure:
                self.accounts.pop(names[-1], None)
            self._put(login, account, command.sure)
        elif old is not None:
            self._put(names[-1], account, command.sure)

    def _put(self, name: str, account: Account, sure: bool) -> None:
        old = self.accounts.get(name)
        if not sure:
            # It may be as it was, or as another step made it: only what both say is known.
            base = old or Account(uid=None, gid=None, home=account.home)
            account = Account(
                uid=account.uid if account.uid == base.uid else None,
                gid=account.gid if account.gid == base.gid else None,
                home=account.home if account.home == base.home else None,
            )
        self.accounts[name] = account

    def _options(self, words: Sequence[str], valued: str) -> tuple[dict[str, str], list[str]]:
        """Options with their values ("" where there is none or it is not known), and what else stands there."""
        takes = set(valued.split())
        options: dict[str, str] = {}
        names: list[str] = []
        rest = iter(words)
        for word in rest:
            if re.match(r"\d*[<>]", word):
                if re.fullmatch(r"\d*[<>]+", word):
                    next(rest, None)
            elif word.startswith("--"):
                flag, equals, value = word.partition("=")
                if not equals and flag in takes:
                    value = next(rest, "")
                options[flag] = self._value(flag, value)
            elif word.startswith("-") and len(word) > 1:
                for index in range(1, len(word)):
                    flag = "-" + word[index]
                    options[flag] = ""
                    if flag in takes:
                        options[flag] = self._value(flag, word[index + 1 :] or next(rest, ""))
                        break
            else:
                text = _word(word, self._variables)
                if text:
                    names.append(text)
        return options, names

    def _value(self, flag: str, word: str) -> str:
        numeric = flag in ("-u", "--uid") or (flag in ("-g", "--gid") and not self._names_group(word))
        return _word(word, self._fixed if numeric else self._variables)

    def _names_group(self, word: str) -> bool:
        text = _word(word, self._variables)
        return bool(text) and not text.isdigit()


def _word(raw: str, variables: Mapping[str, str | None]) -> str:
    """The word as the shell makes it of the environment; "" where a command or a variable of the script is in it."""
    if "`" in raw or "$(" in raw or any(variables.get(name) is None for name in re.findall(r"\$\{?(\w+)", raw)):
        return ""
    return expand(raw, variables) or ""


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
