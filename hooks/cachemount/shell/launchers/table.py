"""Programs that run another program: how their command lines are built.

A wrapper is taken off when the shell text is read: what it runs is a command like others, of another user or with other
variables. A launcher stays, because it may be a package manager itself (`poetry run pip install`); only a script that
it gives to a shell is opened.
"""

from __future__ import annotations

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


class Launcher(Record):
    """How the command line of a launcher is built.

    One of `verbs` has to follow, if there are any. `separator` is the word that the other command follows, where it is
    there; `operands` the number of words, versions or folders, that may stand between the verb and the
    command.
    """

    verbs: frozenset[str] = _NONE
    separator: str = ""
    operands: int = 0


def _launcher(verbs: str = "", *, separator: str = "", operands: int = 0) -> Launcher:
    return Launcher(verbs=frozenset(verbs.split()), separator=separator, operands=operands)


_ANYTHING = _launcher()
_RUN = _launcher("run")
_EXEC = _launcher("exec")
_AFTER_DASHES = _launcher("run", separator="--")

LAUNCHERS: dict[str, Launcher] = {
    "asdf": _EXEC,
    "bundle": _EXEC,
    "chef": _ANYTHING,
    "chruby-exec": _launcher(separator="--"),
    "conda": _RUN,
    "corepack": _ANYTHING,
    "direnv": _launcher("exec", operands=1),
    "doppler": _AFTER_DASHES,
    "dotenv": _launcher(separator="--"),
    "embulk": _ANYTHING,
    "exec": _ANYTHING,
    "fnm": _launcher("exec", separator="--"),
    "hatch": _RUN,
    "infisical": _AFTER_DASHES,
    "java": _launcher(separator="-S"),
    "jruby": _launcher("-S"),
    "mamba": _RUN,
    "meteor": _ANYTHING,
    "micromamba": _RUN,
    "mise": _launcher("exec x", separator="--"),
    "mold": _launcher("-run"),
    "mono": _ANYTHING,
    "node": _ANYTHING,
    "nodenv": _EXEC,
    "npm": _EXEC,
    "npx": _ANYTHING,
    "nvm": _launcher("exec run", operands=1),
    "op": _AFTER_DASHES,
    "opam": _EXEC,
    "pdm": _RUN,
    "php": _ANYTHING,
    "pipenv": _RUN,
    "pixi": _RUN,
    "poetry": _RUN,
    "pyenv": _EXEC,
    "rbenv": _EXEC,
    "ruby": _launcher("-S"),
    "rvm": _launcher("exec", separator="do"),
    "rye": _RUN,
    "uv": _RUN,
    "volta": _RUN,
}
