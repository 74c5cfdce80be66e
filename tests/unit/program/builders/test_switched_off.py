"""Dockerfiles that commands of the repository build with BuildKit switched off."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.refusals import refusal
from repositories import repository

DOCKERFILES = ("Dockerfile", "app/Dockerfile", "app/web/Dockerfile", "deploy/dev.dockerfile")
COMPOSE = "services:\n  web:\n    build: {context: ../app, dockerfile: web/Dockerfile}\n  db: {image: postgres}\n"
ACTION = ".github/actions/setup/action.yml"
STEP = "runs:\n  using: composite\n  steps:\n    - shell: bash\n      run: |\n        %s\n"


def refused(root: Path, files: dict[str, str]) -> str:
    """Return the first letters of the folders and files of Dockerfiles, of four, that are built so."""
    repository(root, {**dict.fromkeys(DOCKERFILES, ""), **files})
    return " ".join(one for one in DOCKERFILES if refusal(str(root / one), Config()))


EVERY = " ".join(DOCKERFILES)


@pytest.mark.parametrize(
    ("commands", "found"),
    [
        ("DOCKER_BUILDKIT=0 docker build -f app/web/Dockerfile .", "app/web/Dockerfile"),
        ("DOCKER_BUILDKIT=0 docker build app", "app/Dockerfile"),
        ("DOCKER_BUILDKIT=0 docker compose -f deploy/test.yml build", "app/web/Dockerfile"),
        ("DOCKER_BUILDKIT=0 UID=$(id -u) docker-compose -f deploy/test.yml up -d", "app/web/Dockerfile"),
        ("COMPOSE_DOCKER_CLI_BUILD=0 docker-compose -f deploy/test.yml build", "app/web/Dockerfile"),
        ("DOCKER_BUILDKIT=0 docker compose -f deploy/test.yml ps", EVERY),
        ("cd x\n        DOCKER_BUILDKIT=0 docker compose build", EVERY),
        ('DOCKER_BUILDKIT=0 docker build -f "$FILE" .', EVERY),
        ("DOCKER_BUILDKIT=0 docker build -f $X.Dockerfile .", EVERY),
        ("DOCKER_BUILDKIT=0 docker build $DIR", EVERY),
        ("DOCKER_BUILDKIT=0 make images", EVERY),
        ('echo "DOCKER_BUILDKIT=0" >> $GITHUB_ENV', EVERY),
        ("DOCKER_BUILDKIT=0 docker build https://host.test/x.git", ""),
        ("docker build app || DOCKER_BUILDKIT=0 docker build app", ""),
        ("echo DOCKER_BUILDKIT=0 would be slow", ""),
        ("# DOCKER_BUILDKIT=0 docker build app", ""),
        ("docker buildx build app\n        DOCKER_BUILDKIT=0 docker build app/web", "app/web/Dockerfile"),
        ("DOCKER_BUILDKIT=1 docker build app", ""),
    ],
)
def test_an_action(tmp_path: Path, commands: str, found: str) -> None:
    assert refused(tmp_path, {ACTION: STEP % commands, "deploy/test.yml": COMPOSE}) == found


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        (".gitpod.yml", "tasks:\n- init: DOCKER_BUILDKIT=0 docker-compose build\n", EVERY),
        (".gitpod.yml", "tasks:\n- init: docker-compose build\n", ""),
        ("jenkins/Jenkinsfile", "environment { DOCKER_BUILDKIT = '0' }\n", EVERY),
        ("ci/azure-pipelines.yml", "variables:\n- name: DOCKER_BUILDKIT\n  value: 0\n", EVERY),
        (".azure-pipelines/images.yml", "variables:\n  DOCKER_BUILDKIT: '0'\n", EVERY),
        ("scripts/images.sh", "export DOCKER_BUILDKIT=0\ndocker build -t x app\n", "app/Dockerfile"),
        ("scripts/images.sh", "export DOCKER_BUILDKIT=0\nfor i in *; do docker build $i; done\n", EVERY),
        ("scripts/images.sh", "cp app/web/Dockerfile x/\nDOCKER_BUILDKIT=0 docker build x\n", "app/web/Dockerfile"),
        ("scripts/images.sh", "export DOCKER_BUILDKIT=0\ndocker buildx build app\n", ""),
        ("scripts/images.sh", '[ "$DOCKER_BUILDKIT" = 0 ] || docker build app\n', ""),
        ("app/images.sh", "export DOCKER_BUILDKIT=0\ndocker build $1\n", "app/Dockerfile app/web/Dockerfile"),
        ("app/Makefile", "DOCKER_BUILDKIT ?= 0\nimage:\n\tdocker build $(DIR)\n", "app/Dockerfile app/web/Dockerfile"),
        ("app/.env", "DOCKER_BUILDKIT=0\n", "app/Dockerfile app/web/Dockerfile"),
        (".env", "COMPOSE_DOCKER_CLI_BUILD=0\n", EVERY),
        ("tools/images.py", 'os.environ["DOCKER_BUILDKIT"] = "0"\nrun(["docker", "build", folder])\n', EVERY),
        ("tools/images.py", 'env = {"DOCKER_BUILDKIT": "0"}\nrun("docker build app", env=env)\n', "app/Dockerfile"),
        ("tools/images.py", 'if os.environ.get("DOCKER_BUILDKIT", "0") == "0":  # docker\n    pass\n', ""),
        ("tools/images.py", 'import docker\nprint("DOCKER_BUILDKIT=0 chooses the classic builder")\n', ""),
        ("src/build-image.ts", 'if (process.env.DOCKER_BUILDKIT === "0") warn("docker");\n', ""),
        ("src/build-image.ts", 'spawn("docker", args, { env: { DOCKER_BUILDKIT: "0" } });\n', EVERY),
        ("internal/image/build.go", '// docker\ncmd.Env = append(env, "DOCKER_BUILDKIT=0")\n', EVERY),
        (".github/workflows/a.yml", "- uses: docker/build-push-action@v6\n- run: DOCKER_BUILDKIT=0 docker build app\n",
         "app/Dockerfile"),
        ("README.md", "Or `DOCKER_BUILDKIT=0 docker compose -f deploy/test.yml build`.\n", "app/web/Dockerfile"),
        ("README.md", "Not with `DOCKER_BUILDKIT=0`.\n", ""),
    ],
)  # fmt: skip
def test_other_files(tmp_path: Path, name: str, text: str, found: str) -> None:
    assert refused(tmp_path, {name: text, "deploy/test.yml": COMPOSE}) == found


def test_the_file_and_the_variable_are_said(tmp_path: Path) -> None:
    text = "services:\n  x: {build: .}\n"
    repository(
        tmp_path, {"Dockerfile": "", "compose.yaml": text, ".envrc": "export COMPOSE_DOCKER_CLI_BUILD=0 # docker\n"}
    )
    found = refusal(str(tmp_path / "Dockerfile"), Config())
    assert str(found) == ".envrc shows a builder that refuses such mounts (COMPOSE_DOCKER_CLI_BUILD=0)"


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("build/images.go", 'var env = map[string][]string{\n\t"dev.dockerfile": {"DOCKER_BUILDKIT=0"},\n}\n',
         "deploy/dev.dockerfile"),
        ("build/images.py", 'ENV = {\n    "old.dockerfile": {"DOCKER_BUILDKIT": "0"},\n}\n', ""),
        ("build/images.py", 'ENV["dev.dockerfile"] = {"DOCKER_BUILDKIT": "0"}\n', EVERY),
    ],
)  # fmt: skip
def test_a_table_of_variables_by_the_names_of_files(tmp_path: Path, name: str, text: str, found: str) -> None:
    assert refused(tmp_path, {name: f"# docker\n{text}"}) == found
