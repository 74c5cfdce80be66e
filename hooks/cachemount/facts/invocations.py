"""Which command runs which package manager, and with which verb."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from cachemount.facts.model import Argument
from cachemount.facts.patterns import compiled
from cachemount.managers import MANAGERS
from cachemount.managers._model import Download, PackageManager
from cachemount.shell.model import Command, Word

_PIP = re.compile(r"pip[23]?")
_PYTHON = re.compile(r"(python|pypy|ipython)[0-9.]*(-dbg)?")
# Programs that run another program: name -> words that must follow before it ("" : none).
_LAUNCHERS = {
    "corepack": "", "poetry": "run", "pipenv": "run", "uv": "run", "pdm": "run", "hatch": "run", "rye": "run",
    "conda": "run", "mamba": "run", "micromamba": "run", "pixi": "run", "bundle": "exec", "pyenv": "exec",
    "rbenv": "exec", "nodenv": "exec", "mise": "exec", "asdf": "exec", "rvm": "exec", "nvm": "exec", "volta": "run",
    "php": "", "node": "", "mono": "",
    "npm": "exec", "npx": "", "opam": "exec", "meteor": "", "ruby": "-S", "jruby": "-S", "direnv": "exec", "chef": "",
    "exec": "", "embulk": "", "mold": "-run",
}  # fmt: skip
# What stands between such a program's own words and the other program: `rvm 2.7,3.0 do gem install`.
_SEPARATORS = {"rvm": "do", "chruby-exec": "--", "java": "-S"}
# Options that have no value here: `php -n` reads no php.ini.
_SWITCHES = frozenset({("php", "-n")})
# Managers' own scripts, which a shell may be told to run.
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh"})
_SCRIPTS = frozenset({"gradlew", "lein", "mill", "millw", "mvnw", "sbt"})
# What is only ever run, but by these programs, that name it.
_WRAPPED = frozenset({"apt-get", "apk", "dnf", "yum", "zypper"})
_TALKERS = frozenset(
    {
        "alias", "apropos", "apt-mark", "cat", "chmod", "chown", "cp", "diff", "dpkg",
        "dpkg-divert",
        "echo", "equivs", "expr", "file", "find", "grep", "hash", "help", "history", "info", "kill", "killall", "ln",
        "ls",
        "make", "man", "mkdir", "mv", "pgrep", "pkill", "print", "printf", "ps", "rm", "rpm", "sed", "set", "test",
        "touch", "type", "unalias", "update-alternatives", "whatis", "whereis", "which",
    }
)  # fmt: skip
# Wrappers for cross builds, and what they run: https://github.com/tonistiigi/xx
_CROSS = {"xx-apk": "apk", "xx-apt": "apt", "xx-apt-get": "apt-get", "xx-cargo": "cargo", "xx-go": "go"}
_SIGNS = ("-", "+")
# What another command prints: its own options are none of this one.
_INNER = re.compile(r"\$\(.*\)|`.*`", re.DOTALL)
_LAUNCHER_VALUED = {
    "-n",
    "--name",
    "-p",
    "--prefix",
    "-d",
    "-r",
    "-X",
    "--with",
    "--python",
    "--project",
    "--directory",
}


def may_download(command: Command) -> bool:
    """Whether a command may run a manager; most do not, and are told by their first word."""
    words = command.words
    if not words:
        return False
    first = words[0].constant
    if first is None or _is_known(first):
        return True
    if len(words) < 2:
        return False
    second = words[1].constant
    return second is None or _is_wrapped(second)


@lru_cache(maxsize=1024)
def _is_known(program: str) -> bool:
    """Whether a program is a manager or may run one."""
    name = program.rpartition("/")[2]
    return (
        name in _CROSS
        or name in _SHELLS
        or name in _LAUNCHERS
        or name in _SEPARATORS
        or _PYTHON.fullmatch(name) is not None
        or bool(managers(name))
    )


@lru_cache(maxsize=1024)
def _is_wrapped(name: str) -> bool:
    return name in _WRAPPED or _PIP.fullmatch(name) is not None


def programs(words: tuple[Argument, ...]) -> Iterator[tuple[str, Word, tuple[Argument, ...]]]:
    """The program of a command, its word and its arguments, then that of the program it launches, and so on."""
    while words:
        name = words[0].name
        name = _CROSS.get(name, name)
        rest = words[1:]
        if name:
            yield name, words[0].word, rest
        launched = _launched(name, rest)
        if launched is None:
            return
        words = launched


def _launched(name: str, rest: tuple[Argument, ...]) -> tuple[Argument, ...] | None:
    if _PYTHON.fullmatch(name):
        return _module(rest)
    if name in _SHELLS:
        script = next((index for index, word in enumerate(rest) if not word.known.startswith(("-", "+"))), None)
        wrapper = script is not None and rest[script].name in _SCRIPTS
        return rest[script:] if wrapper else None
    if name in _SEPARATORS:
        at = next((index for index, word in enumerate(rest) if word.text == _SEPARATORS[name]), None)
        if at is not None:
            return rest[at + 1 :]
    if name not in _LAUNCHERS:
        # A team's own wrapper: `apt-wrap apt-get install`.
        return rest if len(rest) > 1 and _wrapped(rest) and name not in _TALKERS else None
    needed = _LAUNCHERS[name]
    index = 0
    while index < len(rest):
        text = rest[index].known
        if needed and text == needed:
            needed = ""
        elif text.startswith("-"):
            index += text in _LAUNCHER_VALUED and (name, text) not in _SWITCHES
        elif name == "opam" and text == "config":
            pass
        else:
            break
        index += 1
    if needed or index >= len(rest):
        return None
    if name in ("corepack", "npm", "npx"):
        head = rest[index]
        return (Argument(head.known.split("@")[0], head.word), *rest[index + 1 :])
    return rest[index:]


def _wrapped(rest: tuple[Argument, ...]) -> bool:
    """Whether words that follow a program nobody knows are a command line of a manager."""
    if rest[0].text in _WRAPPED:
        return True
    return _PIP.fullmatch(rest[0].known) is not None and rest[1].text in ("install", "download")


def _module(rest: tuple[Argument, ...]) -> tuple[Argument, ...] | None:
    index = 0
    while index < len(rest):
        text = rest[index].known
        if text == "-m":
            return rest[index + 1 :]
        if text.startswith("-m"):
            return (Argument(text[2:], rest[index].word), *rest[index + 1 :])
        if text == "-c":
            return None
        if not text.startswith("-"):
            # A script, which may be a manager's own (python3.9 /usr/bin/pip3 install).
            return rest[index:]
        index += 1 + (text in ("-W", "-X"))
    return None


@cache
def _spelled(manager: PackageManager) -> re.Pattern[str] | None:
    """The program names that are patterns; most are not, and need not be compiled."""
    patterns = [program for program in manager.programs if not program.replace("-", "").isalnum()]
    return re.compile("|".join(patterns)) if patterns else None


@lru_cache(maxsize=1024)
def _matching(name: str) -> tuple[PackageManager, ...]:
    found = []
    for manager in MANAGERS:
        pattern = _spelled(manager)
        if name in manager.programs or (pattern is not None and pattern.fullmatch(name)):
            found.append(manager)
    return tuple(found)


def managers(name: str) -> tuple[PackageManager, ...]:
    """The managers that a program name belongs to."""
    return _matching(name) if len(name) < 64 else ()


def positionals(manager: PackageManager, rest: tuple[Argument, ...]) -> tuple[str, ...]:
    """The arguments that are no options and no values of options; "" for one that is not known."""
    result = []
    index = 0
    while index < len(rest):
        text = rest[index].text
        if text is None:
            result.append("")
        elif text == "--":
            result.extend(argument.known for argument in rest[index + 1 :])
            break
        elif text[:1] in _SIGNS and text != "-":
            # `+nightly` chooses a toolchain.
            index += text in manager.valued
        else:
            result.append(text)
        index += 1
    return tuple(result)


def own(manager: PackageManager, rest: tuple[Argument, ...], verb: tuple[str, ...]) -> tuple[Argument, ...]:
    """The arguments up to the last word of the verb, a program that has those behind it for itself."""
    end = next((end for end in range(len(rest)) if len(positionals(manager, rest[:end])) >= len(verb)), len(rest))
    return rest[:end]


def has_verb(verbs: tuple[tuple[str, ...], ...], words: tuple[str, ...]) -> tuple[str, ...] | None:
    """The word sequence of `verbs` that `words` begin with; `("",)` stands for no words at all."""
    for verb in verbs:
        if words[: len(verb)] == verb:
            if verb or not words:
                return verb
        elif (
            "*" in verb
            and len(words) >= len(verb)
            and all(want in ("*", word) for want, word in zip(verb, words, strict=False))
        ):
            return verb
    return None


@cache
def _longest(manager: PackageManager) -> int:
    """How many words decide whether an invocation downloads."""
    return max(1, *(len(verb) for way in manager.downloads for verb in way.verbs))


@lru_cache(maxsize=1024)
def _ways(
    manager: PackageManager, program: str, words: tuple[str, ...]
) -> tuple[tuple[Download, tuple[str, ...]], ...]:
    """The ways to download that a program has with these first words, each with the verb that they are."""
    return tuple(
        (way, verb)
        for way in manager.downloads
        if not way.programs or any(re.fullmatch(pattern, program) for pattern in way.programs)
        if (verb := has_verb(way.verbs, words)) is not None
    )


def _set_to(wanted: Mapping[str, str], variables: Mapping[str, str | None]) -> bool:
    """Whether one of the variables has the value that its pattern describes."""
    return bool(wanted) and any(
        compiled(pattern).fullmatch(variables.get(name) or "") for name, pattern in wanted.items()
    )


def download(
    manager: PackageManager, program: str, rest: tuple[Argument, ...], variables: Mapping[str, str | None]
) -> tuple[Download, tuple[str, ...], bool] | None:
    """The way in which this invocation downloads, its verb, and whether it only reads what was downloaded;

    None when neither.
    """
    words = positionals(manager, rest)
    while words and not words[0]:
        words = words[1:]
    flags = {text for argument in rest if (text := argument.text) and text[0] == "-"}
    line = ""
    if not flags.isdisjoint(manager.harmless):
        return None
    if _set_to(manager.idle_variables, variables):
        return None
    offline = _set_to(manager.offline_variables, variables)
    for way, verb in _ways(manager, program, words[: _longest(manager)]):
        if way.needs and way.needs.isdisjoint(flags):
            continue
        if way.unless and any(group <= flags for group in way.unless):
            continue
        if way.pattern:
            line = line or " ".join([argument.text or _INNER.sub("$()", argument.word.raw) for argument in rest])
            if not compiled(way.pattern).search(line):
                continue
        return way, verb, offline or any(group <= flags for group in way.offline)
    return None
