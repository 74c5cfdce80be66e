"""The stage with which several begin: it is changed only where no file of the repository has it built as an image."""

from __future__ import annotations

import pytest

from cachemount import engine
from cachemount.source import BuiltImage, Source

STEP = "RUN rm -f /etc/apt/apt.conf.d/docker-clean; \\"
TEXT = """\
FROM debian:13 AS base
WORKDIR /app

FROM base AS one
RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*

FROM base AS docs
RUN touch /x

FROM base
COPY --from=docs /x /x
RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*
"""


@pytest.mark.parametrize(("target", "steps"), [("", 1), ("one", 1), ("base", 2), ("0", 2), ("docs", 2)])
def test_a_stage_that_is_built_as_an_image(target: str, steps: int) -> None:
    built = BuiltImage(name="team/app", path="Dockerfile", text=TEXT, target=target)
    fixed, report = engine.fix(Source(path="Dockerfile", text=TEXT, images=(built,)))
    assert fixed.text.count(STEP) == steps
    assert not report.findings
