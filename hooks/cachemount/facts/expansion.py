"""Who runs a command, and its words as they are when it runs."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cachemount.facts.model import Step
from cachemount.facts.programs import managers
from cachemount.late_pattern import late
from cachemount.records import Record
from cachemount.shell.model import Command, Variable, Word

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


def own_runner(step: Step) -> Runner:
    """Who runs a step, which may have no command."""
    return step.memo(_runner, "")


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
    known = _by_variables(step, user)
    if known in environment.accounts and known not in ("root", "0"):
        user = known
    account = environment.accounts.get(user)
    if account is not None:
        return Runner(user=user, home=account.home, account_home=account.home, uid=account.uid, gid=account.gid)
    # A number, or what only the shell knows, does not name a home.
    home = "/root" if user == "0" else f"/home/{user}" if _NAME.fullmatch(known) else None
    return Runner(user=user, home=home, account_home=home, uid=None, gid=None)


def _by_variables(step: Step, user: str) -> str:
    """Return a name with the variables filled in that the step begins with; "" where its script may set one anew."""
    text = step.run.script.text
    names = _REFERENCE.findall(user)
    if names and re.search(r"\beval\b|\bsource\b|(?:\A|[;&|(\n])\s*\.\s|\bprintf\s+-v|\bgetopts\b|\bdeclare\b", text):
        return ""
    if any(re.search(rf"\b{one}=|\b(?:for|read)\b[^;&|]*\b{one}\b", text) for one in names):
        return ""
    return _REFERENCE.sub(lambda match: step.environment.variables.get(match[1]) or "", user)


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
    return _filled_in(step, command.words, variables)


def _filled_in(step: Step, words: tuple[Word, ...], variables: Mapping[str, str | None]) -> tuple[Word, ...]:
    """Return the words with variables filled in; an unquoted variable of several words becomes several arguments."""
    result = []
    home = variables["HOME"]
    for word in words:
        text = word.expand(variables, home)
        if text is None:
            text = _program(step, word, variables) or (_in_a_folder(word) if word is words[0] else None)
        if text is None or word.text is not None or '"' in word.raw or "'" in word.raw:
            result.append(word.filled_in(text))
        else:
            result.extend(map(word.filled_in, text.split()))
    return tuple(result)


def _in_a_folder(word: Word) -> str | None:
    """Return the path of a manager's program below a folder that only the shell knows: `"$folder/bin/pip"`."""
    last = word.parts[-1]
    return last if isinstance(last, str) and "/" in last and managers(last.rpartition("/")[2]) else None


def _program(step: Step, word: Word, variables: Mapping[str, str | None]) -> str | None:
    """Return a manager's program that a word names, where the script chooses among those of one manager.

    In one branch it is composer1, in another one composer.
    """
    names = {part.name for part in word.parts if isinstance(part, Variable)}
    unknown = [name for name in names if variables.get(name, "") is None]
    if len(unknown) != 1:
        return None
    values = [
        assignment.value.text
        for command in step.commands
        for assignment in command.assignments
        if assignment.name == unknown[0]
    ]
    texts = [word.expand({**variables, unknown[0]: value}, variables["HOME"]) for value in dict.fromkeys(values)]
    found = {managers((text or "").rpartition("/")[2]) for text in texts}
    return texts[-1] if len(found) == 1 and () not in found else None
