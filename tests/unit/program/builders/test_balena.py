"""Dockerfiles that balena builds, whose builder refuses mounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.refusals import refusal
from repositories import repository

COMPOSE = (
    "services:\n  api:\n    build: ./api\n  web:\n    build:\n      context: web\n      dockerfile: Dockerfile.pi\n"
)
WORKFLOW = "jobs:\n  deploy:\n    steps:\n    - uses: actions/checkout@v5\n"


def refused(root: Path, files: dict[str, str], dockerfile: str) -> str:
    """Return what new mounts in a Dockerfile are refused for; "" where they are not."""
    repository(root, {**files, dockerfile: ""})
    found = refusal(str(root / dockerfile), Config())
    return "" if found is None else str(found).rpartition("(")[2].rstrip(")")


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        ("deploy.sh", "balena login\nbalena push my-fleet\n", "balena push"),
        ("deploy.sh", 'balena push "$FLEET" \\\n  --source .\n', "balena push"),
        ("scripts/deploy.sh", "cd ..\nbalena push my-fleet\n", "balena push"),
        ("deploy.sh", "balena build --arch amd64 --deviceType generic-amd64\n", "balena build"),
        ("deploy.sh", "balena build . -f my-fleet\n", "balena build"),
        ("deploy.sh", "balena deploy my-fleet --build\n", "balena deploy"),
        ("deploy.sh", "balena deploy my-fleet\n", "balena deploy"),
        ("Makefile", "deploy:\n\tbalena push $(FLEET)\n", "balena push"),
        ("README.md", "Deploy it:\n\n```\n$ balena push my-fleet\n```\n", "balena push"),
        ("README.md", "Run `balena push my-fleet` in this folder.\n", "balena push"),
        (".github/workflows/a.yml", f"{WORKFLOW}    - run: balena push my-fleet\n", "balena push"),
        (
            ".github/workflows/a.yml",
            f"{WORKFLOW}    - uses: balena-io/deploy-to-balena-action@v2\n      with:\n        fleet: x/y\n",
            "balena-io/deploy-to-balena-action",
        ),
        ("balena.yml", "name: thing\ntype: sw.application\n", "balena"),
        ("deploy.sh", "balena push my-fleet --source device\n", ""),
        ("deploy.sh", "# balena push my-fleet\n", ""),
        ("deploy.sh", "balena push\n", ""),
        ("deploy.sh", "balena deploy my-fleet thing:1\n", ""),
        ("deploy.sh", "balena devices\n", ""),
        ("README.md", "Unlike balena push does, this asks for nothing.\n", ""),
    ],
)
def test_the_services_of_a_compose_file(tmp_path: Path, file: str, text: str, found: str) -> None:
    files = {"docker-compose.yml": COMPOSE, file: text}
    assert refused(tmp_path, files, "api/Dockerfile") == found


@pytest.mark.parametrize(
    ("dockerfile", "found"),
    [
        ("api/Dockerfile.template", True),
        ("api/Dockerfile.aarch64", True),
        ("api/Dockerfile.raspberrypi4-64", True),
        ("api/Dockerfile.dev", False),
        ("web/Dockerfile.pi", True),
        ("web/Dockerfile", False),
        ("Dockerfile", False),
    ],
)
def test_which_file_of_a_service(tmp_path: Path, dockerfile: str, found: bool) -> None:
    files = {"docker-compose.yml": COMPOSE, "deploy.sh": "balena push my-fleet\n"}
    assert bool(refused(tmp_path, files, dockerfile)) == found


@pytest.mark.parametrize(
    ("command", "dockerfile", "found"),
    [
        ("balena push my-fleet", "Dockerfile", True),
        ("balena push my-fleet", "Dockerfile.template", True),
        ("balena push my-fleet --source device", "device/Dockerfile", True),
        ("cd device\nbalena push my-fleet", "device/Dockerfile", True),
        ("balena push my-fleet --dockerfile docker/Dockerfile.x", "docker/Dockerfile.x", True),
        ("balena push my-fleet --source $FOLDER", "Dockerfile", False),
        ("balena push my-fleet", "device/Dockerfile", False),
    ],
)
def test_a_folder_without_a_compose_file(tmp_path: Path, command: str, dockerfile: str, found: bool) -> None:
    assert bool(refused(tmp_path, {"deploy.sh": f"{command}\n"}, dockerfile)) == found


@pytest.mark.parametrize(
    ("line", "dockerfile", "found"),
    [
        ("cp fleets/docker-compose-$KIND.yml docker-compose.yml", "web/Dockerfile.pi", True),
        ("cat fleets/docker-compose-gpu.yml | \\\n  envsubst > ./docker-compose.yml", "web/Dockerfile.pi", True),
        ("cp fleets/docker-compose-$KIND.yml docker-compose.yml", "Dockerfile", False),
        ("make-compose > docker-compose.yml", "Dockerfile", False),
        ("docker compose -f fleets/docker-compose-gpu.yml pull", "web/Dockerfile.pi", False),
        ("docker compose -f fleets/docker-compose-gpu.yml pull", "Dockerfile", True),
    ],
)
def test_a_compose_file_that_a_script_puts_there(tmp_path: Path, line: str, dockerfile: str, found: bool) -> None:
    files = {"fleets/docker-compose-gpu.yml": COMPOSE, "deploy.sh": f"{line}\nbalena push my-fleet\n"}
    assert bool(refused(tmp_path, files, dockerfile)) == found


def test_a_compose_file_that_cannot_be_read(tmp_path: Path) -> None:
    files = {"docker-compose.yml": "services: [build\n", "deploy.sh": "balena push my-fleet\n"}
    assert not refused(tmp_path, files, "api/Dockerfile")


def test_a_contract_without_a_compose_file(tmp_path: Path) -> None:
    assert not refused(tmp_path, {"balena.yml": "type: sw.application\n"}, "Dockerfile")
