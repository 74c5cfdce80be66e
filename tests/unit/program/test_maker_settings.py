"""Settings of a program that writes the Dockerfile beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount import engine
from cachemount.program.surroundings import with_surroundings
from cachemount.source import Source
from repositories import repository

TEXT = "FROM python:3.13\nRUN pip install flask\n"


def why(root: Path, settings: str, name: str = "Dockerfile") -> str:
    """Return why the fix of a Dockerfile beside these settings is withheld; "" where it is not."""
    repository(root, {name: TEXT, "Makefile.maker.yaml": settings})
    finding = engine.check(with_surroundings(Source(path=str(root / name), text=TEXT))).findings[0]
    assert finding.fix is not None
    return str(finding.fix.withheld)


@pytest.mark.parametrize(
    "settings",
    [
        "golang:\n  a: b\n\ndockerfile:\n  enabled: true\n",
        "\n\n\ndockerfile: # the image\n\n  # yes\n  user: root\n  enabled: true\n",
    ],
)
def test_it_writes_the_dockerfile(tmp_path: Path, settings: str) -> None:
    assert why(tmp_path, settings).startswith("line 4 of Makefile.maker.yaml (`dockerfile:")


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ("dockerfile:\n  enabled: false\n", "Dockerfile"),
        ("dockerfile:\n  user: root\nlinter:\n  enabled: true\n", "Dockerfile"),
        ("dockerfile:\n  enabled: true\n", "Dockerfile.dev"),
    ],
)
def test_it_does_not(tmp_path: Path, settings: str, name: str) -> None:
    assert why(tmp_path, settings, name) == ""
