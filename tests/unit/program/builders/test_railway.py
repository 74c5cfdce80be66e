"""Dockerfiles that Railway builds, as a file of its says or their own name."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config, Ids
from cachemount.program.refusals import refusal
from repositories import repository

NAMED = '{"build": {"builder": "DOCKERFILE", "dockerfilePath": "app/Dockerfile"}}'


def refused(root: Path, files: dict[str, str], dockerfile: str = "app/Dockerfile", config: Config | None = None) -> str:
    """Return the file for which new mounts in a Dockerfile are refused; "" where they are not."""
    repository(root, {dockerfile: "FROM alpine\n", **files})
    found = refusal(str(root / dockerfile), config or Config())
    assert found is None or "(Railway, where they have no id)" in found
    return "" if found is None else found.partition(" ")[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app/railway.json", NAMED),
        ("app/railway.json", "{}"),
        ("app/railway.toml", '[build]\ndockerfilePath = "Dockerfile"\n'),
        ("railway.api.json", NAMED.replace("app/", "./app/")),
        ("railway-api.json", NAMED.replace("app/", "/app/")),
        ("app/api.railway.json", NAMED),
    ],
)
def test_a_file_that_names_it(tmp_path: Path, name: str, text: str) -> None:
    assert refused(tmp_path, {name: text}) == name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app/railway.json", NAMED.replace("app/", "web/")),
        ("app/railway.json", '{"build": {"builder": "NIXPACKS"}}'),
        ("app/package.json", NAMED),
        ("web/railway.json", NAMED),
        ("railway.api.json", NAMED.replace("app/", "api/")),
    ],
)
def test_another_file(tmp_path: Path, name: str, text: str) -> None:
    assert not refused(tmp_path, {name: text})


def test_its_own_name(tmp_path: Path) -> None:
    assert refused(tmp_path, {}, "app/Dockerfile.railway.prod") == "app/Dockerfile.railway.prod"


def test_ids_are_what_railway_wants(tmp_path: Path) -> None:
    assert not refused(tmp_path, {"app/railway.json": NAMED}, config=Config(ids=(Ids(template="s/x-{target}"),)))
