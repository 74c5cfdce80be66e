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
    assert found is None or found.id == "refused-without-id"
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


BELOW = "crates/server/README.md"


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("README.md", "# Bot\n\nThis bot is deployed on Railway.\n", True),
        ("README.md", "Frontend deployed on Vercel, backend deployed to [Railway](https://railway.com).\n", True),
        (BELOW, "# Server\n\nhttps://docs.railway.com/guides/axum\n", True),
        ("README.md", "It can be deployed on Railway or Render.\n", False),
        ("README.md", "The database is Railway's.\n", False),
        ("README.md", "https://docs.railway.com/guides/cli\n", False),
        ("docs/README.md", "This bot is deployed on Railway.\n", False),
    ],
)
def test_a_readme(tmp_path: Path, name: str, text: str, found: bool) -> None:
    assert refused(tmp_path, {name: text}, "Dockerfile") == (name if found else "")


@pytest.mark.parametrize(
    ("dockerfile", "beside"),
    [
        ("Dockerfile.dev", "x"),
        ("app/Dockerfile", "x"),
        ("Dockerfile", "railway.json"),
        ("Dockerfile", "x.railway.toml"),
    ],
)
def test_a_readme_of_another_file_or_builder(tmp_path: Path, dockerfile: str, beside: str) -> None:
    files = {"README.md": "This bot is deployed on Railway.\n", beside: '{"build": {"builder": "NIXPACKS"}}'}
    assert not refused(tmp_path, files, dockerfile)


def test_its_own_name(tmp_path: Path) -> None:
    assert refused(tmp_path, {}, "app/Dockerfile.railway.prod") == "app/Dockerfile.railway.prod"


def test_ids_are_what_railway_wants(tmp_path: Path) -> None:
    assert not refused(tmp_path, {"app/railway.json": NAMED}, config=Config(ids=(Ids(template="s/x-{target}"),)))


UP = "jobs:\n  a:\n    steps:\n      - run: railway up --service=${{ env.ID }}\n"


@pytest.mark.parametrize(
    ("text", "dockerfile", "found"),
    [
        (UP, "Dockerfile", True),
        (UP, "app/Dockerfile", False),
        (UP.replace("up --", "up app --"), "app/Dockerfile", True),
        (UP.replace("      - run", "      - working-directory: ./app\n        run"), "app/Dockerfile", True),
        (UP.replace("up", "logs"), "Dockerfile", False),
        (UP.replace("- run", "# - run"), "Dockerfile", False),
        (UP, "Dockerfile.dev", False),
    ],
)
def test_a_workflow_that_hands_a_folder_to_it(tmp_path: Path, text: str, dockerfile: str, *, found: bool) -> None:
    name = ".github/workflows/deploy.yml"
    assert refused(tmp_path, {name: text}, dockerfile) == (name if found else "")
