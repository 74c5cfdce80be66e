"""Who runs a command, and its words as they are when it runs."""

from __future__ import annotations

from collections.abc import Mapping

from cachemount.facts.model import Step
from cachemount.late_pattern import late
from cachemount.records import Record
from cachemount.shell.model import Command, Word

_NAME = late(r"[A-Za-z_][\w.-]*")
_REFERENCE = late(r"\$\{?(\w+)\}?")


class Runner(Record):
    """The user that a command runs as; "" and None where the file does not tell.

    `home` is `$HOME`, `account_home` the home in /etc/passwd; `uid` and `gid` are numbers, of others than root.
    """

    user: str
    home: str | None
    account_home: str | None
    uid: int | None
    gid: int | None

    @property
    def root(self) -> bool:
        return self.user in ("root", "0")


def runner(step: Step, command: Command) -> Runner:
    """Who runs a command of a step: the step's user, or the one that `su`, `sudo` and their like name."""
    return step.memo(_runner, command.user)


def _runner(step: Step, name: str) -> Runner:
    environment = step.environment
    # sudo takes `#0` for a number.
    user = name.removeprefix("#") or environment.user
    if not name or name == environment.user:
        return Runner(
            user=user,
            home=environment.home,
            account_home=environment.account_home,
            uid=environment.uid,
            gid=environment.gid,
        )
    account = environment.accounts.get(user)
    if account is not None:
        return Runner(user=user, home=account.home, account_home=account.home, uid=account.uid, gid=account.gid)
    # A number, or what only the shell knows, does not name a home.
    known = _REFERENCE.sub(lambda match: environment.variables.get(match[1]) or "", user)
    home = "/root" if user == "0" else f"/home/{user}" if _NAME.fullmatch(known) else None
    return Runner(user=user, home=home, account_home=home, uid=None, gid=None)


def expanded(step: Step) -> list[tuple[Command, tuple[Word, ...]]]:
    """Return the commands of a step with their words as they are when it runs, where there are any.

    Commands in another root folder are left out: they change nothing in the image's own folders.
    """
    return step.memo(_expanded)


def _expanded(step: Step) -> list[tuple[Command, tuple[Word, ...]]]:
    pairs = [(command, arguments(step, command)) for command in step.commands if not command.other_root]
    return [(command, words) for command, words in pairs if words]


def arguments(step: Step, command: Command) -> tuple[Word, ...]:
    """Return the words of a command as they are when it runs."""
    for word in command.words:
        if word.text is None or word.tilde:
            return step.memo(_arguments, command)
    return command.words


def _arguments(step: Step, command: Command) -> tuple[Word, ...]:
    # Outside of a string that another user's shell runs, the step's own shell expands the words.
    home = runner(step, command).home if command.depth else step.environment.home
    variables = {**step.environment.variables, "HOME": home, **command.exports}
    return _filled_in(command.words, variables, variables["HOME"])


def _filled_in(words: tuple[Word, ...], variables: Mapping[str, str | None], home: str | None) -> tuple[Word, ...]:
    """Return the words with variables filled in; an unquoted variable of several words becomes several arguments."""
    result = []
    for word in words:
        text = word.expand(variables, home)
        if text is None or word.text is not None or '"' in word.raw or "'" in word.raw:
            result.append(word.filled_in(text))
        else:
            result.extend(map(word.filled_in, text.split()))
    return tuple(result)
