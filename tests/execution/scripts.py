"""Dockerfiles whose scripts have every form in which a clean-up, a download and `set` can stand together."""

from __future__ import annotations

from random import Random

from cachemount.managers import MANAGERS
from cachemount.managers.model import PackageManager
from fuzz import commands, dockerfiles

_MANAGERS = tuple(
    one for one in MANAGERS if one.name in ("apk", "apt", "pip", "npm", "yarn", "dnf", "composer", "poetry")
)
_SETS = (
    "set -e", "set -ex", "set -Eeu", "set -eu -o pipefail", "set -o errexit", "set -u", "set -x", "set +e",
    "set +o errexit", "set -- -e", "set -e &", "(set -e)", "set -euo pipefail", "true && set -e",
    "set -uo pipefail -e",     "false || set -e",
)  # fmt: skip
_CALLS = {
    "apk": "apk add -U {}", "apt": "apt-get update && apt-get install -y {}", "pip": "pip install {}",
    "npm": "npm install {}",
    "yarn": "yarn add {}",
    "dnf": "dnf install -y {}", "composer": "composer require {}", "poetry": "poetry add {}",
}  # fmt: skip
_OPERATORS = ("; ", "; ", " && ", " && ", " || ", "\n", " & ", " | ")


def dockerfile(rng: Random) -> str:
    """Return a Dockerfile: two of three are about one manager, the others any that the fuzzer's grammar makes."""
    if rng.random() < 0.33:
        return f"FROM debian\n{dockerfiles.run(rng)}\n"
    one = rng.choice(_MANAGERS)
    script = _list(rng, one, 0)
    if rng.random() < 0.5:
        script = f"{rng.choice(_SETS)}{rng.choice(('; ', ' && ', chr(10)))}{script}"
    head = "FROM debian\n"
    if rng.random() < 0.15:
        head += f'SHELL ["/bin/bash", "{rng.choice(("-e", "-ex", "-eu"))}", "-c"]\n'
    way = rng.random()
    if "\n" not in script and way < 0.6:
        return f"{head}RUN {script}\n"
    front = rng.choice(("", "", "bash ", "bash -e ", "sh -eu ", "bash -o errexit ", "bash -s "))
    return f"{head}RUN {front}<<EOF\n{script}\nEOF\n"


def _list(rng: Random, one: PackageManager, depth: int) -> str:
    text = _item(rng, one, depth)
    while rng.random() < (0.75, 0.5, 0.3)[min(depth, 2)]:
        operator = rng.choice(_OPERATORS[:5] if depth else _OPERATORS)
        text += operator + _item(rng, one, depth)
    return text


def _item(rng: Random, one: PackageManager, depth: int) -> str:
    way = rng.random()
    if depth < 3 and way < 0.22:
        return _compound(rng, one, depth + 1)
    if way < 0.47:
        return _CALLS[one.name].format(rng.choice(("a", "b", "c")))
    if way < 0.75:
        text = commands.cleaner(rng, one) if one.cleaners and rng.random() < 0.4 else f"rm -rf {_place(rng, one)}"
        return text + rng.choice(("", "", "", " || true", " || exit 1"))
    if way < 0.8:
        return rng.choice(_SETS[:13])
    front = rng.choice(("", "", "", "", "! ", "time ", "exec ", "sudo "))
    return front + rng.choice(
        ("one", "two x", "three", "[ -f x ]", "test y", "echo done", "true", "false", "cd /x", "grep q", "f")
    )


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
        lambda: f"case x in x) {inner()};; *) {inner()};; esac",
        lambda: f"f() {{ {inner()}; }}; f",
        lambda: f"! {{ {inner()}; }}",
        lambda: f"time {{ {inner()}; }}",
        lambda: f"""{rng.choice(("sh -c", "bash -ec", "sudo sh -c", "eval"))} '{inner()}'""",
        lambda: f"{{ {inner()}; }} || {inner()}",
    ))()  # fmt: skip
