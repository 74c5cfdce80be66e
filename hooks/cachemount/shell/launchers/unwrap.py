"""What a command runs once its wrappers are taken off: as whom, where, with which variables."""

from __future__ import annotations

from collections.abc import Sequence

from cachemount.late_pattern import late
from cachemount.records import Record, field
from cachemount.shell.launchers.shells import SHELLS, basename, command_string
from cachemount.shell.launchers.table import LAUNCHERS, WRAPPERS, Launcher, Wrapper
from cachemount.shell.model import Word

_ASSIGNMENT = late(r"[A-Za-z_][A-Za-z0-9_]*=")
# Measured on Debian's defaults: of the variables they hand on none that matters here.
_CLEARING = frozenset({"sudo", "doas"})
_KEEPING = late(r"-[A-Za-z]*E|--preserve-env")
_DURATION = late(r"[\d.]+[smhd]?")


class Unwrapped(Record, frozen=False):
    """What is left of a command without its wrappers; all numbers are indexes into its words.

    `first` is the program. `script` is a word that is a script; `stdin` means that the script comes from standard
    input, `shared` that it runs in the same shell (eval). `user` "" is the step's. `directory` is the index of a word
    that names one, -1 for none; with `directory_unknown` it runs in a directory that cannot be told. `unset` are
    variables that are taken away, `cleared` means all of them, `clears_image_env` those of the image.
    """

    first: int = 0
    names: list[str] = field(default_factory=list)
    user: str = ""
    assignments: list[int] = field(default_factory=list)
    unset: list[str] = field(default_factory=list)
    cleared: bool = False
    clears_image_env: bool = False
    directory: int = -1
    directory_unknown: bool = False
    script: int | None = None
    stdin: bool = False
    shared: bool = False


def unwrap(words: Sequence[Word]) -> Unwrapped:
    """Take off wrappers until a program is left that does the work itself."""
    result = Unwrapped()
    while result.first < len(words):
        name = basename(words[result.first].text or "")
        if name in SHELLS:
            script, stdin = command_string(words[result.first + 1 :])
            if script is not None:
                result.script = result.first + 1 + script
            result.stdin = stdin
            if script is not None or stdin:
                result.names.append(name)
            return result
        if name in ("su", "runuser") and _switch(words, result, name):
            return result
        if name == "eval" and len(words) == result.first + 2:
            result.names.append(name)
            result.script, result.shared = result.first + 1, True
            return result
        if name == "scl":
            if not _collection(words, result):
                return result
            continue
        if name in LAUNCHERS and name not in WRAPPERS:
            shell = _launched_shell(words, result.first, LAUNCHERS[name])
            if shell is None:
                return result
            result.first = shell
            result.names.append(name)
            continue
        wrapper = WRAPPERS.get(name)
        before = result.first
        if wrapper is None or not _options(words, result, name, wrapper):
            result.first = before
            return result
    return result


def _options(words: Sequence[Word], result: Unwrapped, name: str, wrapper: Wrapper) -> bool:  # noqa: PLR0915
    """Skip the options and operands of one wrapper; False, with nothing changed, when it runs no command."""
    index, user = result.first + 1, wrapper.user
    assignments: list[int] = []
    unset: list[str] = []
    cleared = lost = login = False
    bare = name in _CLEARING
    directory = -1
    while index < len(words):
        text = words[index].text or words[index].raw
        if text == "--":
            index += 1
            break
        if wrapper.assigns and _ASSIGNMENT.match(words[index].raw):
            assignments.append(index)
            index += 1
            continue
        if not text.startswith("-"):
            break
        if text == "-" and name != "env":
            break
        option, value, used = _option(words, index, text, wrapper.valued)
        if option in wrapper.queries:
            return False
        if option in wrapper.users:
            user = value
        elif option in wrapper.directories:
            directory, lost = (
                (index + used - 1 if used == 2 else -1),
                lost or used == 1 or option in ("-R", "--chroot"),
            )
        elif name == "env" and option in ("-u", "--unset"):
            unset.append(value)
        elif name == "env" and option in ("-i", "--ignore-environment", "-"):
            cleared = bare = True
        elif name == "sudo" and _KEEPING.match(text):
            bare = False
        elif name == "env" and option in ("-S", "--split-string"):
            break
        login = login or option in wrapper.login
        index += used
    for _ in range(wrapper.operands):
        if wrapper.names_user and index < len(words):
            user = words[index].text or words[index].raw
        index += 1
    if wrapper.assigns:
        while index < len(words) and _ASSIGNMENT.match(words[index].raw):
            assignments.append(index)
            index += 1
    if name == "retry":
        while index < len(words) and _DURATION.fullmatch(words[index].text or ""):
            index += 1
    shell = name in ("sudo", "doas") and index >= len(words) and index > result.first + 1 and not assignments
    if index >= len(words) and not shell:
        return False
    result.first = index
    result.names.append(name)
    result.assignments += assignments
    result.unset += unset
    result.cleared = result.cleared or cleared
    result.clears_image_env = result.clears_image_env or bare
    result.user = user.split(":")[0] if user else result.user
    result.directory = directory if directory >= 0 else result.directory
    result.directory_unknown = result.directory_unknown or lost or login
    result.stdin = result.stdin or shell
    return True


def _launched_shell(words: Sequence[Word], first: int, launcher: Launcher) -> int | None:
    """Return the index of the shell that a launcher gives a `-c` string: `conda run -n e bash -c "..."`."""
    begin = launcher.command_begins([word.text or word.raw for word in words[first + 1 :]])
    at = first + 1 + (begin or 0)
    if begin is None or basename(words[at].text or "") not in SHELLS:
        return None
    script, _ = command_string(words[at + 1 :])
    return None if script is None else at


def _option(words: Sequence[Word], index: int, text: str, valued: frozenset[str]) -> tuple[str, str, int]:
    """The option at `index`, its value, and how many words it takes."""
    following = words[index + 1] if index + 1 < len(words) else None
    value = "" if following is None else following.text or following.raw
    if text in valued:
        return text, value, 2
    if text.startswith("--"):
        name, _, attached = text.partition("=")
        return name, attached, 1
    for position, letter in enumerate(text[1:], 2):
        if "-" + letter in valued:
            return ("-" + letter, text[position:], 1) if text[position:] else ("-" + letter, value, 2)
    return text, "", 1


_SU_VALUED = frozenset(
    ("-c", "--command", "--session-command", "-s", "--shell", "-g", "--group", "-G", "--supp-group", "-w", "-T")
)


def _switch(words: Sequence[Word], result: Unwrapped, name: str) -> bool:
    """`su` and `runuser` without `-u`: a user and a `-c` string, or a shell that reads standard input."""
    user, login, script, index = "", False, None, result.first + 1
    while index < len(words):
        text = words[index].text or words[index].raw
        if text == "--":
            index += 1
            continue
        if not text.startswith("-"):
            user = user or text
            index += 1
            continue
        option, _, used = _option(words, index, text, _SU_VALUED)
        if name == "runuser" and option in ("-u", "--user"):
            return False
        login = login or option in ("-", "-l", "--login") or (not text.startswith("--") and "l" in text[1:])
        if option in ("-c", "--command", "--session-command"):
            if used == 1 or index + 1 >= len(words):
                return False
            script = index + 1
        index += used
    result.names.append(name)
    result.user, result.script, result.stdin = user or "root", script, script is None
    result.directory_unknown = result.directory_unknown or login
    result.clears_image_env = result.clears_image_env or login
    return True


def _collection(words: Sequence[Word], result: Unwrapped) -> bool:
    """`scl enable NAME ... 'script'` or `scl enable NAME ... -- command`."""
    rest = [word.text for word in words[result.first + 1 :]]
    if not rest or rest[0] not in ("enable", "run"):
        return False
    result.names.append("scl")
    if "--" in rest:
        result.first += 2 + rest.index("--")
        return True
    result.script = len(words) - 1
    return False


def executed(words: Sequence[Word]) -> list[tuple[int, int]]:
    """The ranges of words that `find` runs by -exec, -execdir, -ok and -okdir."""
    result = []
    start = -1
    for index, word in enumerate(words):
        if word.text in ("-exec", "-execdir", "-ok", "-okdir"):
            start = index + 1
        elif start >= 0 and word.text in (";", "+"):
            if index > start:
                result.append((start, index))
            start = -1
    return result
