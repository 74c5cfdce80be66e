"""Dockerfiles by their grammar, right ones and nearly right ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random

from cachemount.managers.model import PackageManager
from fuzz.commands import command, manager, place, variables
from fuzz.patterns import sample
from fuzz.scripts import JOINT, continued, lines, script, simple

IMAGES = (
    "debian:bookworm-slim", "ubuntu:24.04", "python:3.13-slim", "python:3.12-alpine", "node:22", "node:22-alpine",
    "golang:1.23", "alpine:3.20", "fedora:41", "rockylinux:9", "rust:1", "ruby:3.3", "php:8-cli", "maven:3-eclipse-temurin-21",
    "gradle:8", "mcr.microsoft.com/dotnet/sdk:8.0", "opensuse/leap", "archlinux", "continuumio/miniconda3", "scratch", "corp/base",
    "$BASE", "${BASE:-debian:12}", "debian:$TAG", "ghcr.io/astral-sh/uv:python3.12-bookworm", "oven/bun", "denoland/deno",
    "debian@sha256:abc", "--platform=$BUILDPLATFORM golang:1", "--platform=linux/amd64 node:20", "mambaorg/micromamba",
)  # fmt: skip
_MOUNTS = (
    "type=cache,target={}", "type=cache,target={}", "type=cache,target={},sharing=locked", "type=cache,id=x,target={}",
    "type=cache,target={},uid=1000,gid=1000", "type=cache,dst={}", "target={},type=cache", "type=cache,tagret={}",
    "type=cache,target={},mode=0777", "type=cache,sharing=private,destination={}", "type=cache,target={},sharing=x",
    "type=secret,id=x", "type=bind,target={}", "type=bind,source=.,target={},rw", "type=tmpfs,target={}", "type=ssh",
    "type=cache", "type=cache,target=/", "type=cache,target=", "type=volume,target={}", "type=cache,target={},uid=app",
    'type=cache,"target={}"', "type=cache,target={},from=$X", "type=cache,id=$ID,target={}", "TYPE=cache,Target={}",
    "type=cache,target={},", "type=cache,target={},ro", "type=cache,target={},from=s0,source=/x", "{}",
)  # fmt: skip
_OTHERS = (
    "WORKDIR /app", "WORKDIR src", "WORKDIR $HOME/x", "USER root", "USER app", "USER 1000", "USER 1000:1000", "USER node",
    "USER $U", "COPY . .", "COPY --from=s0 /root/.m2 /root/.m2", "COPY --chown=app:app a b ./", "ADD x /y", "COPY --link a b",
    "ARG X", "ARG X=1", "ARG U=app P=pip", "ARG PIP_NO_CACHE_DIR=1", "ENV A=b", "ENV A b c", "ENV HOME=/home/app", "ENV P=pip",
    "ENV PATH=/opt/conda/bin:$PATH", "EXPOSE 80", "LABEL a=b 'c d'=e", "VOLUME /root/.cache", 'VOLUME ["/data"]', "STOPSIGNAL 9",
    'CMD ["pip", "list"]', "CMD mvn exec:java", 'ENTRYPOINT ["go", "run", "."]', "HEALTHCHECK NONE", "HEALTHCHECK CMD pip check",
    "RUN useradd -m -u 1001 app", "RUN adduser -D -h /home/app app", "RUN --network=none make", "MAINTAINER x", "# a comment",
    "# hadolint ignore=DL3008", "# cachemount: ignore[missing-cache-mount] it is known", "# cachemount: ignore-file[x]", "", "",
    "# cachemount: ignore[discarded-cache, unused] why", "# check=skip=all", "\t", "ONBUILD USER app", "ONBUILD ENV A=b",
    "ENV DEBIAN_FRONTEND=noninteractive \\\n    LANG=C \\\n    # c\n    X=1",
    'SHELL ["/bin/bash", "-o", "pipefail", "-c"]', 'SHELL ["powershell", "-Command"]', 'SHELL ["cmd", "/S", "/C"]',
    "COPY <<EOF /etc/pip.conf\n[global]\nno-cache-dir = true\nEOF", "COPY <<-'A' <<\"B\" /x/\n\ta\n\tA\nb\nB",
    "RUN echo 'Binary::apt::APT::Keep-Downloaded-Packages \"true\";' > /etc/apt/apt.conf.d/keep", "COPY --from=build /x /y",
)  # fmt: skip
_WRONG = (
    "RUN",
    "FROM",
    "BLAH x",
    "COPY a",
    "ONBUILD",
    "{{ x }}",
    "{% if x %}",
    "ENV",
    "RUN --mount x make",
    "RUN --x=y make",
    "x",
)


def mount(rng: Random, one: PackageManager | None = None) -> str:
    caches = (one or manager(rng)).caches
    templates = [
        template for cache in caches for template in (*cache.locations, *cache.substitutes, *cache.root_locations)
    ]
    target = place(rng, rng.choice(templates or ["/x"]))
    if rng.random() < 0.15:
        target = rng.choice(
            (target + "/", target + "/x", target.rsplit("/", 1)[0] or "/", "~/.cache", "$X", "${X}/y", "x")
        )
    text = rng.choice(_MOUNTS[:5] if one else _MOUNTS).format(target)
    quote = rng.choice(("", "", "", "", "", '"', "'"))
    return ("--mount=" if rng.random() < 0.97 else "mount=") + quote + text + quote


def focused(rng: Random, escape: str = "\\") -> str:
    """Return a RUN about one manager: its mounts, its downloads, and what empties or switches off its cache."""
    one = manager(rng)
    flags = "".join(f"{mount(rng, one)} {rng.choice(('', JOINT))}" for _ in range(rng.choice((0, 1, 1, 2))))
    parts = [*variables(rng, one, 0.1), command(rng, one)]
    text = " ".join(parts)
    for _ in range(rng.randint(0, 2)):
        text += rng.choice((" && ", f" && {JOINT}", "; ", f" {JOINT}&& ")) + command(rng, one)
    return continued(rng, f"RUN {flags}{text}", escape)


def run(rng: Random, escape: str = "\\") -> str:
    """Return a RUN in one of its forms."""
    flags = ""
    while rng.random() < 0.3:
        flags += mount(rng) + rng.choice((" ", " ", f" {JOINT}"))
    if rng.random() < 0.03:
        flags += rng.choice(("--network=host ", "--network=none ", "--security=insecure ", "-- ", "--device=x "))
    keyword = rng.choice(
        ("RUN ", "RUN ", "RUN ", "RUN ", "RUN ", "run ", "RUN  ", "RUN\t", f"RUN {JOINT}", "ONBUILD RUN ")
    )
    way = rng.random()
    if way < 0.78:
        return continued(rng, keyword + flags + script(rng), escape)
    if way < 0.93:
        return continued(rng, keyword + flags, escape) + heredoc(rng)
    if way < 0.98:
        words = simple(rng).split() if rng.random() < 0.5 else ["sh", "-c", script(rng).replace(JOINT, "")]
        return continued(rng, keyword + flags, escape) + json.dumps(words, ensure_ascii=rng.random() < 0.5)
    return continued(rng, f"{keyword}{flags}{script(rng)} {mount(rng)}", escape)


def heredoc(rng: Random) -> str:
    """`<<EOF` and its body: a script of its own, or what another program gets."""
    name = rng.choice(("EOF", "EOF", "E", "end"))
    chomp = rng.choice(("", "", "-"))
    quote = rng.choice(("", "", '"', "'"))
    front = rng.choice(("", "", "", "bash ", "sh -e ", "cat > /x ", "python3 ", "bash -s ", "cat "))
    behind = rng.choice(("", "", "", " && make", " | sh", " > /y", f" && {simple(rng).replace(JOINT, '')}"))
    first = rng.choice(("", "", "", "", "#!/bin/bash\n", "#!/usr/bin/env python3\n", "set -e\n", "# c\n"))
    body = "\n".join(lines(rng, script(rng)) for _ in range(rng.randint(1, 4)))
    if chomp:
        body = "\t" + body.replace("\n", "\n\t")
    return f"{front}<<{chomp}{quote}{name}{quote}{behind}\n{first}{body}\n{chomp and rng.choice((chr(9), ''))}{name}"


def _environment(rng: Random) -> str:
    return " ".join(["ENV", *(variables(rng, manager(rng), 0.8) or ["A=b"])])


def _runtime(rng: Random) -> str:
    patterns = manager(rng).runtime
    return f"CMD {sample(rng, rng.choice(patterns))}" if patterns else "CMD x"


def _evidence(rng: Random) -> str:
    texts = [text for keep in manager(rng).retentions for text in keep.evidence]
    text = sample(rng, rng.choice(texts)).replace("\n", " ") if texts else "x"
    return rng.choice(("COPY {} /etc/x", "RUN echo '{}' >> /etc/x", "ENV X='{}'")).format(text)


_PARTS: tuple[Callable[[Random], str], ...] = (_environment, _environment, _runtime, _evidence)


def dockerfile(rng: Random) -> str:
    """Return a whole file."""
    parts = []
    escape = "`" if rng.random() < 0.04 else "\\"
    if rng.random() < 0.15:
        parts.append(rng.choice(("# syntax=docker/dockerfile:1", "# check=error=true", "#!/usr/bin/env x", "# c", "")))
    if escape == "`":
        parts.append("# escape=`")
    if rng.random() < 0.2:
        parts.append(rng.choice(("ARG BASE=debian:12", "ARG TAG=1", "ARG BASE", "ARG TAG=1 BASE=$TAG", "# c")))
    for number in range(rng.choice((1, 1, 1, 2, 2, 3))):
        parts.append(_from(rng, number))
        for _ in range(rng.choice((1, 2, 2, 3, 4, 6))):
            way = rng.random()
            if way < 0.3:
                parts.append(run(rng, escape))
            elif way < 0.55:
                parts.append(focused(rng, escape))
            elif way < 0.56:
                parts.append(rng.choice(_WRONG))
            elif way < 0.65:
                parts.append(rng.choice(_PARTS)(rng))
            else:
                other = rng.choice(_OTHERS)
                parts.append(other if escape == "\\" else other.replace("\\\n", "`\n"))
    return _dressed(rng, "\n".join(parts))


def _from(rng: Random, number: int) -> str:
    if number and rng.random() < 0.4:
        return f"FROM s{rng.randrange(number)} AS s{number}"
    name = rng.choice((f" AS s{number}", f" as s{number}", f" AS s{number}", "" if number else " AS s0"))
    return f"FROM {rng.choice(IMAGES)}{name}"


def _dressed(rng: Random, text: str) -> str:
    """Line ends, byte order mark, indentation, what is no UTF-8."""
    text += rng.choice(("\n", "\n", "\n", "", "\n\n", " \\\n", "\n# end", "\n\t"))
    way = rng.random()
    if way < 0.12:
        text = text.replace("\n", "\r\n")
    elif way < 0.14:
        text = "".join(line + rng.choice(("\n", "\r\n")) for line in text.split("\n"))
    elif way < 0.16:
        text = text.replace("\nRUN", "\n  RUN").replace("\nENV", "\n\tENV")
    elif way < 0.18:
        at = rng.randint(0, len(text))
        text = text[:at] + rng.choice(("\udcff", "\udce9", "é", "\x00", "\u2028", "\U0001f4a9")) + text[at:]
    return ("\ufeff" if rng.random() < 0.04 else "") + text
