"""Accounts that RUN steps make, read from the text of useradd, adduser and their like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from cachemount.dockerfile.images.model import Account, FromArgument, TextFromArgument, joined_path
from cachemount.dockerfile.model import HOST_VARIABLE
from cachemount.dockerfile.state.account_words import INSTALLERS, may_make_accounts, without_account
from cachemount.dockerfile.state.assignments import expand
from cachemount.dockerfile.state.free_numbers import Numbers
from cachemount.dockerfile.state.numbers import OF_BASH
from cachemount.late_pattern import late
from cachemount.records import Record, replace

# Not compiled before a file has one of these programs.
# A word with its quotes, an operator of the shell, or the end of a line.
_TOKEN = r"""(?s:(?:\$\([^()]*\)|`[^`]*`|[^\s"'\\;&|()$`]+|[$`]|\\.|"(?:[^"\\]|\\.)*"?|'[^']*'?)+|[;&|]+|[()]|\n)"""
# What a shell is given as one word.
_STRING = (
    r"((?:\A|(?<!\|)[;&|\n({]|&&|\b(?:then|else|do|sudo)\s)\s*)(?:/bin/)?(?:ba|da|z|a)?sh(?:\s+-\w+)*\s+-\w*c\s+"
    r"""(?:"((?:[^"\\]|\\.)*)"|'([^']*)')"""
)
# A word in which BuildKit and a shell fill in the same.
_REFERENCES, _BARE = late(r"(?:[\w./-]|\$\w+|\$\{\w+\})+", re.ASCII), late(r"\$(\w+)")
_NAMED_NUMBER = late(r"(?i)id[\"'}]*\Z")
_PREFIX = r"(?s:\w+=.*|sudo|exec|command|!|\{|if|elif|then|else|do|while|until|time|-[nEH]+)"
_LINE = r"([a-z_][\w.-]*):[^:\s]*:(\d+):(\d+):[^:\n]*:(/[^:\s\"']*)"
# What gives away, links or reads files below /etc makes no account.
_CHOWN = r"(?:chown|chmod|ln|cat|mkdir|rm)\b[^;&|\n]*|/etc/(?!passwd|group|shadow|login\.defs|adduser)"
_NEVER_FAIL = (["true"], [":"])
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


class Made(Record):
    """Accounts and groups; see `Environment` for the rest."""

    accounts: Mapping[str, Account]
    groups: Mapping[str, int | None]
    counted: bool
    untouched: bool
    listed: bool


class _Command(Record):
    """`sure` is False after `||` and in a branch: the command may not run, or not be needed."""

    program: str
    words: tuple[str, ...]
    sure: bool


def accounts_made(
    script: str,
    before: Made,
    variables: Mapping[str, str | None],
    fixed: Mapping[str, str | None],
    *,
    given: Callable[[str, bool], FromArgument | None],
    distribution: str = "",
) -> Made:
    """Return the accounts after a script, given those before it.

    Names and homes are filled in from `variables`, numbers only from `fixed`: a build argument may be given another
    value, and a wrong number is worse than none. `given` turns a reference to such an argument into a number that
    follows it; it is told whether the step fails without one. `distribution` decides what `adduser` means.
    """
    if "sh" in script and ("'" in script or '"' in script):
        script = re.sub(_STRING, _opened, script)
    needed = _fails_as_one(script)
    reader = _Reader(before, variables, fixed, lambda word: given(word, needed), distribution)
    reader.counted = reader.counted and not may_make_accounts(script) and "/etc/" not in re.sub(_CHOWN, "", script)
    for command in _commands(script):
        reader.read(command)
    if "/etc/passwd" in script:
        for match in re.finditer(_LINE, script):
            reader.accounts[match[1]] = Account(uid=_number(match[2]), gid=_number(match[3]), home=match[4])
    return Made(
        accounts=reader.accounts,
        groups=reader.groups,
        counted=reader.counted,
        untouched=reader.untouched,
        listed=before.listed,
    )


def _opened(string: re.Match[str]) -> str:
    """Return the script that a shell is given, in the place of the shell."""
    inner: str = string[3] if string[2] is None else re.sub(r"\\(.)", r"\1", string[2])
    return f"{string[1]}{{ {inner}; }}"


def _fails_as_one(script: str) -> bool:
    """Return whether the step fails where any of its commands does."""
    operators = {one for one in re.findall(_TOKEN, script.replace("\\\n", " ").strip()) if one[0] in ";&|()\n"}
    return operators <= ({"&&", ";", "\n"} if re.match(r"\s*set\s+-\w*e", script) else {"&&"})


def _commands(script: str) -> Iterator[_Command]:
    words: list[str] = []
    following = True
    branches = 0
    for token in [*re.findall(_TOKEN, script.replace("\\\n", " ")), "\n"]:
        if token[0] not in ";&|()\n":
            branches += (token in ("if", "case")) - (token in ("fi", "esac"))
            words.append(token)
            continue
        # What comes after `|| true &&` runs in any case.
        next_follows = token != "||" if token != "&&" else following or words in _NEVER_FAIL
        while words and re.fullmatch(_PREFIX, words[0]):
            del words[0]
        if words:
            program = words[0].rpartition("/")[2]
            yield _Command(program=program, words=tuple(words[1:]), sure=following and branches <= 0)
        words = []
        following = next_follows


class _Reader:
    def __init__(
        self,
        before: Made,
        variables: Mapping[str, str | None],
        fixed: Mapping[str, str | None],
        given: Callable[[str], FromArgument | None],
        distribution: str,
    ) -> None:
        self.accounts = dict(before.accounts)
        self.groups: dict[str, int | None] = {"root": 0, "users": 100}
        self.groups.update({name: account.gid for name, account in self.accounts.items()})
        self.groups.update(before.groups)
        self.counted = before.counted
        self.untouched = before.untouched
        self._listed = before.listed
        self._variables = variables
        self._fixed = fixed
        self._given = given
        self._distribution = distribution

    def read(self, command: _Command) -> None:
        program = command.program
        installs = program in INSTALLERS and not without_account(program, command.words, self._distribution)
        if installs or (program == "xargs" and not INSTALLERS.isdisjoint(command.words)):
            self.untouched = False
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
                system = bool({"-r", "--system", "-S"} & set(options))
                if program == "groupmod":
                    number = self.groups.get(names[0])
                else:
                    number = self.groups.get(name) or self._numbers(program).group(system=system)
                number = number if given is None else self._number(given)
                if program == "groupmod" and names[0] in self.accounts:
                    self._put(names[0], replace(self.accounts[names[0]], gid=number), command.sure)
                self.groups[name] = number if command.sure else None
                self.counted = self.counted and (system or _is_known(self.groups[name]))
        elif program in ("userdel", "deluser"):
            _, names = self._options(command.words, "")
            if len(names) == 1:
                self.accounts.pop(names[0], None)
                self.groups.pop(names[0], None)

    def _add(self, program: str, command: _Command) -> None:
        busybox = program == "adduser" and self._distribution in ("alpine", "wolfi")
        # Where it is not known which adduser it is, `-D` and `-S` are busybox's alone.
        if program == "adduser" and not busybox and self._distribution not in ("debian", "ubuntu"):
            busybox = any(re.fullmatch(r"-[DSH]+", word) for word in command.words)
        valued = _USERADD if program == "useradd" else _BUSYBOX if busybox else _DEBIAN
        options, names = self._options(command.words, valued)
        if not names or (program == "adduser" and len(names) > 1):
            # `adduser USER GROUP` adds no account.
            return
        name = names[0] if program == "adduser" else names[-1]
        given = options.get("-u", options.get("--uid"))
        system = bool({"-S", "--system", "-r"} & set(options)) and not (
            program == "adduser" and not busybox and "-S" in options
        )
        base = options.get("-b", options.get("--base-dir")) or "/home"
        home: str | None = joined_path(base, name)
        homes = ("-h", "--home") if busybox else ("-d", "--home-dir", "--home")
        chosen = [options[flag] for flag in homes if flag in options]
        if chosen:
            home = chosen[-1] or None
        elif not busybox and program == "adduser" and "--system" in options:
            # It was /home/NAME up to Debian 11.
            home = None
        flags = ("-G", "--ingroup") if busybox else ("--ingroup", "--gid") if program == "adduser" else ("-g", "--gid")
        group = next((options[flag] for flag in flags if flag in options), None)
        numbers = self._numbers("busybox" if busybox else program)
        with_group = group is None and not (system and (busybox or "--group" not in options))
        if given is not None:
            uid = self._number(given)
        else:
            # -K sets where the numbers begin.
            from_file = not {"-K", "--key"} & set(options)
            uid = numbers.user(system=system, own_group=with_group) if from_file else None
        if group is not None:
            gid = self._group(group)
        else:
            gid = self._own_group(program, busybox, options, uid, numbers, system=system, named=given is not None)
            if gid is not None and gid >= 100 and name not in self.groups and command.sure and gid < 60_000:
                self.groups[name] = gid
        account = Account(uid=uid, gid=gid, home=self._home(home, uid, options))
        self._put(name, account, command.sure, system=system)

    def _home(self, home: str | None, uid: int | None, options: Mapping[str, str]) -> str | None:
        """Return the home that steps get: runc takes that of the first account with the number."""
        if not {"-o", "--non-unique"} & set(options):
            return home
        if uid is None or isinstance(uid, FromArgument):
            return None
        numbers = {one.uid: one for one in reversed(self.accounts.values())}
        return numbers[uid].home if uid in numbers else home if self._listed and None not in numbers else None

    def _own_group(
        self,
        program: str,
        busybox: bool,
        options: Mapping[str, str],
        uid: int | None,
        numbers: Numbers,
        *,
        system: bool,
        named: bool,
    ) -> int | None:
        """Return the group that the program gives an account for which none is named."""
        if program == "useradd":
            if {"-N", "--no-user-group"} & set(options) or self._distribution == "suse":
                return None
            return uid if named or uid is None else numbers.own_group(uid, system=system)
        if uid is None:
            return None
        if system and (busybox or "--group" not in options):
            return 65533 if busybox else 65534
        return uid if not named or numbers.is_free(uid) else None

    def _numbers(self, program: str) -> Numbers:
        lowest = program in ("busybox", "addgroup", "adduser")
        users = [account.uid for account in self.accounts.values()]
        return Numbers(
            users=users,
            groups=[*self.groups.values(), *(account.gid for account in self.accounts.values())],
            lowest=lowest,
            counted=self.counted,
            untouched=self.untouched and self._distribution in ("debian", "ubuntu", "alpine"),
        )

    def _number(self, text: str | None) -> int | None:
        return self._given(text) if text and "$" in text else _number(text)

    def _group(self, text: str) -> int | None:
        """Return the number of a group, which is given as a number or by its name."""
        number = self._number(text) if text.isdigit() or "$" in text else self.groups.get(text)
        # Without a default, an argument may be either.
        if number == FromArgument.OPEN and number not in self.groups.values() and not _NAMED_NUMBER.search(text):
            return None
        return number

    def _modify(self, command: _Command) -> None:
        options, names = self._options(command.words, _USERMOD)
        old = self.accounts.get(names[-1]) if names else None
        if not names:
            if {"-u", "--uid", "-g", "--gid"} & set(options):
                # Any of them may have another number now.
                unknown = {name: replace(one, uid=None, gid=None) for name, one in self.accounts.items() if one.uid}
                self.accounts.update(unknown)
            return
        account = old or Account(uid=None, gid=None, home=None)
        if "-u" in options or "--uid" in options:
            account = replace(account, uid=self._number(options.get("-u", options.get("--uid"))))
        if "-g" in options or "--gid" in options:
            group = options.get("-g", options.get("--gid")) or ""
            account = replace(account, gid=self._group(group))
        home = options.get("-d", options.get("--home", options.get("--home-dir")))
        if home is not None:
            account = replace(account, home=home or None)
        if "-o" in options or "--non-unique" in options:
            account = replace(account, home=None)
        login = options.get("-l", options.get("--login"))
        if login:
            if command.sure:
                self.accounts.pop(names[-1], None)
            self._put(login, account, command.sure)
        elif old is not None or account.home or account.uid is not None:
            self._put(names[-1], account, command.sure)

    def _put(self, name: str, account: Account, sure: bool, *, system: bool = False) -> None:
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
        # An account of the system has a number below 1000, whichever it is.
        self.counted = self.counted and (system or _is_known(account.uid))

    def _options(self, words: Sequence[str], valued: str) -> tuple[dict[str, str], list[str]]:
        """Options with their values ("" where there is none or it is not known), and what else stands there."""
        takes = set(valued.split())
        options: dict[str, str] = {}
        names: list[str] = []
        rest = iter(words)
        for written in rest:
            # An option in quotes: "-u 1001" is one word, whose blank does not matter.
            word = written[1:-1] if re.match(r"""(["'])-.*\1\Z""", written) else written
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
                        options[flag] = self._value(flag, word[index + 1 :].lstrip() or next(rest, ""))
                        break
            else:
                text = self._text(word)
                if text:
                    names.append(text)
        return options, names

    def _value(self, flag: str, word: str) -> str:
        numeric = flag in ("-u", "--uid") or (flag in ("-g", "--gid") and not self._names_group(word))
        if numeric and self._given(word) is not None:
            return word
        return _word(word, self._fixed) if numeric else self._text(word)

    def _text(self, raw: str) -> str:
        """Return a word as the shell expands it; it follows the build arguments in it."""
        text = _word(raw, self._variables)
        names = re.findall(r"\$\{?(\w+)", raw) if text and "$" in raw else []
        if all(self._fixed.get(name) is not None for name in names):
            return text
        plain = _REFERENCES.fullmatch(raw.strip('"')) and not any(
            name in OF_BASH or name.startswith(HOST_VARIABLE) for name in names
        )
        return TextFromArgument(text, _BARE.sub(r"${\1}", raw.strip('"')) if plain else "")

    def _names_group(self, word: str) -> bool:
        text = _word(word, self._variables)
        return bool(text) and not text.isdigit()


def _is_known(number: int | None) -> bool:
    return number is not None and number >= 0


def _word(raw: str, variables: Mapping[str, str | None]) -> str:
    """Return the word as the shell expands it; "" where it has a command or a variable of the script in it."""
    if "`" in raw or "$(" in raw or any(variables.get(name) is None for name in re.findall(r"\$\{?(\w+)", raw)):
        return ""
    return expand(raw, variables) or ""


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
