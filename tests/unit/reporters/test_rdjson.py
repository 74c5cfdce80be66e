"""`--format rdjson`, the problem matcher and `--format cache-workflow`: what others read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import cachemount
from cachemount import engine
from cachemount.program.main import main

TEXT = """\
FROM python:3.13-slim
RUN useradd -m -u 10001 app
USER app
RUN echo "\u00e4\u00f6" && pip install flask && rm -rf ~/.cache/pip
FROM node:24
RUN npx -y serve --version
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def diagnostics(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    main("check-cache-mounts", ["--format", "rdjson", "--isolated", *arguments])
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["diagnostics"]
    return found


def offset(text: bytes, place: dict[str, int]) -> int:
    return sum(len(line) for line in text.splitlines(keepends=True)[: place["line"] - 1]) + place["column"] - 1


def test_a_suggestion_is_the_whole_fix(capsys: pytest.CaptureFixture[str]) -> None:
    Path("Dockerfile").write_bytes(TEXT.encode())
    safe, unsafe = diagnostics(capsys, "Dockerfile")
    assert (safe["severity"], safe["code"]) == ("WARNING", {"value": "missing-cache-mount"})
    assert safe["location"]["path"] == "Dockerfile"
    # Bytes: each of the two letters before it has two.
    assert safe["location"]["range"]["start"] == {"line": 4, "column": 20}
    (suggestion,) = safe["suggestions"]
    text = TEXT.encode()
    start, end = (offset(text, suggestion["range"][one]) for one in ("start", "end"))
    assert (text[:start] + suggestion["text"].encode() + text[end:]).decode() == engine.fix(TEXT)[0].text
    assert "suggestions" not in unsafe
    assert "not repaired: " in unsafe["message"]


def test_what_cannot_be_read_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    (one,) = diagnostics(capsys, "/nowhere/Dockerfile")
    assert (one["severity"], one["location"]) == ("ERROR", {"path": "/nowhere/Dockerfile"})


def test_the_problem_matcher_takes_the_lines_apart(capsys: pytest.CaptureFixture[str]) -> None:
    text = (Path(cachemount.__file__).parent / "problem-matcher.json").read_text(encoding="utf-8")
    (matcher,) = json.loads(text)["problemMatcher"]
    (pattern,) = matcher["pattern"]
    Path("Dockerfile").write_bytes(TEXT.encode())
    main("check-cache-mounts", ["--format", "concise", "--isolated", "Dockerfile"])
    matches = [re.search(pattern["regexp"], line) for line in capsys.readouterr().out.splitlines()]
    found = [one for one in matches if one is not None]
    assert [[one[pattern[name]] for name in ("file", "line", "severity", "code")] for one in found] == [
        ["Dockerfile", "4", "warning", "missing-cache-mount"],
        ["Dockerfile", "6", "warning", "missing-cache-mount"],
    ]
    assert found[0][pattern["message"]].startswith("`pip install` has no cache mount")


def test_the_steps_of_a_workflow(capsys: pytest.CaptureFixture[str]) -> None:
    Path("web").mkdir()
    mount = "RUN --mount=type=cache,target=/home/node/.npm,uid=1000 npm ci\n"
    Path("web/Dockerfile").write_text(f"FROM node:24\nUSER node\n{mount}", encoding="utf-8")
    assert main("check-cache-mounts", ["--format", "cache-workflow", "."]) == 0
    (builder, cache, dance) = YAML(typ="safe", pure=True).load(capsys.readouterr().out)
    assert cache["with"]["path"].split() == ["home-node-.npm"]
    assert "hashFiles('web/Dockerfile')" in cache["with"]["key"]
    assert cache["with"]["key"].startswith(cache["with"]["restore-keys"])
    expected = {"home-node-.npm": {"target": "/home/node/.npm", "uid": "1000", "gid": "0"}}
    assert json.loads(dance["with"]["cache-map"]) == expected
    assert f"steps.{builder['id']}.outputs.name" in dance["with"]["builder"]
    assert f"steps.{cache['id']}.outputs.cache-hit" in dance["with"]["skip-extraction"]


def test_a_workflow_without_mounts(capsys: pytest.CaptureFixture[str]) -> None:
    Path("Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
    assert main("check-cache-mounts", ["--format", "cache-workflow", "Dockerfile"]) == 0
    assert capsys.readouterr().out == "# No cache mounts were found.\n"
