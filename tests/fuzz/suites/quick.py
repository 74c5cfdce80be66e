"""The short way: what it calls silent, the engine has no finding for."""

from __future__ import annotations

from random import Random

from cachemount import engine
from cachemount.program.fast_path import cannot_have_findings
from cachemount.source import Source
from fuzz import dockerfiles, seeds
from fuzz.commands import OTHERS, manager, program
from fuzz.suite import Suite, expect

# Ways to say a word without writing it.
_PIECES = (
    "$A",
    "${A}",
    "$B",
    "$A$B",
    "${A}${B}",
    "p$Q",
    "$(echo pip)",
    "p\\\nip",
    "'p'ip",
    'p"ip"',
    "pi?",
    "\\pip",
    "${A:-pip}",
)
_HARMLESS = tuple(text for text in OTHERS if not set("|<`\\") & set(text) and "npm" not in text and "pip" not in text)
_LINES = (
    "ENV A=p", "ENV A=pi", "ENV B=ip", "ENV A=$B", "ENV A=${B}p", "ARG A=p", "ARG A", "ARG B=pi A=p", 'ENV A="p" B=\'ip\'',
    "ENV A p", "ENV A=p B=ip C=$A$B", "USER app", "WORKDIR /a", "COPY a b", "COPY --from=s0 a b", 'CMD ["a"]', "CMD a b",
    "LABEL a=b", "LABEL a", "ENV A", "EXPOSE 80", "VOLUME /a", 'VOLUME ["/a", "b"]', "VOLUME []", "STOPSIGNAL 9", "# a",
    "HEALTHCHECK NONE", "HEALTHCHECK --interval=5s CMD a", "HEALTHCHECK CMD a", "HEALTHCHECK CMD", "ONBUILD RUN a", "ADD a b",
    'SHELL ["/bin/sh", "-c"]', 'SHELL ["pip"]', "ENTRYPOINT a", 'ENTRYPOINT ["a", "b"]', "MAINTAINER a", "COPY --chown=a b c",
    "", "  ", "COPY --link a b", "COPY --chmod=755 a b", "ENV A='b c'", "ENV =a", "ENV A= B=", "LABEL =a", "ARG =a", "ARG A=",
    "EXPOSE a", "STOPSIGNAL a", "STOPSIGNAL $A", "USER", "USER a b", "WORKDIR a b", "WORKDIR", "EXPOSE 80/x", "EXPOSE $A",
    "HEALTHCHECK none", "HEALTHCHECK a", "ADD --link a b", "ADD --from=a b c", "COPY --from= a b", "FROM a AS s9", "FROM a AS A B",
    "VOLUME a b", "SHELL a", "SHELL []", "CMD", 'CMD ["a", ]', 'CMD ["a" "b"]', "CMD [a]", "ARG a b", "ARG 'a", "copy a b",
)  # fmt: skip


def check(text: str) -> None:
    if not cannot_have_findings(text):
        return
    report = engine.check(Source(path="Dockerfile", text=text))
    rules = [finding.rule for finding in (*report.findings, *(one.finding for one in report.suppressed))]
    expect(not rules, f"silent, but there is {sorted(set(rules))[:1]}", [one.message for one in report.findings])


def generate(rng: Random) -> str:
    if rng.random() < 0.1:
        return dockerfiles.dockerfile(rng)
    parts = [rng.choice(("", "", "# syntax=a", "# syntax=a\n# b", "ARG A=a", "#a", "# a=b", "ARG B=$A", "ARG A=pip"))]
    parts.append(
        f"FROM {rng.choice(('a', 'a', '$A', 'debian', 'pip', 'a AS s0', '--platform=$A b', 'a:$A as x', '${A:-b}'))}"
    )
    parts += [rng.choice(_LINES) if rng.random() < 0.55 else _run(rng) for _ in range(rng.randint(1, 3))]
    return "\n".join(parts) + rng.choice(("\n", "\n", "", " \\", "\\\n", "\n \n"))


def _run(rng: Random) -> str:
    words = []
    for _ in range(rng.randint(1, 3)):
        way = rng.random()
        if way < 0.25:
            words.append(rng.choice(_PIECES))
        elif way < 0.3:
            name = program(rng, manager(rng))
            at = rng.randint(0, len(name))
            words.append(
                name[:at]
                + rng.choice(("\\\n", "''", "$X", "_", "\\", "\\\n# a\n", "\\\n\n", "-", ".", "1"))
                + name[at:]
            )
        else:
            words.append(rng.choice(_HARMLESS))
        words.append(rng.choice((" install x", "", " && ", "; ", " ", " \\\n  ")))
    return "RUN " + "".join(words)


SUITE = Suite(name="quick", weight=18, generate=generate, check=check, seeds=seeds.dockerfiles)
