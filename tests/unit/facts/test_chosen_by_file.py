"""Branches of lock files that the repository has in the Dockerfile's folder, or in one above."""

from __future__ import annotations

import pytest

from cachemount import engine
from cachemount.policy.model import Config
from cachemount.source import ContextFile, Source

TEXT = """FROM node:22-alpine
WORKDIR /app
COPY . .
RUN if [ -f yarn.lock ]; then yarn; else npm ci; fi
"""


@pytest.mark.parametrize(("beside", "count"), [((), 1), (("package.json",), 2), (("notes.json",), 1)])
def test_a_folder_above_is_the_context_where_no_project_is_beside(beside: tuple[str, ...], count: int) -> None:
    context = (
        ContextFile(path="yarn.lock", text="", folder=".."),
        *(ContextFile(path=name, text="{}") for name in beside),
    )
    found = engine.check(Source(path="Dockerfile", text=TEXT, context=context), Config())
    assert len(found.findings) == count
