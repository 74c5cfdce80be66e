"""The reporters: whatever stands in a file and in its name, the report is of its form."""

from __future__ import annotations

import contextlib
import io
import json
import re
import zlib
from random import Random
from typing import Any
from xml.etree import ElementTree as ET

from cachemount import engine, reporters
from cachemount.cache_mounts import cache_mounts
from cachemount.program.options import FORMATS
from cachemount.results import FileResult, Run, locate
from cachemount.source import Source
from fuzz import dockerfiles, seeds
from fuzz.suite import Suite, expect, to_bytes

_NAMES = ("Dockerfile", "a/b", "./x", "\udcff", "a\nb", "<&\"'>", "\x1b[31m", "a,b:c::d", "\u202e", "%41", "é/\x00", "")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")


def check(text: str) -> None:
    rng = Random(zlib.crc32(to_bytes(text)))
    path = rng.choice(_NAMES)
    source = Source(path=path, text=text)
    report = engine.check(source)
    result = FileResult(
        path=path,
        findings=tuple(locate(source, one) for one in report.findings),
        suppressed=tuple(
            locate(source, one.finding, suppressed=one.by, reason=one.reason) for one in report.suppressed
        ),
        text=text,
        mounts=cache_mounts(source),
    )
    broken = FileResult(path=path, error=text[:40] or "x", line=rng.randrange(3), column=rng.randrange(3))
    for name in FORMATS:
        given = [result, broken] if rng.random() < 0.3 else [result]
        _form(name, _written(name, given, rng), result, color=False)


def _written(name: str, given: list[FileResult], rng: Random) -> str:
    out = io.StringIO()
    run = Run(
        results=iter(given),
        show_suppressed=rng.random() < 0.5,
        statistics=rng.random() < 0.3,
        verbose=rng.random() < 0.3,
        mode=rng.choice(("check", "fix", "diff")),
        baseline=rng.random() < 0.3,
    )
    with contextlib.redirect_stderr(io.StringIO()):
        reporters.load(name)(run, out)
    return out.getvalue()


def _form(name: str, written: str, result: FileResult, *, color: bool) -> None:
    written.encode("utf-8")
    if name in ("json", "sarif", "gitlab", "cache-map"):
        document = json.loads(written, parse_constant=_refuse)
        if name == "json":
            expect(len(document["findings"]) == len(result.findings), "JSON with other findings")
        if name == "gitlab":
            prints = [one["fingerprint"] for one in document]
            expect(len(prints) == len(set(prints)), "two findings with one fingerprint", prints)
    elif name == "junit":
        ET.fromstring(written)
    else:
        control = _CONTROL.search(written)
        expect(color or control is None, f"a control character in {name}", repr(written))


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def generate(rng: Random) -> str:
    return dockerfiles.dockerfile(rng)


SUITE = Suite(name="reporters", weight=1, generate=generate, check=check, seeds=seeds.dockerfiles)
