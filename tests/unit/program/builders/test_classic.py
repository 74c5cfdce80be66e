"""Dockerfiles that a repository's own code builds with the classic builder."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.refusals import refusal
from repositories import repository

DOCKER_PY = """import docker

folder = Path(__file__).parents[3].joinpath("extension")
image = docker.from_env().images.build(path=str(folder), target="test")
"""
# Each folder of images may have a `context`.
OWN_CONTEXT = DOCKER_PY.replace(".parents[3]", ".parent.parent").replace("extension", "context")
CONTAINERS = 'image = DockerImage(path=root / "projects/extension", tag="test-db").build()\n'
GO = 'request := tc.ContainerRequest{FromDockerfile: tc.FromDockerfile{Context: "../../extension"}}\n'
JAVA = 'new ImageFromDockerfile().withDockerfile(Paths.get("projects/extension/Dockerfile"));\n'


def refused(root: Path, file: str, text: str, dockerfile: str = "projects/extension/Dockerfile") -> bool:
    repository(root, {dockerfile: "", file: text})
    found = refusal(str(root / dockerfile), Config())
    assert found is None or file in found
    return found is not None


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("projects/app/tests/db/conftest.py", DOCKER_PY),
        ("projects/app/tests/conftest.py", CONTAINERS),
        ("tests/conftest.py", CONTAINERS),
        ("projects/e2e/db_test.go", "// docker\n" + GO),
        ("projects/it/DbTest.java", "// Docker\n" + JAVA),
        ("projects/extension/tests/docker_test.py", CONTAINERS),
    ],
)
def test_a_test_that_builds_by_the_engines_interface(tmp_path: Path, file: str, text: str) -> None:
    assert refused(tmp_path, file, text)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("projects/app/src/conftest.py", DOCKER_PY),
        ("projects/app/tests/conftest.py", DOCKER_PY.replace("extension", "other")),
        ("projects/app/tests/conftest.py", 'DockerImage(path=".", dockerfile_path="Dockerfile")\n'),
        ("projects/app/tests/conftest.py", 'docker.from_env().containers.run("extension")\n'),
        ("projects/app/tests/x_test.go", "// docker\n" + GO + "options.Version = build.BuilderBuildKit\n"),
        ("projects/app/tests/README.md", DOCKER_PY),
        (
            "tests/x_test.go",
            'FromDockerfile{ // docker\nRepo: "extension", Context: "..", Dockerfile: "extension/Dockerfile.test"}\n',
        ),
    ],
)
def test_what_builds_another_file_or_otherwise(tmp_path: Path, file: str, text: str) -> None:
    assert not refused(tmp_path, file, text)


DOCKERODE = """import Docker from "dockerode";
const content = await fs.readFile(path.resolve("projects/extension/Dockerfile"));
docker.buildImage(pack, { t: "x" }, done);
"""


@pytest.mark.parametrize(
    ("package", "text", "found"),
    [
        ('{"dependencies": {"dockerode": "5"}}', DOCKERODE, True),
        ('{"dependencies": {"express": "5"}}', DOCKERODE, False),
        ('{"dependencies": {"dockerode": "5"}}', DOCKERODE.replace("extension", "other"), False),
        ('{"dependencies": {"dockerode": "5"}}', DOCKERODE.replace('t: "x"', 't: "x", version: "2"'), False),
    ],
)
def test_a_program_that_builds_by_dockerode(tmp_path: Path, package: str, text: str, found: bool) -> None:
    repository(tmp_path, {"package.json": package})
    assert refused(tmp_path, "src/lib/runners/run.ts", text) == found


NODE = """import { GenericContainer } from "testcontainers";
const image = await GenericContainer.fromDockerfile(resolve(__dirname, "../../projects/extension")).build();
"""


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        ("tests/db/setup.ts", NODE, True),
        ("src/db.e2e.ts", NODE, True),
        ("src/db.e2e.ts", NODE.replace(".build()", ".withBuildkit().build()"), False),
        ("src/db.e2e.ts", NODE.replace("extension", "other"), False),
    ],
)
def test_a_program_that_builds_by_testcontainers(tmp_path: Path, file: str, text: str, found: bool) -> None:
    repository(tmp_path, {"package.json": '{"devDependencies": {"testcontainers": "11"}}'})
    assert refused(tmp_path, file, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DOCKER_BUILDKIT=0 docker build -f projects/extension/Dockerfile .\n", True),
        ("export DOCKER_BUILDKIT=0\ndocker build \\\n  -t x projects/extension\n", True),
        ("DOCKER_BUILDKIT=0 docker build -f projects/other/Dockerfile .\n", False),
        ("DOCKER_BUILDKIT=0 docker build a\nDOCKER_BUILDKIT=1 docker build projects/extension\n", False),
        ("docker build projects/extension\n", False),
    ],
)
def test_a_script_that_switches_buildkit_off(tmp_path: Path, text: str, found: bool) -> None:
    assert refused(tmp_path, "build.sh", text) == found


@pytest.mark.parametrize(
    ("file", "text", "known"),
    [
        ("projects/README.md", "```bash\nDOCKER_BUILDKIT=0 ./run.sh\n```\n", True),
        ("projects/README.md", "    $ DOCKER_BUILDKIT=0 docker compose build\n", True),
        ("projects/README.md", "Run `DOCKER_BUILDKIT=0 make images` first.\n", True),
        ("projects/README.md", "```\nDOCKER_BUILDKIT=0 docker build -f extension/Dockerfile .\n```\n", True),
        ("projects/README.md", "```\nDOCKER_BUILDKIT=0 docker build -f other/Dockerfile .\n```\n", False),
        ("projects/README.md", "Never set DOCKER_BUILDKIT=0.\n", False),
        ("other/README.md", "```bash\nDOCKER_BUILDKIT=0 ./run.sh\n```\n", False),
    ],
)
def test_a_readme_that_switches_buildkit_off(tmp_path: Path, file: str, text: str, known: bool) -> None:
    assert refused(tmp_path, file, text) == known


VALUE = "HAS := $(shell $(DOCKER) buildx version >/dev/null 2>&1 && echo true || echo false)\n"
ELSE = "if docker buildx version >/dev/null 2>&1; then\n  %s\nelse\n  %s\nfi\n"
NOT = "if ! docker buildx inspect >/dev/null; then\n  %s\nfi\n"
PLAIN = "docker build projects/extension"
OTHER = "docker buildx build projects/extension"


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        ("Makefile", f"{VALUE}image:\n\t{PLAIN}\n", True),
        ("Makefile", f"{VALUE}image:\n\t$(DOCKER) build $(OPTIONS) \\\n\t\t-f projects/extension/Dockerfile .\n", True),
        ("Makefile", f"{VALUE}image:\n\t{OTHER}\n\tdocker build projects/other\n", False),
        ("Makefile", f"{VALUE}export DOCKER_BUILDKIT = 1\nimage:\n\t{PLAIN}\n", False),
        ("Makefile", f"image:\n\tdocker buildx version || exit 1\n\t{PLAIN}\n", False),
        ("projects/common.mk", f"{VALUE}image:\n\tdocker build extension\n", True),
        ("build.sh", f"docker buildx version >/dev/null && options+=(--load)\n{PLAIN}\n", True),
        ("build.sh", ELSE % (OTHER, PLAIN), True),
        ("build.sh", ELSE % ("if x; then\n  a\n  else\n  b\n  fi", PLAIN), True),
        ("build.sh", ELSE % ("if x; then a; fi", 'docker build -f "$ROOT/projects/extension/Dockerfile" .'), True),
        (
            "build.sh",
            ELSE % ('BUILD="docker buildx build"', 'BUILD="docker build"') + "$BUILD projects/extension\n",
            True,
        ),
        (
            "build.sh",
            ELSE % ("B=(docker buildx build)", "B=(docker build)") + 'b x "projects/extension/Dockerfile"\n',
            True,
        ),
        ("build.sh", ELSE % (PLAIN, "echo buildx is missing"), False),
        ("build.sh", ELSE % (OTHER, "echo buildx is missing\n  exit 1") + PLAIN + "\n", False),
        ("build.sh", NOT % PLAIN, True),
        ("build.sh", NOT % f"{PLAIN} || exit 1", True),
        ("build.sh", NOT % f"exit 1\n  {PLAIN}", False),
        ("build.sh", NOT % "exit 1" + PLAIN + "\n", False),
        ("build.sh", NOT % "docker buildx create --use" + PLAIN + "\n", False),
    ],
)
def test_a_script_that_builds_where_buildx_is_missing(tmp_path: Path, file: str, text: str, found: bool) -> None:
    assert refused(tmp_path, file, text) == found


def test_a_test_that_builds_the_folder_beside_it(tmp_path: Path) -> None:
    places = ("images/db/context/Dockerfile", "images/web/context/Dockerfile")
    repository(tmp_path, {**dict.fromkeys(places, ""), "images/web/tests/test_image.py": OWN_CONTEXT})
    assert [refusal(str(tmp_path / one), Config()) is not None for one in places] == [False, True]


def test_a_test_that_hands_its_dockerfile_to_a_helper(tmp_path: Path) -> None:
    helper = "# docker\ndef image(file):\n    return client.images.build(path='.', dockerfile=str(file))\n"
    test = "from tests.helpers.images import image\nimage(Path(__file__).parent / 'image' / 'Dockerfile.one')\n"
    repository(tmp_path, {"tests/salt/test_salt.py": test})
    assert refused(tmp_path, "tests/helpers/images.py", helper, "tests/salt/image/Dockerfile.one")
    assert not refused(tmp_path, "tests/helpers/images.py", helper, "tests/salt/image/Dockerfile.two")
