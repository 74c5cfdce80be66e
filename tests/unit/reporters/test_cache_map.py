"""`--format cache-map`: what buildkit-cache-dance is given."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from cachemount.program.main import main

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[3]
TEXT = """\
FROM node:22
ARG WHERE
WORKDIR /app
RUN --mount=type=cache,target=/root/.npm npm ci
RUN --mount=type=cache,target=/root/.npm npm ci
RUN --mount=type=cache,target=cache true
RUN --mount=type=cache,id=pip,target=/root/.cache/pip --mount=type=bind,target=/src pip install flask
RUN --mount=type=cache,target=/home/node/.npm,uid=1000 npm ci
RUN --mount=type=cache,target=$WHERE/x true
RUN --mount=type=cache,target="/a b" true
RUN --mount=type=cache,id=root/.npm,target=/other true
"""


def test_each_cache_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("Dockerfile").write_text(TEXT.replace('"/a b"', "/a'b"), encoding="utf-8")
    assert main("check-cache-mounts", ["--format", "cache-map", "Dockerfile"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {
        "root-.npm": "/root/.npm",
        "cache": {"target": "/app/cache", "id": "cache"},
        "pip": {"target": "/root/.cache/pip", "id": "pip"},
        "home-node-.npm": {"target": "/home/node/.npm", "uid": "1000", "gid": "0"},
        "root-.npm-2": {"target": "/other", "id": "root/.npm"},
    }
    assert [line.split(": ")[0] for line in err.splitlines()] == ["Dockerfile:9", "Dockerfile:10"]


def test_what_it_does_not_go_with(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("fix-cache-mounts", ["--format", "cache-map", "x"]) == 2
    assert main("check-cache-mounts", ["--format", "cache-map", "--write-baseline", "x"]) == 2
    assert "--format cache-map" in capsys.readouterr().err


def test_a_path_that_cannot_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("check-cache-mounts", ["--format", "cache-map", "/nowhere/Dockerfile"]) == 2
    out, err = capsys.readouterr()
    assert (json.loads(out), "/nowhere/Dockerfile: " in err) == ({}, True)


def test_a_file_with_too_much_in_it_has_no_mounts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text("FROM python:3.13\n" + "RUN --mount=type=cache,target=/c pip install a\n" * 1001, encoding="utf-8")
    assert main("check-cache-mounts", ["--format", "cache-map", str(file)]) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == ({}, "")


def test_the_example_of_the_page(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    match = re.search(r"\$ check-cache-mounts (--format cache-map [^\n]*)\n(\{.*?\n\}\n)", text, re.DOTALL)
    assert match is not None
    assert main("check-cache-mounts", match[1].split()) == 0
    assert capsys.readouterr().out == match[2]
