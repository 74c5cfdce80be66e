"""Which command runs which package manager."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from cachemount.facts.patterns import is_all_of
from cachemount.late_pattern import late
from cachemount.managers import FILES, MANAGERS
from cachemount.managers.model import PackageManager
from cachemount.managers.programs import PROGRAMS
from cachemount.shell.launchers.command_line import read_command_line
from cachemount.shell.launchers.shells import SHELLS
from cachemount.shell.launchers.table import CROSS_BUILDERS, TABLE, launcher
from cachemount.shell.model import Command, Word

_PIP = late(r"pip[23]?")
_FETCHING = ("install", "download", "wheel")
_PYTHON = late(r"(python|pypy|ipython)[0-9.]*(-dbg)?")
# Managers' own scripts, which a shell may be told to run.
_SCRIPTS = frozenset({"gradlew", "lein", "mill", "millw", "mvnw", "sbt"})
# What is only ever run, but by these programs, that name it.
_WRAPPED = frozenset({"apt-get", "apk", "dnf", "yum", "zypper"})
# Launchers of launchers, each of which is looked at with all words that follow.
_MOST_PROGRAMS = 100
# What Sage runs in its own environment: https://github.com/sagemath/sage/blob/develop/src/bin/sage
_SAGE = {
    **dict.fromkeys(("-pip", "--pip", "--pip3"), "pip"),
    **dict.fromkeys(("-python", "--python", "-python3", "--python3"), "python3"),
}
# Python's modules whose programs have another name: https://build.pypa.io/en/stable/reference/cli.html
MODULES = {"build": "pyproject-build"}
# They run a manager whose file the project has.
_NODE = frozenset({"node", "nodejs"})
_RETRIES = late(r"(?i)re-?try|retries|backoff")
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


def may_download(command: Command) -> bool:
    """Return whether a command may run a manager; most do not, and are told by their first word."""
    words = command.words
    if not words:
        return False
    first = words[0]
    if first.text is None or first.tilde or _is_known(first.text):
        return True
    if len(words) < 2:
        return False
    second = words[1]
    return second.text is None or second.tilde or _is_wrapped(second.text) or _pip_module(words[1:]) is not None


@lru_cache(maxsize=1024)
def _is_known(program: str) -> bool:
    """Return whether a program is a manager or may run one."""
    name = program.rpartition("/")[2]
    return (
        name in CROSS_BUILDERS
        or name in SHELLS
        or name in _NODE
        or name in TABLE
        or _is_python(name)
        or bool(managers(name))
        or _retries(program)
    )


@lru_cache(maxsize=1024)
def _retries(name: str) -> bool:
    return _RETRIES.search(name) is not None


@lru_cache(maxsize=1024)
def _is_python(name: str) -> bool:
    return "py" in name and _PYTHON.fullmatch(name) is not None


@lru_cache(maxsize=1024)
def _is_wrapped(name: str) -> bool:
    return name in _WRAPPED or _PIP.fullmatch(name) is not None


def _pip_module(words: tuple[Word, ...]) -> tuple[Word, ...] | None:
    """Return the words from `pip` on, where arguments have a Python fetch packages by that module."""
    for index, word in enumerate(words):
        if word.text == "-m":
            rest = words[index + 1 :]
            fetches = len(rest) > 1 and _PIP.fullmatch(rest[0].known) is not None and rest[1].text in _FETCHING
            return rest if fetches else None
        if not word.known.startswith("-"):
            break
    return None


def programs(words: tuple[Word, ...]) -> Iterator[tuple[str, Word, tuple[Word, ...]]]:
    """Yield the program of a command, its word and its arguments, then those of the program it launches, and so on."""
    for _ in range(_MOST_PROGRAMS):
        if not words:
            return
        name = words[0].name
        name = CROSS_BUILDERS.get(name, name)
        rest = words[1:]
        if name:
            yield name, words[0].word, rest
        launched = rest if is_optional(words[0]) else _launched(name, rest)
        if launched is None:
            return
        words = launched


def is_optional(word: Word) -> bool:
    """Return whether only the shell knows what stands there, if anything: `${DEBUG:+strace} npm ci`."""
    return word.text is None and word.raw.startswith("${") and ":+" in word.raw


def _launched(name: str, rest: tuple[Word, ...]) -> tuple[Word, ...] | None:
    if _is_python(name):
        return _module(rest)
    if name in _NODE:
        script = next((index for index, word in enumerate(rest) if not word.known.startswith("-")), None)
        return rest[script:] if script is not None and managers(rest[script].name) else None
    if name == "sage":
        return _of_sage(rest)
    if name in SHELLS:
        script = next((index for index, word in enumerate(rest) if not word.known.startswith(("-", "+"))), None)
        wrapper = script is not None and rest[script].name in _SCRIPTS
        return rest[script:] if wrapper else None
    known = launcher(name)
    if known is None:
        module = _pip_module(rest) if name not in _TALKERS else None
        if module is not None:
            # A Python by another name: `python.sh -m pip install`.
            return module
        # A team's own wrapper: `apt-wrap apt-get install`.
        if len(rest) > 1 and _wrapped(rest) and name not in _TALKERS:
            return rest
        return _retried(rest) if _retries(name) else None
    launched = read_command_line([word.known for word in rest], 0, known)
    index = None if launched is None else launched.command
    if index is None:
        return None
    if name in ("corepack", "npm", "npx"):
        head = rest[index]
        if name == "corepack" and not managers(head.known.split("@")[0]):
            # Its own verbs: prepare, enable; this one installs what the project names.
            # https://github.com/nodejs/corepack#corepack-use-nameversion
            told = rest[index + 1].known.split("@")[0] if head.known == "use" and len(rest) > index + 1 else ""
            return (head.filled_in(told), rest[index + 1].filled_in("install")) if managers(told) else None
        return (head.filled_in(head.known.split("@")[0]), *rest[index + 1 :])
    return rest[index:]


def _of_sage(rest: tuple[Word, ...]) -> tuple[Word, ...] | None:
    """Return the command line that Sage runs, if it is one of Python or of pip."""
    index = next((index for index, word in enumerate(rest) if word.text not in ("-min", "--min", "-q")), len(rest))
    program = _SAGE.get(rest[index].known) if index < len(rest) else None
    return (rest[index].filled_in(program), *rest[index + 1 :]) if program else None


def _retried(rest: tuple[Word, ...]) -> tuple[Word, ...] | None:
    """Return the command line of a manager that a script runs again until it succeeds."""
    return next((rest[index:] for index, word in enumerate(rest) if managers(word.name)), None)


def _wrapped(rest: tuple[Word, ...]) -> bool:
    """Return whether words that follow an unknown program are a command line of a manager."""
    if rest[0].text in _WRAPPED:
        return True
    return _PIP.fullmatch(rest[0].known) is not None and rest[1].text in ("install", "download")


def _module(rest: tuple[Word, ...]) -> tuple[Word, ...] | None:
    index = 0
    while index < len(rest):
        text = rest[index].known
        if text == "-m":
            return _by_its_program(rest[index + 1 :])
        if text.startswith("-m"):
            return _by_its_program((rest[index].filled_in(text[2:]), *rest[index + 1 :]))
        if text == "-c":
            return None
        if not text.startswith("-"):
            # A script, which may be a manager's own (python3.9 /usr/bin/pip3 install).
            return rest[index:]
        index += 1 + (text in ("-W", "-X"))
    return None


def _by_its_program(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Return the command line of a module, with the name that its own program has."""
    if not words or words[0].text not in MODULES:
        return words
    return (words[0].filled_in(MODULES[words[0].text]), *words[1:])


@cache
def _names() -> dict[str, list[int]]:
    """Return the numbers of the managers that have a program of this name, by name."""
    found: dict[str, list[int]] = {}
    for file, programs in PROGRAMS.items():
        for program in programs:
            found.setdefault(program, []).append(FILES.index(file))
    return found


@cache
def _patterns(letter: str) -> list[tuple[int, str]]:
    """Return the patterns of names that may begin with a letter, each with the number of its manager."""
    return [
        (FILES.index(file), program)
        for file, programs in PROGRAMS.items()
        for program in programs
        if not program.replace("-", "").isalnum() and (program[0] == letter or not program[:2].isalpha())
    ]


@lru_cache(maxsize=1024)
def _matching(name: str) -> tuple[PackageManager, ...]:
    found = {*_names().get(name, ())}
    found.update(number for number, pattern in _patterns(name[:1]) if is_all_of(pattern, name))
    return tuple(MANAGERS[number] for number in sorted(found))


def managers(name: str) -> tuple[PackageManager, ...]:
    """Return the managers that a program name belongs to."""
    return _matching(name) if len(name) < 64 else ()
