"""A root folder in which scripts run: dash, bash, and stub programs that log their arguments and fail as they are told.

Nothing else is there, so that a script can do no harm. Root enters it by chroot, others by a user namespace.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import shutil
import signal
import subprocess
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cachemount.managers import MANAGERS

SHELLS = ("dash", "bash")
# A script takes a twentieth of a second.
SECONDS = 20

# Where programs are told to fail at this, apt can fetch no index: a word that is in no script.
NO_INDEX = "no-index"
_SEPARATOR = "\x1f"
_STUB = r"""#!/bin/sh
name=${0##*/}
line=$name
for word; do line="$line@SEPARATOR@$word"; done
printf '%s\n' "$line" >> /log
case $name in rm|rmdir|unlink|find) exit 0;; esac
IFS= read -r fail < /fail
case $name in @READERS@) case "$fail: $* " in *" @NO_INDEX@ "*:*" update "*) exit 1;; esac;; esac
for word; do case $word in -*) ;; @FIRST@) exit 0;; *) break;; esac; done
case " $* " in @CLEANERS@|*cache_clean*|*" -Scc "*) exit 0;; esac
for word in "$name" "$@"; do
  [ -n "$word" ] || continue
  case $fail in *" $word "*) exit 1;; esac
done
exit 0
"""
_CAT = """#!/bin/sh
case $1 in
''|-) while IFS= read -r line || [ -n "$line" ]; do printf '%s\\n' "$line"; done;;
*) exec /stubs/cat_file "$@";;
esac
"""
_LAUNCHER = """#!/bin/sh
case ${0##*/} in
gosu|su-exec) shift;;
su|script) while case $1 in -*c) false;; esac; do shift || exit 1; done; exec sh -c "$2";;
esac
while [ $# -gt 0 ]; do
  case $1 in
  -S) eval "shift 2; set -- $2 \\"\\$@\\"";;
  -u|-n|-c|-g) shift 2 || exit 1;; -*|*=*|[0-9]*) shift;; *) break;; esac
done
[ $# -eq 0 ] || exec "$@"
"""
_LAUNCHERS = (
    "sudo",
    "script",
    "env",
    "time",
    "nice",
    "nohup",
    "timeout",
    "xargs",
    "gosu",
    "su-exec",
    "doas",
    "su",
    "ionice",
    "stdbuf",
)
_REAL = {"sh": "dash", "dash": "dash", "ash": "dash", "zsh": "dash", "ksh": "dash", "bash": "bash"}
# Names that programs have; what a shell does itself is never looked up.
_VOLATILE = ("log", "fail", "dev/null")
_NAME = re.compile(r"[A-Za-z0-9_][\w.+-]*")
_PATH = re.compile(r"(?<![\w.$}~*-])/(?:usr/local/|usr/|opt/[\w.-]+/)?s?bin/[\w.+-]+")


@dataclass(frozen=True)
class Outcome:
    """How a script ended, and the calls of programs: each one's name and arguments."""

    status: int
    calls: tuple[tuple[str, ...], ...]


@cache
def cleaners() -> tuple[str, ...]:
    """Return the verbs that empty a cache, and those that fetch an index: a fix may remove or add them."""
    found = {" ".join(verb) for manager in MANAGERS for one in manager.cleaners for verb in one.verbs if verb}
    found |= {" ".join(verb) for manager in MANAGERS for verb in manager.refresh_verbs}
    found |= {manager.fetch_command.partition(" ")[2] for manager in MANAGERS if manager.fetch_command}
    found |= {
        text.partition(" ")[2]
        for manager in MANAGERS
        for text in manager.revalidate.values()
        if not re.match(r"-|\S+=", text)
    }
    found |= {"modifyrepo --keep-packages"}
    return tuple(sorted(found))


def is_long(verb: str) -> bool:
    """Return whether a verb is one wherever it stands: `mc` is a package as well."""
    return len(verb) > 3


class Room:
    """The folder. `close` removes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._written: dict[str, str] = {}
        for name in ("bin", "stubs", "work", "dev", "root", "tmp", "etc"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for program in SHELLS:
            found = shutil.which(program)
            assert found is not None, program
            self._copy(Path(found), folder / "bin" / program)
            for library in self._libraries(found):
                self._copy(library, folder / library.relative_to("/"))
        (folder / "dev" / "null").touch()
        patterns = "|".join(f'*" {verb} "*' for verb in cleaners() if is_long(verb))
        stub = _STUB.replace("@SEPARATOR@", _SEPARATOR).replace("@CLEANERS@", patterns)
        stub = stub.replace("@FIRST@", "|".join(verb for verb in cleaners() if verb.isalpha() and not is_long(verb)))
        readers = next("|".join(one.programs) for one in MANAGERS if one.name == "apt")
        stub = stub.replace("@NO_INDEX@", NO_INDEX).replace("@READERS@", readers)
        self._write("stub", stub)
        self._write("cat", _CAT)
        self._write("launcher", _LAUNCHER)
        for name, program in _REAL.items():
            if name != program:
                (folder / "bin" / name).symlink_to(program)
        (folder / "stubs" / "cat_file").symlink_to("stub")
        (folder / "bin" / "cat").symlink_to("/stubs/cat")
        for name in _LAUNCHERS:
            (folder / "bin" / name).symlink_to("/stubs/launcher")
        self._stubs: set[str] = set()
        self._known = self._listed()

    def prepare(self, texts: Iterable[str]) -> None:
        """Put a stub there for each word of the scripts that may be a program."""
        self._sweep()
        for text in texts:
            for name in {f"/bin/{word}" for word in _NAME.findall(text)} | {*_PATH.findall(text)}:
                path = self.folder / name[1:]
                if name in self._stubs or path.is_symlink() or path.exists() or len(path.name) > 60:
                    continue
                # A script that names `/usr/bin` alone has a stub there.
                if any(one.is_symlink() for one in path.parents):
                    continue
                path.parent.mkdir(parents=True, exist_ok=True)
                path.symlink_to("/stubs/stub")
                self._stubs.add(name)
        self._known = self._listed()

    def run(
        self, shell: Sequence[str], text: str, failing: Collection[str], variables: Iterable[tuple[str, str]] = ()
    ) -> Outcome | None:
        """Run a script; None where it does not end."""
        self._sweep()
        (self.folder / "fail").write_text(f" {' '.join(sorted(failing))} \n", encoding="utf-8")
        (self.folder / "log").write_text("", encoding="utf-8")
        enter = ["chroot"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "chroot"]
        command = [*enter, str(self.folder), f"/bin/{shell[0]}", *shell[1:], text]
        # All that runs holds the one end of it, in the background too.
        ends, held = os.pipe()
        process = subprocess.Popen(
            command,
            pass_fds=[held],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**dict(variables), "PATH": "/bin:/usr/bin:/sbin:/usr/sbin:/usr/local/bin", "HOME": "/root"},
            start_new_session=True,
        )
        os.close(held)
        try:
            if not select.select([ends], [], [], SECONDS)[0]:
                return None
            status = process.wait(SECONDS)
        finally:
            os.close(ends)
            self._end(process)
        lines = (self.folder / "log").read_text(encoding="utf-8", errors="surrogateescape").split("\n")
        return Outcome(status, tuple(tuple(line.split(_SEPARATOR)) for line in lines if line))

    def accepts(self, shell: str, text: str) -> bool:
        """Return whether a shell can read a script, which is not run."""
        done = subprocess.run(
            [shell, "-n"], input=text.encode("utf-8", "surrogateescape"), capture_output=True, check=False
        )
        return done.returncode == 0

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _sweep(self) -> None:
        """Remove what the last script has made; what it has overwritten is written anew."""
        now = self._listed()
        for name in sorted(now.keys() - self._known.keys(), reverse=True):
            path = self.folder / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        changed = [name for name, state in self._known.items() if now.get(name) != state and name not in _VOLATILE]
        for name in self._written.keys() & changed:
            # A script has written to a program of its own, which is a link to it.
            self._write(name.removeprefix("stubs/"), self._written[name])
            changed.remove(name)
        assert not changed, f"a script changed {changed}"

    def _listed(self) -> dict[str, tuple[int, int]]:
        found = {}
        waiting = [os.fspath(self.folder)]
        length = len(waiting[0]) + 1
        while waiting:
            for entry in os.scandir(waiting.pop()):
                regular = entry.is_file(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                size = entry.stat(follow_symlinks=False).st_size if regular else 0
                found[entry.path[length:]] = (regular + 2 * entry.is_symlink(), size)
        return found

    def _write(self, name: str, text: str) -> None:
        self._written[f"stubs/{name}"] = text
        path = self.folder / "stubs" / name
        path.unlink(missing_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            shutil.copy(source.resolve(), target)

    @staticmethod
    def _libraries(program: str) -> list[Path]:
        shown = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        return [Path(path) for path in re.findall(r"(/\S+) \(0x", shown)]
