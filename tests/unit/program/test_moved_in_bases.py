"""Settings of apt that an image of the repository brings, whose Dockerfile has the image's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount import engine
from cachemount.program.surroundings import with_surroundings
from cachemount.source import Source
from repositories import repository

TEXT = "FROM ghcr.io/team/php/fpm:latest AS builder\nRUN apt-get update && apt-get install -y git\n"
MIDDLE = "FROM ghcr.io/team/plain:latest\nRUN true\n"
BOTTOM = (
    "FROM debian:13 AS builder\nCOPY global/02_nocache /etc/apt/apt.conf.d/\nFROM scratch\nCOPY --from=builder / /\n"
)
WRITTEN = "FROM debian:13\nRUN echo 'Dir::Cache \"\";' > /etc/apt/apt.conf.d/02_nocache\n"
SETTING = {"global/02_nocache": 'Dir::Cache "";\n'}


def why(root: Path, files: dict[str, str], text: str = TEXT) -> str:
    """Return why the fix of testing.dockerfile is withheld in a repository with these files; "" where it is not."""
    repository(root, {"testing.dockerfile": text, **files})
    source = with_surroundings(Source(path=str(root / "testing.dockerfile"), text=text))
    fix = engine.check(source).findings[0].fix
    assert fix is not None
    return str(fix.withheld or "")


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"php-fpm.dockerfile": BOTTOM, **SETTING}, "global/02_nocache"),
        ({"php-fpm.dockerfile": MIDDLE, "plain.Dockerfile": BOTTOM, **SETTING}, "global/02_nocache"),
        ({"Dockerfile.fpm": MIDDLE, "Dockerfile.plain": WRITTEN}, "Dockerfile.plain"),
    ],
)
def test_an_image_below_moves_the_cache(tmp_path: Path, files: dict[str, str], place: str) -> None:
    assert why(tmp_path, files).startswith(f'`Dir::Cache ""` in {place} says where the cache is')


@pytest.mark.parametrize(
    "files",
    [
        {"php-fpm.dockerfile": BOTTOM, "global/02_nocache": '// Dir::Cache "";\n'},
        {"php-fpm.dockerfile": BOTTOM},
        {"php-fpm.dockerfile": MIDDLE, "other.dockerfile": WRITTEN},
        # It begins with itself.
        {"php-fpm.dockerfile": TEXT},
        {"php-fpm.dockerfile": "FROM team/testing\n", "other.dockerfile": WRITTEN},
    ],
)
def test_none_does(tmp_path: Path, files: dict[str, str]) -> None:
    assert not why(tmp_path, files)


def test_the_image_of_another_stage(tmp_path: Path) -> None:
    text = f"FROM debian:13\nRUN apt-get update && apt-get install -y git\n{TEXT}"
    assert not why(tmp_path, {"php-fpm.dockerfile": WRITTEN}, text)
    assert not why(tmp_path, {"debian.dockerfile": WRITTEN}, text)
