"""Programs that run another program: how their command lines are built, as their manuals say.

One line each. Most are taken off when the shell text is read: what they run is a command like others, of another user
or with other variables. A launcher that `stays` may be a package manager itself (`poetry run pip install`): the command
keeps its words, and only a script that it gives to a shell is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from cachemount.late_pattern import late
from cachemount.records import Record, replace
from cachemount.type_checking import TYPE_CHECKING

_NONE: frozenset[str] = frozenset()


class Launcher(Record):
    """How the command line of a launcher is built.

    What stands before the command: one of `verbs`, if there are any, then `operands` words, then at most `optional`
    words that look like a version or a folder; `passed_over` are words that may stand among them. `valued` are the
    options whose value may be the next word. With `separators` the command follows one of them, where it is there;
    `required` says that it has to be there, `alone` that no verb is needed then. With one of `queries` nothing is run.

    `scripts` are options whose value is a script, `strings` says that a single word in the command's place is one, and
    `last` that the last word is. `only_scripts` says that it runs no other command, `shell` that the words in the
    command's place are the arguments of a shell. `reads_input` says that it reads a script where there is no command,
    `shared` that the script runs in the same shell.

    What the command gets: `user` is whom it runs as unless an option of `users` or, with `names_user`, the first
    operand says so; `login` are options that start it in the user's home without the image's variables. `directories`
    change the directory. `assigns` says that `NAME=value` may stand before the command, `unsets` are options that take
    a variable away, `empties` those that take all away, `clears` that the image's variables do not reach it without one
    of `keeps`. `other_root`, or one of `roots`, says that it has another root folder.
    """

    verbs: frozenset[str] = _NONE
    operands: int = 0
    optional: int = 0
    passed_over: frozenset[str] = _NONE
    valued: frozenset[str] = _NONE
    separators: frozenset[str] = _NONE
    required: bool = False
    alone: bool = False
    queries: frozenset[str] = _NONE
    scripts: frozenset[str] = _NONE
    strings: bool = False
    last: bool = False
    only_scripts: bool = False
    shell: bool = False
    reads_input: bool = False
    shared: bool = False
    user: str = ""
    users: frozenset[str] = _NONE
    names_user: bool = False
    login: frozenset[str] = _NONE
    directories: frozenset[str] = _NONE
    assigns: bool = False
    unsets: frozenset[str] = _NONE
    empties: frozenset[str] = _NONE
    clears: bool = False
    keeps: frozenset[str] = _NONE
    roots: frozenset[str] = _NONE
    other_root: bool = False
    stays: bool = False


if TYPE_CHECKING:
    from typing import Any, TypedDict

    class _Line(TypedDict, total=False):
        """A line of the table: the fields of `Launcher`, sets as words with blanks between."""

        verbs: str
        operands: int
        optional: int
        passed_over: str
        valued: str
        separators: str
        required: bool
        alone: bool
        queries: str
        scripts: str
        strings: bool
        last: bool
        only_scripts: bool
        shell: bool
        reads_input: bool
        shared: bool
        user: str
        users: str
        names_user: bool
        login: str
        directories: str
        assigns: bool
        unsets: str
        empties: str
        clears: bool
        keeps: str
        roots: str
        other_root: bool
        stays: bool


# What an optional operand looks like: `nvm exec 18 npm ci`, `retry 5 npm ci`.
OPERAND = late(r"[./~].*|v?\d[\w.*/-]*|(?:lts|default|stable|system|node)(?:/.*)?")

_AS_USER: _Line = {"operands": 1, "names_user": True}
_ENV = "-n --name -p --prefix"
_SU = "-s --shell -g --group -G --supp-group -w --whitelist-environment -T"

TABLE: Mapping[str, _Line] = {
    "arch": {"valued": "-arch -d -e"},
    "arch-chroot": {"operands": 1, "users": "-u", "other_root": True, "reads_input": True},
    "asdf": {"stays": True, "verbs": "exec"},
    "aws-vault": {"verbs": "exec", "operands": 1, "valued": "-d --duration -t --mfa-token --region --backend --prompt"},
    "builtin": {},
    "bundle": {"stays": True, "verbs": "exec"},
    "busybox": {},
    "capsh": {"separators": "-- ==", "required": True, "shell": True, "roots": "--chroot"},
    "catatonit": {},
    "catchsegv": {},
    "cgexec": {"valued": "-g"},
    "chamber": {"verbs": "exec", "separators": "--", "required": True},
    "chef": {"stays": True},
    "chpst": {"valued": "-U -b -e -n -l -L -m -d -o -p -f -c -r -t", "users": "-u", "roots": "-/"},
    "chronic": {},
    "chroot": {"operands": 1, "users": "--userspec", "valued": "--groups", "other_root": True, "reads_input": True},
    "chrt": {"valued": "-T --sched-runtime -P --sched-period -D --sched-deadline", "operands": 1, "queries": "-m -p"},
    "chruby-exec": {"separators": "--", "required": True},
    "command": {"queries": "-v -V"},
    "conda": {"stays": True, "verbs": "run", "valued": f"{_ENV} --cwd"},
    "coproc": {},
    "corepack": {"stays": True},
    "cpulimit": {"valued": "-l --limit -e --exe -P --path -p --pid -c --cpu", "queries": "-p -e -P"},
    "cross-env": {"assigns": True},
    "cross-env-shell": {"assigns": True, "strings": True},
    "dbus-launch": {"queries": "--close-stderr"},
    "dbus-run-session": {"valued": "--config-file --dbus-daemon"},
    "devbox": {"verbs": "run", "valued": "-c --config -e --env --env-file --environment", "queries": "-l --list"},
    "direnv": {"verbs": "exec", "operands": 1},
    "doas": {"valued": "-C -a", "user": "root", "users": "-u", "queries": "-L", "clears": True, "reads_input": True},
    "dockerize": {"valued": "-wait -timeout -template -delims -stdout -stderr -wait-http-header -env "
                  "-wait-retry-interval"},
    "doppler": {"verbs": "run", "valued": "-p --project -c --config -t --token", "scripts": "--command"},
    "dotenv": {"passed_over": "run", "valued": "-e -f --file -v -q --quote", "queries": "-p"},
    "dotenvx": {"verbs": "run", "valued": "-f --env-file -fk --env-keys-file -e --env -fv --env-vault-file"},
    "dumb-init": {"valued": "-r --rewrite"},
    "eatmydata": {},
    "embulk": {"stays": True},
    "env": {"assigns": True, "directories": "-C --chdir", "unsets": "-u --unset",
            "empties": "- -i --ignore-environment", "scripts": "-S --split-string"},
    "envdir": {"operands": 1},
    "eval": {"strings": True, "shared": True},
    "exec": {"valued": "-a"},
    "fakechroot": {"valued": "-e --environment -b --bindir -c --config-dir -l --lib"},
    "fakeroot": {"valued": "-l --lib -s -i -b --faked"},
    "fakeroot-ng": {"valued": "-p -l -f"},
    "faketime": {"valued": "-p -f", "operands": 1},
    "flock": {"valued": "-w --timeout -E --conflict-exit-code", "operands": 1, "scripts": "-c --command"},
    "fnm": {"stays": True, "verbs": "exec", "valued": "--fnm-dir --arch --log-level --node-dist-mirror"},
    "foreman": {"verbs": "run", "valued": "-e --env -d --root -f --procfile"},
    "gosu": _AS_USER,
    "hatch": {"stays": True, "verbs": "run", "valued": "-e --env -p --project"},
    "honcho": {"verbs": "run", "valued": "-e --env -d --app-root -f --procfile"},
    "i386": {},
    "infisical": {"verbs": "run", "scripts": "-c --command",
                  "valued": "-e --env --path --token --projectId --domain --tags"},
    "ionice": {"valued": "-c --class -n --classdata", "queries": "-p -P -u"},
    "java": {"stays": True, "separators": "-S", "required": True},
    "jruby": {"stays": True, "verbs": "-S"},
    "linux32": {},
    "linux64": {},
    "mamba": {"stays": True, "verbs": "run", "valued": f"{_ENV} --cwd"},
    "meteor": {"stays": True},
    "micromamba": {"stays": True, "verbs": "run", "valued": f"{_ENV} -r --root-prefix --cwd -e --env -a --attach"},
    "mise": {"stays": True, "verbs": "exec x", "separators": "--", "scripts": "-c --command",
             "valued": "-C --cd -E --env -j --jobs"},
    "mold": {"verbs": "-run"},
    "mono": {"stays": True},
    "nice": {"valued": "-n --adjustment"},
    "nix": {"verbs": "develop shell", "valued": "--extra-experimental-features -I -f --file --profile",
            "separators": "-c --command", "required": True, "empties": "-i --ignore-environment"},
    "nix-shell": {"scripts": "--run --command", "only_scripts": True, "reads_input": True, "empties": "--pure"},
    "node": {"stays": True, "valued": "-r --require --import", "queries": "-e --eval -p --print -c --check"},
    "nodenv": {"stays": True, "verbs": "exec"},
    "nohup": {},
    "npm": {"stays": True, "verbs": "exec x", "scripts": "-c --call", "valued": "--prefix --package -w --workspace"},
    "npx": {"stays": True, "scripts": "-c --call", "valued": "-p --package -w --workspace"},
    "nsenter": {"valued": "-t --target -S --setuid -G --setgid", "other_root": True, "reads_input": True},
    "numactl": {"queries": "-s --show -H --hardware",
                "valued": "-i --interleave -N --cpunodebind -C --physcpubind -m --membind -p --preferred -w "
                "--weighted-interleave"},
    "nvm": {"stays": True, "verbs": "exec run", "optional": 1},
    "op": {"verbs": "run", "valued": "--account --env-file"},
    "opam": {"stays": True, "verbs": "exec", "passed_over": "config", "valued": "--switch --root"},
    "parallel": {"strings": True,
                 "valued": "-j --jobs -P --max-procs -n --max-args -N -I -L -l -a --arg-file -C --colsep -d "
                 "--delimiter -S --sshlogin --delay --timeout --retries --joblog --results --halt --wd --workdir "
                 "--tempdir --tmpdir --load --memfree --tagstring --nice --env -s -E"},
    "pdm": {"stays": True, "verbs": "run", "valued": "-p --project -s --site-packages --venv"},
    "php": {"stays": True, "valued": "-d -c -z -S -t", "queries": "-r --run"},
    "pipenv": {"stays": True, "verbs": "run"},
    "pixi": {"stays": True, "verbs": "run", "valued": "-e --environment --manifest-path"},
    "pkexec": {"user": "root", "users": "--user", "clears": True},
    "pnpm": {"stays": True, "verbs": "exec", "valued": "-C --dir -F --filter --filter-prod",
             "scripts": "-c --shell-mode"},
    "poetry": {"stays": True, "verbs": "run", "valued": "-C --directory -P --project"},
    "prlimit": {"queries": "-p --pid", "valued": "-o --output"},
    "proot": {"roots": "-r --rootfs -R -S", "directories": "-w --pwd --cwd", "reads_input": True,
              "valued": "-b --bind -m --mount -q --qemu -k --kernel-release -i --change-id -p --port -v --verbose"},
    "proxychains": {"valued": "-f"},
    "proxychains4": {"valued": "-f"},
    "pyenv": {"stays": True, "verbs": "exec"},
    "rbenv": {"stays": True, "verbs": "exec"},
    "retry": {"valued": "-t --times --tries -m -d --delay -s --sleep -b --backoff --max-tries --min --max",
              "optional": 3},
    "rtk": {},
    "rustup": {"verbs": "run", "operands": 1},
    "ruby": {"stays": True, "verbs": "-S", "valued": "-r -I -C -E -X"},
    "runuser": {"valued": _SU, "names_user": True, "only_scripts": True, "user": "root", "users": "-u --user",
                "login": "- -l --login",
                "scripts": "-c --command --session-command", "reads_input": True},
    "rvm": {"stays": True, "verbs": "exec", "separators": "do", "alone": True},
    "rye": {"stays": True, "verbs": "run"},
    "s6-env": {"assigns": True, "unsets": "-u", "empties": "-i"},
    "s6-envdir": {"operands": 1},
    "s6-setuidgid": _AS_USER,
    "sage": {"separators": "-sh --sh", "required": True, "shell": True},
    "schroot": {"valued": "-c --chroot -p -s --shell -n -o --option", "directories": "-d --directory",
                "users": "-u --user", "other_root": True, "clears": True, "keeps": "-p --preserve-environment",
                "queries": "-l --list -i --info"},
    "scl": {"verbs": "enable run", "separators": "--", "last": True},
    "script": {"only_scripts": True, "scripts": "-c --command", "reads_input": True,
               "valued": "-I --log-in -O --log-out -B --log-io -T --log-timing -m --logging-format -E --echo -o "
               "--output-limit"},
    "setarch": {"optional": 1,
                "passed_over": "i386 i486 i586 i686 x86_64 amd64 linux32 linux64 aarch64 armv7l armv6l arm armh "
                "uname26 ppc64le ppc64 ppc s390x s390 riscv64 riscv32 mips mips64 athlon", "queries": "--list"},
    "setpriv": {"valued": "--regid --rgid --egid --groups --inh-caps --bounding-set --ambient-caps --euid "
                "--securebits --pdeathsig --selinux-label --apparmor-profile", "users": "--reuid --ruid",
                "empties": "--reset-env", "queries": "-d --dump"},
    "setsid": {},
    "setuidgid": _AS_USER,
    "setuser": _AS_USER,
    "sg": {"operands": 1, "scripts": "-c", "strings": True, "reads_input": True},
    "softlimit": {"valued": "-a -c -d -f -l -m -n -o -p -r -s -t"},
    "sops": {"verbs": "exec-env", "operands": 1, "strings": True, "valued": "--user", "empties": "--pristine"},
    "ssh-agent": {"valued": "-a -t -E -P", "queries": "-k"},
    "stdbuf": {"valued": "-i --input -o --output -e --error"},
    "strace": {"valued": "-e -o --output -p --attach -s --string-limit -E --env -P --trace-path -I -b -S -a -O -X -U",
               "users": "-u --user", "queries": "-p"},
    "su": {"valued": _SU, "names_user": True, "only_scripts": True, "user": "root", "login": "- -l --login",
           "scripts": "-c --command --session-command", "reads_input": True},
    "su-exec": _AS_USER,
    "sudo": {"assigns": True, "user": "root", "users": "-u --user", "login": "-i --login", "reads_input": True,
             "directories": "-D --chdir", "roots": "-R --chroot", "clears": True, "keeps": "-E --preserve-env",
             "queries": "-l --list -v --validate -V --version -K -e --edit",
             "valued": "-g --group -h --host -p --prompt -C --close-from -r --role -t --type -T --command-timeout -U "
             "--other-user"},
    "summon": {"valued": "-p --provider -f --yaml-file -e --environment -D -i --ignore"},
    "systemd-nspawn": {"valued": "-M --machine -u --user -E --setenv --bind --bind-ro -p --port", "other_root": True,
                       "roots": "-D --directory -i --image", "clears": True, "queries": "-b --boot",
                       "reads_input": True},
    "systemd-run": {"valued": "-p --property -u --unit -E --setenv -H --host -M --machine --slice --description "
                    "--nice --on-active --on-boot --on-calendar --service-type --gid", "users": "--uid", "clears": True,
                    "keeps": "--scope", "directories": "--working-directory", "login": "-S --shell"},
    "taskset": {"operands": 1, "queries": "-p --pid"},
    "teller": {"verbs": "run", "valued": "-c --config"},
    "time": {"valued": "-f --format -o --output", "assigns": True},
    "timeout": {"valued": "-s --signal -k --kill-after", "operands": 1},
    "tini": {"valued": "-p -e"},
    "torify": {},
    "torsocks": {"valued": "-a --address -P --port -u --user -p --pass"},
    "toybox": {},
    "travis_retry": {},
    "travis_wait": {"optional": 1},
    "trickle": {"valued": "-d -u -w -t -l -n -L"},
    "unbuffer": {},
    "unshare": {"valued": "--map-user --map-group --map-users --map-groups --propagation --setgroups -S --setuid -G "
                "--setgid --monotonic --boottime", "directories": "-w --wd", "roots": "-R --root", "reads_input": True},
    "uv": {"stays": True, "verbs": "run",
           "valued": "-p --python -w --with --with-editable --with-requirements --extra --group --no-group "
           "--only-group --project --directory --env-file --package -i --index-url --extra-index-url --index "
           "--default-index -f --find-links --cache-dir --config-file --color --prerelease --resolution --link-mode"},
    "valgrind": {},
    "volta": {"stays": True, "verbs": "run", "valued": "--node --npm --yarn --pnpm"},
    "wait-for-it": {"separators": "--", "required": True},
    "wait-for-it.sh": {"separators": "--", "required": True},
    "watch": {"valued": "-n --interval -q --equexit", "strings": True},
    "with-contenv": {},
    "xargs": {"valued": "-I -n -P -L -d -a -E -s -J -R --arg-file --delimiter --max-args --max-procs --max-lines "
              "--max-chars"},
    "xvfb-run": {"valued": "-s --server-args -n --server-num -e --error-file -f --auth-file -p --xauth-protocol -w "
                 "--wait"},
    "yarn": {"stays": True, "verbs": "exec", "valued": "--cwd"},
}  # fmt: skip

# What they run is in their own names: https://github.com/tonistiigi/xx, https://github.com/crazy-max/goxx
CROSS_BUILDERS = {
    "goxx-apt-get": "apt-get", "xx-apk": "apk", "xx-apt": "apt", "xx-apt-get": "apt-get", "xx-cargo": "cargo",
    "xx-go": "go",
}  # fmt: skip


@cache
def launcher(name: str) -> Launcher | None:
    """Return the launcher of this name; None for a program that is not one."""
    line = TABLE.get(name)
    if line is None:
        return None
    given: dict[str, Any] = {**line}
    fields: dict[str, Any] = {key: frozenset(it.split()) if key in _SETS else it for key, it in given.items()}
    found = Launcher(**fields)
    valued = found.valued.union(found.scripts, found.users, found.directories, found.unsets, found.roots)
    return replace(found, valued=valued)


_SETS = frozenset(key for key, default in vars(Launcher).items() if default is _NONE)
