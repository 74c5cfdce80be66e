"""Dockerfiles whose scripts have every form in which a clean-up, a download and `set` can stand together."""

from __future__ import annotations

from random import Random

from cachemount.managers import MANAGERS
from cachemount.managers.model import PackageManager
from fuzz import commands, dockerfiles

# On an image where it is at home; apk, apt and dnf count for nothing elsewhere.
_IMAGES = {
    "apk": "alpine:3.20", "apt": "debian:13", "pip": "python:3.13", "npm": "node:22", "yarn": "node:22",
    "dnf": "fedora:41", "composer": "composer:2", "poetry": "python:3.13",
}  # fmt: skip
_MANAGERS = tuple(one for one in MANAGERS if one.name in _IMAGES)
_SETS = (
    "set -e", "set -ex", "set -Eeu", "set -eu -o pipefail", "set -o errexit", "set -u", "set -x", "set +e",
    "set +o errexit", "set -- -e", "set -e &", "(set -e)", "set -euo pipefail", "true && set -e",
    "set -uo pipefail -e", "false || set -e", "set +x -e", "set -e +u", "set +ex", "set -", "set -o errexit -o nounset",
    "set -e -- a b", "! set -e", "{ set -e; }", "if one; then set -e; fi", "e() { set -e; }; e", "set -n +n -e",
)  # fmt: skip
# As a command among others; in front of a script all of them.
_PLAIN_SETS = _SETS[:13]
_CALLS = {
    "apk": ("apk add -U {}", "apk add {}"), "apt": ("apt-get update && apt-get install -y {}", "apt-get install -y {}"),
    "pip": ("pip install {}",), "npm": ("npm install {}",), "yarn": ("yarn add {}",), "dnf": ("dnf install -y {}",),
    "composer": ("composer require {}",), "poetry": ("poetry add {}",),
}  # fmt: skip
_OPERATORS = ("; ", "; ", " && ", " && ", " || ", "\n", " & ", " | ")
_HEREDOCS = (
    "cat > /tmp/x <<X\none $i\nX\n", "cat <<'X' >> /tmp/x\nrm -rf $HOME\nX\n", "one <<-X\n\tpip install a\n\tX\n",
    "cat <<X <<Y\na\nX\nb\nY\n", "sh -e <<X\none\nfalse\ntwo x\nX\n", "while read -r i; do one $i; done <<X\na\nb\nX\n",
)  # fmt: skip
_OTHERS = (
    "one", "two x", "three", "[ -f x ]", "test y", "echo done", "true", "false", "cd /x", "grep q", "f", ":",
    "export A=b", "A=b", "A=b C=d", "one > /tmp/x", "one 2>&1", "trap 'one' EXIT", "return 0", "one $(two x)",
    "A=$(false)", "exit 0", "shift", "unset A", "[ -n \"$A\" ]", "wait", "one # why",
)  # fmt: skip


def dockerfile(rng: Random) -> str:
    """Return a Dockerfile: two of three are about one manager, the others any that the fuzzer's grammar makes."""
    if rng.random() < 0.25:
        return f"FROM {rng.choice(tuple(_IMAGES.values()))}\n{dockerfiles.run(rng)}\n"
    one = rng.choice(_MANAGERS)
    script = _list(rng, one, 0)
    if rng.random() < 0.7:
        # Else many would download nothing.
        pieces = [_call(rng, one), rng.choice(_OPERATORS[:6]), script]
        script = "".join(pieces if rng.random() < 0.5 else reversed(pieces))
    if rng.random() < 0.5:
        script = f"{rng.choice(_SETS)}{rng.choice(('; ', ' && ', chr(10)))}{script}"
    head = f"FROM {_IMAGES[one.name]}\n"
    if one.name == "apt":
        head += "RUN apt-get update\n"
    if rng.random() < 0.15:
        head += f'SHELL ["/bin/bash", "{rng.choice(("-e", "-ex", "-eu"))}", "-c"]\n'
    way = rng.random()
    if "\n" not in script and way < 0.6:
        return f"{head}RUN {script}\n"
    front = rng.choice(("", "", "bash ", "bash -e ", "sh -eu ", "bash -o errexit ", "bash -s "))
    first = rng.choice(("", "", "", "#!/bin/sh\n", "#!/bin/bash\n", "#!/bin/bash -e\n", "# why\n")) if not front else ""
    return f"{head}RUN {front}<<EOF\n{first}{script}\nEOF\n"


def _call(rng: Random, one: PackageManager) -> str:
    return rng.choice(_CALLS[one.name]).format(rng.choice(("a", "b", "c")))


def _list(rng: Random, one: PackageManager, depth: int) -> str:
    text = _item(rng, one, depth)
    while rng.random() < (0.75, 0.5, 0.3)[min(depth, 2)]:
        operator = rng.choice(_OPERATORS[:5] if depth else _OPERATORS)
        if text.endswith("\n"):
            # The lines of a heredoc end with its delimiter.
            operator = ""
        item = _item(rng, one, depth)
        # No shell takes a `!` there; a script in a heredoc is refused only when it is run.
        text += operator + (item.removeprefix("! ") if operator == " | " else item)
    return text


def _item(rng: Random, one: PackageManager, depth: int) -> str:
    way = rng.random()
    if depth < 3 and way < 0.22:
        return _compound(rng, one, depth + 1)
    if way < 0.47:
        return _call(rng, one)
    if way < 0.75:
        text = commands.cleaner(rng, one) if one.cleaners and rng.random() < 0.4 else f"rm -rf {_place(rng, one)}"
        return text + rng.choice(("", "", "", " || true", " || exit 1"))
    if way < 0.8:
        return rng.choice(_PLAIN_SETS)
    if not depth and way < 0.83:
        return rng.choice(_HEREDOCS)
    front = rng.choice(("", "", "", "", "! ", "time ", "exec ", "sudo ", "command ", "! time ", "time -p "))
    return front + rng.choice(_OTHERS)


def _place(rng: Random, one: PackageManager) -> str:
    caches = [cache for cache in one.caches if cache.locations]
    path = commands.place(rng, rng.choice(caches).locations[-1]).replace("$HOME", "/root")
    return path + rng.choice(("", "/*"))


def _compound(rng: Random, one: PackageManager, depth: int) -> str:
    def inner() -> str:
        return _list(rng, one, depth)

    return rng.choice((
        lambda: f"({inner()})",
        lambda: f"{{ {inner()}; }}",
        lambda: f"if {rng.choice(('one', 'two', '! three', inner()))}; then {inner()}; fi",
        lambda: f"if one; then {inner()}; else {inner()}; fi",
        lambda: f"for i in 1 2; do {inner()}; done",
        lambda: f"while one; do {inner()}; break; done",
        lambda: f"until one; do {inner()}; break; done",
        lambda: f"case x in x) {inner()};; *) {inner()};; esac",
        lambda: f"f() {{ {inner()}; }}; f",
        lambda: f"f() ( {inner()} ); f && one",
        lambda: f"function f {{ {inner()}; }}; f || two x",
        lambda: f"! {{ {inner()}; }}",
        lambda: f"! ( {inner()} )",
        lambda: f"time {{ {inner()}; }}",
        lambda: f"{{ {inner()}; }} > /tmp/x 2>&1",
        lambda: f"""{rng.choice(("sh -c", "bash -ec", "sudo sh -c", "eval"))} '{inner()}'""",
        lambda: f"trap '{inner()}' EXIT",
        lambda: f"{{ {inner()}; }} || {inner()}",
        lambda: f"( {inner()} ) && {inner()}",
    ))()  # fmt: skip
