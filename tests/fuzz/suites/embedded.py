"""Dockerfiles in Compose and Bake files: what is not the Dockerfile stays, and what is becomes what was meant."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from cachemount.embedded import hosts
from cachemount.embedded.hosts import Kind
from cachemount.engine import Report
from cachemount.source import Source
from fuzz import dockerfiles, seeds
from fuzz.suite import Suite, expect

_PATHS: tuple[tuple[str, Kind], ...] = (
    ("compose.yaml", "compose"),
    ("docker-bake.hcl", "bake"),
    ("docker-bake.json", "bake"),
)


def check(text: str) -> None:
    for path, kind in _PATHS:
        source = Source(path=path, text=text)
        report = hosts.check(source, kind)
        _report(report)
        if kind == "bake":
            expect(hosts.fix(source, kind)[0].text == text, "a repair of a Bake file")
            continue
        fixed, rest = hosts.fix(source, kind)
        left = [one for one in rest.findings if one.fix is not None and one.fix.safe]
        expect(not left, "a repair is left to make", left[:1])
        if fixed.text == text:
            continue
        again, _ = hosts.fix(fixed, kind)
        expect(again.text == fixed.text, "a second repair changes the text", repr(again.text))
        host = _without_inline(text)
        expect(host is None or _without_inline(fixed.text) == host, "a repair changes the host", repr(fixed.text))
        if "\r\n" in text and "\n" not in text.replace("\r\n", ""):
            expect("\n" not in fixed.text.replace("\r\n", ""), "a repair writes other line ends", repr(fixed.text))


def _report(report: Report) -> None:
    size = len(report.source.text)
    for one in report.findings:
        expect(0 <= one.span.start <= one.span.end <= size, "a finding outside the text", one)
        for edit in one.fix.edits if one.fix else ():
            expect(0 <= edit.span.start <= edit.span.end <= size, "an edit outside the text", edit)
    order = [(one.span, one.rule) for one in report.findings]
    expect(order == sorted(order), "findings out of order", order)


def _without_inline(text: str) -> list[Any] | None:
    """Return the documents, without their Dockerfiles; None where Compose would not take them either."""
    try:
        documents = list(YAML(typ="safe", pure=True).load_all(text.removeprefix("\ufeff")))
    except (YAMLError, ValueError):
        return None
    stack: list[Any] = list(documents)
    seen = set()
    while stack:
        one = stack.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, dict):
            if isinstance(one.get("dockerfile_inline"), str):
                one["dockerfile_inline"] = ""
            stack += one.values()
        elif isinstance(one, list):
            stack += one
    return documents


def generate(rng: Random) -> str:
    inline = dockerfiles.dockerfile(rng).replace("\x00", "")
    way = rng.random()
    if way < 0.15:
        return json.dumps({"target": {"a": {"dockerfile-inline": inline}}}, indent=rng.choice((None, 2)))
    if way < 0.3:
        mark = rng.choice(("<<EOF", "<<-EOF", "<<E"))
        return f'target "a" {{\n  dockerfile-inline = {mark}\n{inline}\n{mark.strip("<-")}\n}}\n'
    return _compose(rng, inline)


def _compose(rng: Random, inline: str) -> str:
    end = "\r\n" if "\r\n" in inline else "\n"
    if rng.random() < 0.5:
        inline = inline.replace("$", "$$")
    indent = " " * rng.choice((8, 8, 8, 10, 7))
    style = rng.choice(("|", "|", "|", "|-", "|+", "|2", ">", ">-", "json", "| # c", "&x |", "!!str |"))
    if style == "json":
        value = " " + json.dumps(inline)
    else:
        body = (indent + line if line.strip() else line for line in inline.replace("\r\n", "\n").split("\n"))
        value = f" {style}\n" + "\n".join(body)
    before = rng.choice(("", "# c\n", "version: '3'\n", "x-a: &a {b: 1}\n", "---\n", "\ufeff"))
    behind = rng.choice(("", "    ports: ['80:80']\n", "  db:\n    image: x\n", "...\n", "# end\n", "    x: $Y\n"))
    text = f"{before}services:\n  web:\n    build:\n      dockerfile_inline:{value}\n{behind}"
    return text.replace("\r\n", "\n").replace("\n", end)


def texts() -> list[str]:
    rng = Random(1)
    return [_compose(rng, text) for text in seeds.dockerfiles()[::5]]


SUITE = Suite(name="embedded", weight=1, generate=generate, check=check, seeds=texts)
