"""Programs that run another program: how their command lines are built.

A wrapper is taken off when the shell text is read: what it runs is a command like others, of another user or with other
variables. A launcher stays, because it may be a package manager itself (`poetry run pip install`); only a script that
it gives to a shell is opened.
"""

from __future__ import annotations

from collections.abc import Sequence

from cachemount.late_pattern import late
from cachemount.records import Record

_NONE: frozenset[str] = frozenset()


class Wrapper(Record):
    """How the command line of a wrapper is built.

    `valued` are the options whose value may be the next word, `operands` the number of words between the options and
    the command, `queries` the options with which it runs nothing. `user` is whom it runs it as unless an option of
    `users` or, with `names_user`, the first operand says so; `directories` are options that change the directory,
    `login` those that start in the user's home. With `assigns` it takes `NAME=value`.
    """

    valued: frozenset[str] = _NONE
    operands: int = 0
    queries: frozenset[str] = _NONE
    user: str = ""
    users: frozenset[str] = _NONE
    names_user: bool = False
    directories: frozenset[str] = _NONE
    login: frozenset[str] = _NONE
    assigns: bool = False


def _wrapper(
    valued: str = "", *, operands: int = 0, queries: str = "", user: str = "", users: str = "",
    names_user: bool = False, directories: str = "", login: str = "", assigns: bool = False,
) -> Wrapper:  # fmt: skip
    return Wrapper(
        valued=frozenset((*valued.split(), *users.split(), *directories.split())),
        operands=operands,
        queries=frozenset(queries.split()),
        user=user,
        users=frozenset(users.split()),
        names_user=names_user,
        directories=frozenset(directories.split()),
        login=frozenset(login.split()),
        assigns=assigns,
    )


_PLAIN = _wrapper()
_AS_USER = _wrapper(operands=1, names_user=True)
_PERSONALITY = _wrapper()

WRAPPERS: dict[str, Wrapper] = {
    "arch": _PERSONALITY,
    "builtin": _PLAIN,
    "busybox": _PLAIN,
    "catchsegv": _PLAIN,
    "chpst": _wrapper("-U -b -e -/ -n -l -L -m -d -o -p -f -c -r -t", users="-u"),
    "chronic": _PLAIN,
    "chrt": _wrapper("-T -P -D", operands=1),
    "command": _wrapper(queries="-v -V"),
    "coproc": _PLAIN,
    "dbus-run-session": _wrapper("--config-file"),
    "doas": _wrapper("-C -a", user="root", users="-u", queries="-L"),
    "dumb-init": _wrapper("-r --rewrite"),
    "eatmydata": _PLAIN,
    "env": _wrapper("-u --unset", directories="-C --chdir", assigns=True),
    "envdir": _wrapper(operands=1),
    "exec": _wrapper("-a"),
    "fakeroot": _wrapper("-l -s -i -b --lib --faked"),
    "faketime": _wrapper("-p", operands=1),
    "flock": _wrapper("-w --timeout -E --conflict-exit-code", operands=1),
    "gosu": _AS_USER,
    "i386": _PERSONALITY,
    "ionice": _wrapper("-c --class -n --classdata -p", queries="-p"),
    "linux32": _PERSONALITY,
    "linux64": _PERSONALITY,
    "nice": _wrapper("-n --adjustment"),
    "nohup": _PLAIN,
    "proxychains": _wrapper("-f"),
    "proxychains4": _wrapper("-f"),
    "retry": _wrapper("-t --times --tries -m -d --delay -s --sleep -b --backoff --max-tries --min --max"),
    "runuser": _wrapper("-g -G", users="-u --user"),
    "s6-setuidgid": _AS_USER,
    "setarch": _wrapper(operands=1),
    "setpriv": _wrapper("--regid --groups --inh-caps --bounding-set --ambient-caps", users="--reuid --ruid"),
    "setsid": _PLAIN,
    "setuidgid": _AS_USER,
    "setuser": _AS_USER,
    "ssh-agent": _wrapper("-a -t -E -P"),
    "stdbuf": _wrapper("-i --input -o --output -e --error"),
    "strace": _wrapper("-e -o -p -s -E -P -I -b -S -a"),
    "su-exec": _AS_USER,
    "sudo": _wrapper(
        "-g --group -h --host -p --prompt -C --close-from -r --role -t --type -T --command-timeout -U --other-user",
        user="root", users="-u --user", directories="-D --chdir -R --chroot", login="-i --login", assigns=True,
        queries="-l --list -v --validate -V --version -K",
    ),
    "taskset": _wrapper(operands=1),
    "time": _wrapper("-f --format -o --output", assigns=True),
    "timeout": _wrapper("-s --signal -k --kill-after", operands=1),
    "tini": _wrapper("-p -e"),
    "torify": _PLAIN,
    "torsocks": _PLAIN,
    "unbuffer": _PLAIN,
    "with-contenv": _PLAIN,
    "xargs": _wrapper(
        "-I -n -P -L -d -a -E -s -J -R --arg-file --delimiter --max-args --max-procs --max-lines --max-chars"
    ),
    "xvfb-run": _wrapper("-s --server-args -n --server-num -e --error-file -f --auth-file -p -w --wait"),
}  # fmt: skip


# Options of launchers whose value is the next word.
_VALUED = frozenset(
    ["-n", "--name", "-p", "--prefix", "-d", "-r", "-X", "--with", "--python", "--project", "--directory"]
)
# The version or the folder that may stand before the command: `nvm exec 18 npm ci`.
_OPERAND = late(r"[./~].*|v?\d[\w.*/-]*|(?:lts|default|stable|system|node)(?:/.*)?")


class Launcher(Record):
    """How the command line of a launcher is built.

    One of `verbs` has to be the first word that is not an option, if there are any. `separator` is the word that the
    other command follows, where it is there; with `separator_alone` no verb is needed then. `operands` is the number of
    words, versions or folders, that may stand between the verb and the command, and `passed_over` are words that may
    stand before it. `valued` are the options whose value is the next word.
    """

    verbs: frozenset[str] = _NONE
    separator: str = ""
    separator_alone: bool = False
    operands: int = 0
    passed_over: frozenset[str] = _NONE
    valued: frozenset[str] = _VALUED

    def command_begins(self, texts: Sequence[str]) -> int | None:
        """Return where the command begins in the words after the launcher (0-based); None where it runs none."""
        index = self._after_verb(texts)
        if self.separator in texts and (index is not None or self.separator_alone):
            index = texts.index(self.separator) + 1
        elif self.separator and not self.verbs:
            return None
        return index if index is not None and index < len(texts) else None

    def _after_verb(self, texts: Sequence[str]) -> int | None:
        missing, operands = bool(self.verbs), self.operands
        index = 0
        while index < len(texts):
            text = texts[index]
            if missing and text in self.verbs:
                missing = False
            elif text.startswith("-"):
                index += text in self.valued
            elif operands and not missing and _OPERAND.fullmatch(text):
                operands -= 1
            elif text not in self.passed_over:
                break
            index += 1
        return None if missing else index


def _launcher(
    verbs: str = "", *, separator: str = "", separator_alone: bool = False, operands: int = 0,
    passed_over: str = "", valued: str = "", switches: str = "",
) -> Launcher:  # fmt: skip
    return Launcher(
        verbs=frozenset(verbs.split()),
        separator=separator,
        separator_alone=separator_alone or not verbs,
        operands=operands,
        passed_over=frozenset(passed_over.split()),
        valued=_VALUED.union(valued.split()).difference(switches.split()),
    )


_ANYTHING = _launcher()
_RUN = _launcher("run")
_EXEC = _launcher("exec")
_AFTER_DASHES = _launcher("run", separator="--")

LAUNCHERS: dict[str, Launcher] = {
    "asdf": _EXEC,
    "bundle": _EXEC,
    "chef": _ANYTHING,
    "chruby-exec": _launcher(separator="--"),
    "conda": _launcher("run", valued="--cwd"),
    "corepack": _ANYTHING,
    "direnv": _launcher("exec", operands=1),
    "doppler": _AFTER_DASHES,
    "dotenv": _launcher(separator="--"),
    "embulk": _ANYTHING,
    "exec": _ANYTHING,
    "fnm": _launcher("exec", separator="--"),
    "hatch": _launcher("run", valued="-e --env"),
    "infisical": _AFTER_DASHES,
    "java": _launcher(separator="-S"),
    "jruby": _launcher("-S"),
    "mamba": _RUN,
    "meteor": _ANYTHING,
    "micromamba": _launcher("run", valued="--root-prefix --cwd"),
    "mise": _launcher("exec x", separator="--"),
    "mold": _launcher("-run"),
    "mono": _ANYTHING,
    "node": _ANYTHING,
    "nodenv": _EXEC,
    "npm": _EXEC,
    "npx": _ANYTHING,
    "nvm": _launcher("exec run", operands=1),
    "op": _AFTER_DASHES,
    "opam": _launcher("exec", passed_over="config"),
    "pdm": _RUN,
    "php": _launcher(switches="-n"),
    "pipenv": _RUN,
    "pixi": _RUN,
    "poetry": _launcher("run", valued="-C -P"),
    "pyenv": _EXEC,
    "rbenv": _EXEC,
    "ruby": _launcher("-S"),
    "rvm": _launcher("exec", separator="do", separator_alone=True),
    "rye": _RUN,
    "uv": _RUN,
    "volta": _launcher("run", valued="--node --npm --yarn --pnpm"),
}
