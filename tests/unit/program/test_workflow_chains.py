"""Dockerfiles that workflows let begin with an image whose tag has expressions: the lists stay in that one."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount import engine
from cachemount.program.surroundings import with_surroundings
from cachemount.source import Source
from repositories import repository

BASE = "FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y curl && apt-get clean\n"
SQUASHED = BASE.replace("24.04", "24.04 AS builder") + "FROM ubuntu:24.04\nCOPY --from=builder / /\n"
ON_IT = "ARG BASE=acme/base\nFROM $BASE\nRUN curl -fo a.deb https://a.example/a.deb && apt install -y ./a.deb\n"
REFRESHED = ON_IT.replace("apt install", "apt update && apt install")
WORKFLOW = """jobs:
  a:
    steps:
      - uses: docker/build-push-action@v6
        with:
          tags: |
            ghcr.io/${{github.repository}}:base_${{matrix.arch}}
      - uses: docker/build-push-action@v6
        with:
          context: app
          build-args: |
            BASE=ghcr.io/${{github.repository}}:{tag}_${{matrix.arch}}
"""


@pytest.mark.parametrize(
    ("base", "on_it", "tag", "stays"),
    [
        (BASE, ON_IT, "base", True),
        (SQUASHED, ON_IT, "base", True),
        (BASE, REFRESHED, "base", False),
        (SQUASHED, REFRESHED, "base", False),
        (BASE, ON_IT, "other", False),
    ],
)
def test_lists_that_another_file_needs(tmp_path: Path, base: str, on_it: str, tag: str, *, stays: bool) -> None:
    workflow = WORKFLOW.replace("{tag}", tag)
    repository(tmp_path, {"Dockerfile": base, "app/Dockerfile": on_it, ".github/workflows/a.yml": workflow})
    fixed, _ = engine.fix(with_surroundings(Source(path=str(tmp_path / "Dockerfile"), text=base)))
    assert "target=/var/cache/apt" in fixed.text
    assert ("target=/var/lib/apt" not in fixed.text) is stays
