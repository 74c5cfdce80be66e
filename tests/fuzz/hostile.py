"""Hostile files: `python tests/fuzz/hostile.py --megabytes 10` prints how long each family takes.

Each is one thing over and over, or one in another. A family that takes longer than --limit makes the exit status 1.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cachemount import engine
from cachemount.embedded import hosts
from cachemount.engine import Report
from cachemount.files.patterns import match_name, match_path
from cachemount.policy.config_reader import parse
from cachemount.policy.model import ConfigError
from cachemount.program.fast_path import cannot_have_findings
from cachemount.source import Source
from fuzz.watchdog import TooSlowError, limit

Family = Callable[[int], str]


def repeated(head: str, unit: str, tail: str = "") -> Family:
    """Return a family of texts with a unit as often as it fits; `{}` in the unit is its number."""

    def made(size: int) -> str:
        if "{}" not in unit:
            return head + unit * (size // len(unit)) + tail
        return head + "".join(unit.replace("{}", str(number)) for number in range(size // (len(unit) + 4))) + tail

    return made


def nested(head: str, opening: str, core: str, closing: str, *, depth: int = 0) -> Family:
    """One in another: `depth` deep, or as deep as fits."""

    def made(size: int) -> str:
        count = depth or size // (len(opening) + len(closing) or 1)
        return head + opening * count + core + closing * count + "\n"

    return made


# The longest line that BuildKit reads, and the longest script that is read here.
_LINE = 60_000
_SCRIPT = 240_000
_FROM = "FROM debian:12\n"
_RUN = f"{_FROM}RUN "
_PIP = "pip install a"
_STEP = f"RUN {_PIP} && rm -rf /root/.cache\n"
DOCKERFILES: dict[str, Family] = {
    "blank lines": repeated(_FROM, "\n"),
    "comments": repeated(_FROM, "# a\n"),
    "comments, then a step": repeated(_FROM, "# a\n", _STEP),
    "pragmas": repeated(_FROM, "# cachemount: ignore[missing-cache-mount] a\n", _STEP),
    "one word": repeated(_RUN, "a"),
    "one line of words": repeated(_RUN, "a "),
    "continued lines": repeated(_RUN, "a \\\n", "b\n"),
    "continued installs": repeated(_RUN, f"{_PIP} && \\\n", "b\n"),
    "installs in a heredoc": repeated(f"{_RUN}<<E\n", f"{_PIP}\n", "E\n"),
    "comments in a step": repeated(f"{_RUN}{_PIP} \\\n", "# a\n", "b\n"),
    "blank lines in a step": repeated(f"{_RUN}{_PIP} \\\n", "\n", "b\n"),
    "steps": repeated(_FROM, _STEP),
    "steps of many managers": repeated(_FROM, "RUN apt-get install a; npm ci; go build; yarn; gem install b\n"),
    "managers in a step": repeated(_RUN, "apt-get install a; npm ci; go build; yarn; gem install b; ", "b\n"),
    "steps that clean up": repeated(_FROM, "RUN apt-get install a; npm ci; yarn; gem install b; rm -rf /root/.npm /tmp/a\n"),
    "comments, then steps": lambda size: "# a\n" * min(size // 8, 250_000) + repeated(_FROM, _STEP)(min(size, 60_000)),
    "settings, then steps": repeated(_FROM, "ENV PIP_NO_CACHE_DIR=1\nRUN pip install a\n"),
    "folders": repeated(_RUN, "cd a; ", "pip install a\n"),
    "stages": repeated("", "FROM a AS s{}\nRUN pip install a\n"),
    "stages on stages": repeated("FROM a AS s\n", "FROM s AS s\nRUN pip install a\n"),
    "variables": repeated(_FROM, "ENV A{}=$A\n", _STEP),
    "variables of one ENV": repeated(f"{_FROM}ENV ", "A{}=b ", f"\n{_STEP}"),
    "a variable that doubles": repeated(f"{_FROM}ENV A=xx\n", "ENV A=$A$A\n", "RUN $A\n"),
    "arguments": repeated("", "ARG A{}=b\n", _FROM),
    "mounts": repeated(_RUN, "--mount=type=cache,target=/a{} ", "pip install a\n"),
    "options of a mount": repeated(f"{_RUN}--mount=type=cache", ",id=a", " pip install a\n"),
    "flags": repeated(_RUN, "--a ", "pip install a\n"),
    "heredocs": repeated(_RUN, "<<A{} "),
    "heredocs, unterminated": repeated(_FROM, "RUN <<A{}\n"),
    "words of an exec form": repeated(f"{_RUN}[", '"pip",', '"a"]\n'),
    "copies": repeated(_FROM, "COPY --from=a /root/.cache/pip /x{}\n", _STEP),
    "quotes": repeated(_RUN, "'a'\"b\""),
    "open quotes": repeated(f"{_RUN}pip install ", "'\""),
    "operators": repeated(f"{_RUN}pip install a", " && "),
    "variables in a word": repeated(f"{_RUN}pip install ", "$A${B:-c}"),
    "assignments": repeated(_RUN, "A{}=b ", "pip install a\n"),
    "paths of rm": repeated(f"{_RUN}pip install a && rm -rf ", "/root/.cache/pip "),
    "brackets of rm": repeated(f"{_RUN}pip install a && rm -rf ", "[*"),
    "braces": repeated(f"{_RUN}pip install a && rm -rf ", "{a,b}"),
    "template marks": repeated(f"{_RUN}pip install ", "{{ a }} "),
    "bytes that are no UTF-8": repeated(f"{_RUN}pip install ", "\udcff"),
    "NUL": repeated(f"{_RUN}pip install ", "\x00"),
    "carriage returns": repeated(f"{_RUN}pip install a", "\r"),
    "spaces at line ends": repeated(f"{_RUN}pip install a", " ", "\\\n"),
    "subshells, nested": nested(_RUN, "(", _PIP, ")"),
    "substitutions, nested": nested(_RUN, "$(", _PIP, ")"),
    "substitutions in quotes, nested": nested(_RUN, 'echo "$(', _PIP, ')"'),
    "expansions, nested": nested(_RUN, "${A:-", _PIP, "}"),
    "blocks, nested": nested(_RUN, "{ ", _PIP, "; }"),
    "ifs, nested": nested(_RUN, "if a; then ", _PIP, "; fi"),
    "loops, nested": nested(_RUN, "while a; do ", _PIP, "; done"),
    "cases, nested": nested(_RUN, "case a in b) ", _PIP, ";; esac"),
    "functions, nested": nested(_RUN, "f() { ", _PIP, "; }"),
    "arithmetic, nested": nested(f"{_RUN}pip install ", "$((", "1", "))"),
    "strings for shells, nested": nested(_RUN, "sh -c ", f"'{_PIP}'", ""),
    "wrappers": nested(_RUN, "sudo ", _PIP, ""),
    "negations": nested(_RUN, "! ", _PIP, ""),
    "brackets of an exec form": nested(f"{_RUN}", "[", '"pip"', "]"),
    "continued lines, 1 MB": lambda size: repeated(_RUN, f"{_PIP} && \\\n", "b\n")(size // 10),
    "steps, 200 KB": lambda size: repeated(_FROM, _STEP)(size // 50),
    "nested 2,000 deep": nested(_RUN, "(if a; then ", _PIP, "; fi)", depth=2000),
}  # fmt: skip
CONFIGURATIONS: dict[str, Family] = {
    "entries": repeated("", '[[allow]]\nrules = ["missing-cache-mount"]\nreason = "a"\n'),
    "keys": repeated("", "a{} = 1\n"),
    "arrays, nested": nested("exclude = ", "[", "", "]"),
    "entries without paths": repeated("", '[[allow]]\nreason = "a"\nstages = ["b{}"]\n'),
    "blank lines": repeated("", "\n", "a =\n"),
    "patterns": repeated("exclude = [", '"a/**/b{}", ', "]\n"),
}
HOSTS: dict[str, Family] = {
    "services": repeated("services:\n", "  a{}: {build: {dockerfile_inline: 'FROM a'}}\n"),
    "lists, nested": nested("dockerfile_inline: ", "[", "", "]"),
    "a long block": repeated(
        "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM a\n", "        RUN pip install a\n"
    ),
}


def _sizes(family: Family, size: int) -> Iterator[tuple[str, str]]:
    """Yield a family as one line, one script, many of these, as many instructions as are read, and as large as asked."""
    yield "line", family(_LINE)
    yield "script", _folded(family(_SCRIPT))
    head, run, body = family(_SCRIPT).partition(_RUN)
    if run and not head and size > _SCRIPT:
        yield "scripts", _FROM + "".join(f"RUN {_folded(body)}" for _ in range(size // _SCRIPT))
    lines = family(size).split("\n")
    yield "lines", "\n".join(lines[:4900]) if len(lines) > 4900 else family(_LINE)
    yield "whole", _folded(family(size))


def _folded(text: str) -> str:
    """Return the text with its long lines continued, so that they are no longer than BuildKit reads."""
    return "\n".join(
        "\\\n".join(line[at : at + _LINE] for at in range(0, len(line), _LINE)) if len(line) > _LINE else line
        for line in text.split("\n")
    )


def _engine(text: str) -> str:
    cannot_have_findings(text)
    source = Source(path="Dockerfile", text=text)
    _, report = engine.fix(source)
    return _said(report)


def _said(report: Report) -> str:
    refused = [one.message for one in report.findings if one.rule == "unreadable-dockerfile"]
    return refused[0] if refused else f"{len(report.findings)} findings"


def _config(text: str) -> str:
    try:
        parse(".cachemount.toml", text.encode())
    except ConfigError as error:
        return str(error)[:100]
    return "read"


def _compose(text: str) -> str:
    return _said(hosts.fix(Source(path="compose.yaml", text=text), "compose")[1])


def _glob(text: str) -> str:
    half = len(text) // 2000
    return str([match_name("*a" * half + "b", "a" * half), match_path("**/a/" * half + "b", "a/" * half)])


_KINDS: tuple[tuple[str, dict[str, Family], Callable[[str], str]], ...] = (
    ("Dockerfile", DOCKERFILES, _engine),
    ("configuration", CONFIGURATIONS, _config),
    ("Compose", HOSTS, _compose),
    ("pattern", {"stars": repeated("", "*a")}, _glob),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--megabytes", type=float, default=10.0)
    parser.add_argument("--limit", type=float, default=5.0, help="seconds of processor time")
    parser.add_argument("--only", default="", help="families whose names hold this")
    options = parser.parse_args()
    slow = []
    for kind, families, treat in _KINDS:
        for name, family in families.items():
            if options.only not in name:
                continue
            parts = []
            for size, text in _sizes(family, int(options.megabytes * 1_000_000)):
                begun = time.process_time()
                try:
                    with limit(4 * options.limit):
                        said = treat(text)
                except TooSlowError:
                    said = "given up"
                seconds = time.process_time() - begun
                parts.append(f"{size} {seconds:.2f} s ({said[:70]})")
                if seconds > options.limit:
                    slow.append(f"{kind}: {name}, {size}")
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"{kind}: {name}: {'; '.join(parts)}; {peak} MB", flush=True)
    print(f"over {options.limit} s: {', '.join(slow) or 'none'}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
