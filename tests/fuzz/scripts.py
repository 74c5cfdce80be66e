"""Shell scripts around the managers' commands. `JOINT` stands where a line may end and the command go on."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from fuzz.commands import OTHERS, command, manager

JOINT = "\x01"
_OPERATORS = (
    " && ", " && ", " && \x01", " && \x01", " \x01&& ", "; ", ";\x01 ", " || ", " \x01|| ", " | ", " & ", "&&", ";",
)  # fmt: skip
_WRAPPERS = (
    "sudo ", "sudo -E ", "sudo -u app ", "sudo -H -u app -- ", "env ", "env A=b ", "env -u A ", "time ", "nice -n 5 ", "exec ",
    "command ", "nohup ", "xargs ", "echo x | xargs -n 1 ", "gosu app ", "su-exec app ", "doas ", "timeout 10 ", "eval ",
    "retry ", "! ", "A=b ", "A=b C=\"d e\" ", "DEBIAN_FRONTEND=noninteractive ", "\\", "ionice -c 3 ", "stdbuf -oL ",
)  # fmt: skip
_GUARDS = (
    " || true",
    " || :",
    " || exit 1",
    " || echo no",
    " 2>/dev/null",
    " >/dev/null 2>&1",
    " # why",
    " && true",
    " &",
)


def simple(rng: Random) -> str:
    """Return a command with what may stand before it and after it."""
    text = rng.choice(OTHERS) if rng.random() < 0.35 else command(rng, manager(rng))
    while rng.random() < 0.12:
        text = rng.choice(_WRAPPERS) + text
    while rng.random() < 0.08:
        text += rng.choice(_GUARDS)
    return text


def _if(rng: Random, depth: int) -> str:
    text = f"if {script(rng, depth)}; then {script(rng, depth)}; "
    if rng.random() < 0.3:
        text += f"elif {simple(rng)}; \x01then {script(rng, depth)}; "
    if rng.random() < 0.3:
        text += f"else \x01{script(rng, depth)}; "
    return text + "fi"


def _case(rng: Random, depth: int) -> str:
    items = "".join(
        f" {rng.choice(('a)', 'b|c)', '*)', '(d)'))} \x01{script(rng, depth)} ;; \x01" for _ in range(rng.randint(1, 2))
    )
    return f'case "$A" in \x01{items} esac'


def _string(rng: Random, depth: int) -> str:
    """Return a script in a string, for a shell."""
    inner = script(rng, depth)
    front = rng.choice(
        (
            "sh -c ",
            "bash -c ",
            "bash -lc ",
            "sudo sh -c ",
            "su app -c ",
            "eval ",
            "/bin/sh -ec ",
            "bash -o pipefail -c ",
        )
    )
    if rng.random() < 0.6:
        return f"""{front}'{inner.replace("'", '"')}'"""
    return front + '"' + inner.replace("\\", "\\\\").replace('"', '\\"') + '"'


_SHAPES: tuple[Callable[[Random, int], str], ...] = (
    lambda rng, depth: f"({script(rng, depth)})",
    lambda rng, depth: f"( {script(rng, depth)} )",
    lambda rng, depth: f"{{ {script(rng, depth)}; }}",
    _if,
    _if,
    lambda rng, depth: f"for i in 1 2 $X; do {script(rng, depth)}; done",
    lambda rng, depth: f"while {simple(rng)}; do \x01{script(rng, depth)}; done",
    lambda rng, depth: f"until {simple(rng)}; do {script(rng, depth)}; \x01done",
    _case,
    lambda rng, depth: f"f() {{ {script(rng, depth)}; }}; f",
    lambda rng, depth: f"function g {{ {script(rng, depth)}; }}",
    _string,
    _string,
    lambda rng, depth: f'echo "$({script(rng, depth)})"',
    lambda rng, depth: f"A=$({script(rng, depth)})",
    lambda rng, _: f"`{simple(rng)}`",
    lambda rng, depth: f"[ -f x ] && {script(rng, depth)}",
    lambda rng, depth: f"{script(rng, depth)} || {{ {script(rng, depth)}; }}",
    lambda rng, depth: f"{{ {script(rng, depth)}; }} > /x/y",
    lambda rng, _: f"cat <({simple(rng)})",
    lambda rng, depth: f"(({depth} + 1)) && {simple(rng)}",
)


def script(rng: Random, depth: int = 0) -> str:
    """Return a list of commands, simple and compound."""
    text = _item(rng, depth)
    while rng.random() < (0.6, 0.35, 0.2, 0.1)[min(depth, 3)]:
        text += rng.choice(_OPERATORS) + _item(rng, depth)
    return text


def _item(rng: Random, depth: int) -> str:
    if depth < 4 and rng.random() < 0.13:
        return rng.choice(_SHAPES)(rng, depth + 1)
    return simple(rng)


def continued(rng: Random, text: str, escape: str = "\\") -> str:
    """Return the script as a RUN has it: joints become continuations, with comments and blank lines between them."""
    indent = rng.choice(("    ", "    ", "\t", " ", ""))
    pieces = text.split(JOINT)
    result = pieces[0]
    for piece in pieces[1:]:
        result += rng.choice(("", "", " ", "\t")) + escape + rng.choice(("", "", "", " ")) + "\n"
        while rng.random() < 0.12:
            result += rng.choice(("# why\n", "    # it's: \\\n", "\n", "  \n", "#\n", "\t# pip install x\n"))
        result += indent + piece
    return result


def lines(rng: Random, text: str) -> str:
    """Return the script as a here-document has it."""
    text = text.replace(" && \x01", " &&\n").replace(";\x01", "\n")
    return text.replace(JOINT, rng.choice(("", "", "\\\n")))
