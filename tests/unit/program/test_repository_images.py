"""Which images the files of a repository say are built from which Dockerfile, and what follows for a check."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.repository_images import images_around
from cachemount.program.runner import Task, process
from cachemount.results import FileResult

BASE = "FROM python:3.13\nENV PIP_CACHE_DIR=/pip\n"
APP = "FROM acme/base\nRUN pip install flask\n"
COMPOSE = """services:
  base:
    image: acme/base
    build: base
  app:
    build: {context: app}
"""
BAKE = """target "base" {
  context = "base"
  tags = ["acme/base:latest", "${OTHER}"]
}
target "app" {
  context = "app"
}
"""
CONTEXTS = """target "a" {
  context = "base"
}
target "app" {
  context = "app"
  contexts = { "acme/base" = "target:a" }
}
"""
OF_IMAGES = """target "a" {
  context = "base"
  tags = ["registry.test/ground:1"]
}
target "app" {
  context = "app"
  contexts = { "acme/base" = "docker-image://registry.test/ground:1" }
}
"""
SERVICES = """services:
  a:
    build: base
  app:
    build:
      context: app
      additional_contexts: {acme/base: "service:a"}
"""


def make(root: Path, files: dict[str, str]) -> Path:
    for name, text in {".git/HEAD": "", "base/Dockerfile": BASE, "app/Dockerfile": APP, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root / "app" / "Dockerfile"


def fixed(path: Path) -> str:
    result = process(Task(path=str(path), config=Config(), mode="fix"))
    assert isinstance(result, FileResult)
    assert not result.error
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("compose.yaml", COMPOSE),
        ("docker-bake.hcl", BAKE),
        ("docker-bake.json", '{"target": {"base": {"context": "base", "tags": ["acme/base"]}}}'),
        ("docker-bake.hcl", CONTEXTS),
        ("docker-bake.hcl", OF_IMAGES),
        # Neither is in a folder above the Dockerfile.
        ("ci/docker-bake.hcl", CONTEXTS),
        (".github/bake.prod.json", '{"target": {"base": {"context": "../base", "tags": ["acme/base"]}}}'),
        ("compose.yaml", SERVICES),
        (
            "compose.yaml",
            SERVICES.replace("build: base", "build: base\n    image: ground").replace(
                "service:a", "docker-image://ground"
            ),
        ),
        ("Makefile", "base:\n\tdocker build -t acme/base base\n"),
        ("build.sh", "docker buildx build --tag=acme/base:latest \\\n  -f base/Dockerfile .\n"),
        (".github/workflows/ci.yml", "run: docker build . --file base/Dockerfile --tag acme/base\n"),
        ("app/build.sh", "docker build -t acme/base ../base\n"),
        ("Makefile", "FILE ?= base/Dockerfile\nbase:\n\tdocker build . -f ${FILE} -t acme/base\n"),
        ("build.sh", 'DIR=base\ndocker build -t acme/base "$DIR"\n'),
        ("build.sh", "buildah bud -t acme/base base\n"),
        ("app/build.sh", 'cd "$(dirname "$0")"\ndocker build -t acme/base ../base\n'),
        ("app/build.sh", 'cd "$( dirname "${BASH_SOURCE[0]}")" || exit\ndocker build -t acme/base ../base\n'),
        ("app/build.sh", 'cd "${0%/*}" && docker build -t acme/base ../base\n'),
        (
            "Makefile",
            "BUILDAH_BUILD ?= buildah build\nbase:\n\t$(BUILDAH_BUILD) \\\n\t\t--tag acme/base -f base/Dockerfile\n",
        ),
        ("Makefile", "DOCKER ?= podman\nbase:\n\t$(DOCKER) build -t acme/base base\n"),
        ("build.sh", 'OWNER="${OWNER:-acme}"\nIMAGE=$OWNER/base\ndocker build -t "$IMAGE:$TAG" base\n'),
        ("build.sh", "docker build -t ${OWNER:-acme}/base base\n"),
    ],
)
def test_the_base_is_an_image_of_the_repository(tmp_path: Path, name: str, text: str) -> None:
    assert "target=/pip" in fixed(make(tmp_path, {name: text}))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("compose.yaml", COMPOSE.replace("acme/base\n", "acme/base:2\n")),
        ("compose.yaml", COMPOSE.replace("acme/base\n", "${R}acme/base\n")),
        ("docker-bake.hcl", OF_IMAGES.replace('ground:1"]', 'ground:2"]')),
        ("elsewhere/docker-bake.hcl", CONTEXTS),
        ("ci/compose.yaml", COMPOSE),
        ("compose.yaml", COMPOSE.replace("build: base", "build: nowhere")),
        ("compose.yaml", COMPOSE + "  other:\n    image: acme/base\n    build: app\n"),
        ("Makefile", "base:\n\tcd base && docker build -t acme/base .\n"),
        ("app/build.sh", 'cd "$(dirname "$0")/.."\ndocker build -t acme/base base\n'),
        ("Makefile", "base:\n\tdocker build -t acme/base $(DIR)\n"),
        ("Makefile", "base:\n\tdocker build -t acme/base --unheard x base\n"),
        ("build.sh", "docker build -t acme/base 'base\n"),
        ("build.sh", "docker build -t $OWNER/base base\n"),
        ("build.sh", "OWNER=acme\nOWNER=other\ndocker build -t $OWNER/base base\n"),
        ("README.md", "docker build -t acme/base base\n"),
    ],
)
def test_what_is_not_certain_is_not_taken(tmp_path: Path, name: str, text: str) -> None:
    assert "target=/pip" not in fixed(make(tmp_path, {name: text}))


def test_the_argument_of_the_build_counts(tmp_path: Path) -> None:
    base = "FROM python:3.13\nARG PLACE=/pip\nENV PIP_CACHE_DIR=${PLACE}\n"
    build = "docker build -t acme/base --build-arg PLACE=/else base\n"
    assert "target=/else" in fixed(make(tmp_path, {"base/Dockerfile": base, "build.sh": build}))


@pytest.mark.parametrize(
    ("given", "other", "is_known"),
    [
        ("PLACE=/pip", "", True),
        ("PLACE=/else", "", False),
        ("PLACE=/pip", "ARG PLACE=/b\n", False),
        ("NEW=/pip", "", False),
    ],
)
def test_an_argument_that_says_what_is_so_by_default(tmp_path: Path, given: str, other: str, *, is_known: bool) -> None:
    base = f"FROM python:3.13\nARG PLACE=/pip\n{other}ENV PIP_CACHE_DIR=${{PLACE}}\n"
    builds = f"docker build -t acme/base base\ndocker build -t acme/base --build-arg {given} base\n"
    text = fixed(make(tmp_path, {"base/Dockerfile": base, "build.sh": builds}))
    assert ("target=/pip" in text) == is_known


def test_who_builds_on_an_image_is_asked_before_it_changes(tmp_path: Path) -> None:
    base = "FROM debian:13\nRUN apt-get update && apt-get install -y curl\n"
    app = "FROM acme/ground\nRUN apt-get install -y git\n"
    compose = COMPOSE.replace("base", "ground")
    make(tmp_path, {"ground/Dockerfile": base, "app/Dockerfile": app, "compose.yaml": compose})
    assert "/var/lib/apt" not in fixed(tmp_path / "ground" / "Dockerfile")


def test_what_builds_on_an_image_need_not_be_built_by_the_same_files(tmp_path: Path) -> None:
    base = "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n"
    compose = "services:\n  ground:\n    image: acme/ground\n    build: ground\n"
    files = {"compose.yaml": compose, "ground/Dockerfile": base, "tool/prod.Dockerfile": "FROM debian:12\n"}
    one = make(tmp_path / "one", files).parents[1]
    assert "target=/var/lib/apt" in fixed(one / "ground/Dockerfile")
    child = {"tool/prod.Dockerfile": "FROM acme/ground\nRUN apt-get install -y git\n"}
    two = make(tmp_path / "two", files | child).parents[1]
    # It takes the lists that the image has.
    assert "target=/var/cache/apt" in fixed(two / "ground/Dockerfile")
    assert "target=/var/lib/apt" not in fixed(two / "ground/Dockerfile")


@pytest.mark.parametrize(("given", "kept"), [("acme/base", True), ("debian:13", False)])
def test_an_argument_of_the_build_names_what_is_built_on(tmp_path: Path, given: str, kept: bool) -> None:
    # The step of rosdep has no finding of its own, and its packages would stay in the image.
    built = f"  app:\n    build:\n      context: app\n      args: {{BASE: '{given}'}}\n"
    files = {
        "compose.yaml": "services:\n  base:\n    image: acme/base\n    build: ground\n" + built,
        "ground/Dockerfile": "FROM debian:13\nRUN apt-get update && apt-get install -y git\n",
        "app/Dockerfile": "ARG BASE=debian:13\nFROM $BASE\nRUN rosdep install -y --from-paths .\n",
    }
    make(tmp_path, files)
    assert ("docker-clean" not in fixed(tmp_path / "ground" / "Dockerfile")) is kept


def test_the_first_of_many_that_build_on_an_image_are_read(tmp_path: Path) -> None:
    compose = "services:\n  ground:\n    image: acme/ground\n    build: ground\n"
    children = {f"x{number:02}/Dockerfile": "FROM acme/ground\nRUN apt-get install -y git\n" for number in range(20)}
    base = "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n"
    root = make(tmp_path, {"compose.yaml": compose, "ground/Dockerfile": base, **children}).parents[1]
    assert "target=/var/lib/apt" not in fixed(root / "ground/Dockerfile")


def test_a_line_of_another_file_is_named(tmp_path: Path) -> None:
    base = "FROM maven:3.9\nCOPY pom.xml .\nRUN mvn dependency:go-offline\n"
    app = "# first\nFROM acme/base\nRUN mvn -o package\n"
    make(tmp_path, {"base/Dockerfile": base, "app/Dockerfile": app, "compose.yaml": COMPOSE})
    result = process(Task(path=str(tmp_path / "base" / "Dockerfile"), config=Config(), mode="check"))
    assert isinstance(result, FileResult)
    (one,) = result.findings
    assert "line 3 of app/Dockerfile" in one.note


def test_a_repository_without_such_files_is_not_read(tmp_path: Path) -> None:
    path = make(tmp_path, {"compose.yaml": "services:\n  a:\n    image: acme/base\n"})
    assert images_around(str(path), APP) == ()


NAMED = "ARG TAG=1.2\nFROM ghcr.io/acme/acme-base:${TAG}\nRUN pip install flask\n"


def test_an_image_is_that_of_the_folder_with_its_name(tmp_path: Path) -> None:
    path = make(tmp_path, {"acme-base/Dockerfile": BASE, "app/Dockerfile": NAMED})
    assert "target=/pip " in fixed(path)


@pytest.mark.parametrize(
    "files",
    [
        # It begins with the image of that name itself.
        {"acme-base/Dockerfile": "FROM ghcr.io/acme/acme-base\nENV PIP_CACHE_DIR=/pip\n"},
        {"acme-base/Dockerfile.dev": BASE},
        # A name of one word is that of many images.
        {"app/Dockerfile": "FROM ghcr.io/acme/base\nRUN pip install flask\n"},
    ],
)
def test_a_folder_that_tells_nothing_of_an_image(tmp_path: Path, files: dict[str, str]) -> None:
    path = make(tmp_path, {"app/Dockerfile": NAMED, **files})
    assert "target=/pip " not in fixed(path)


GROUND = """services:
  ground:
    image: acme/ground
    build: ground
  base:
    image: acme/base
    build: base
"""


@pytest.mark.parametrize(
    ("base", "ground", "known"),
    [
        ("FROM acme/ground\nRUN true\n", BASE, True),
        ("FROM acme/ground AS one\nFROM one\nRUN true\n", BASE, True),
        ("FROM acme/ground AS one\nFROM python:3.13\n", BASE, False),
        ("FROM acme/ground\nENV PIP_CACHE_DIR=/other\n", BASE, False),
        # They begin with each other.
        ("FROM acme/ground\nRUN true\n", "FROM acme/base\nENV PIP_CACHE_DIR=/pip\n", True),
        ("FROM acme/ground\nRUN true\n", "FROM acme/ground\nENV PIP_CACHE_DIR=/other\n", False),
    ],
)
def test_the_base_of_a_base_is_an_image_of_the_repository(tmp_path: Path, base: str, ground: str, known: bool) -> None:
    files = {"compose.yaml": GROUND, "base/Dockerfile": base, "ground/Dockerfile": ground}
    assert ("target=/pip" in fixed(make(tmp_path, files))) is known


@pytest.mark.parametrize(
    "base",
    ["ARG FROM=acme/ground\nFROM ${FROM}\n", "ARG FROM\nFROM $FROM\n", "ARG OWNER=acme\nFROM $OWNER/ground:1\n"],
)
def test_the_base_of_the_base_is_an_argument(tmp_path: Path, base: str) -> None:
    compose = (
        COMPOSE.replace("build: base", "build: {context: base, args: {FROM: acme/ground}}")
        + "  ground:\n    image: acme/ground\n    build: ground\n"
        + "  first:\n    image: acme/ground:1\n    build: ground\n"
    )
    files = {"compose.yaml": compose, "base/Dockerfile": base, "ground/Dockerfile": BASE}
    assert "target=/pip" in fixed(make(tmp_path, files))


def test_two_stages_on_stages_of_one_base(tmp_path: Path) -> None:
    compose = (
        GROUND.removesuffix("base\n") + "{context: base, target: one}\n  two:\n    image: acme/two\n    build: base\n"
    )
    base = "FROM acme/ground AS one\nRUN true\nFROM one AS two\nRUN true\n"
    app = "FROM acme/base AS a\nRUN pip install flask\nFROM acme/two\nRUN pip install django\n"
    files = {"compose.yaml": compose, "base/Dockerfile": base, "ground/Dockerfile": BASE, "app/Dockerfile": app}
    assert fixed(make(tmp_path, files)).count("target=/pip") == 2


def test_what_files_say_counts_more_than_the_name_of_a_folder(tmp_path: Path) -> None:
    compose = "services:\n  base:\n    image: ghcr.io/acme/acme-base:1.2\n    build: base\n"
    other = BASE.replace("/pip", "/other")
    path = make(tmp_path, {"acme-base/Dockerfile": other, "app/Dockerfile": NAMED, "compose.yaml": compose})
    assert "target=/pip " in fixed(path)


def test_a_context_with_the_name_of_a_file_beside_it(tmp_path: Path) -> None:
    """The file has an argument that the build sets, which its name alone does not tell."""
    bake = (
        'target "our-base" {\n  dockerfile = "app/Dockerfile.our-base"\n  args = { RELEASE = R }\n}\n'
        'target "app" {\n  dockerfile = "app/Dockerfile"\n  contexts = { our-base = "target:our-base" }\n}\n'
    )
    app = "FROM our-base\nRUN pip install flask\n"
    files = {"docker-bake.hcl": bake, "app/Dockerfile.our-base": f"ARG RELEASE\n{BASE}", "app/Dockerfile": app}
    assert "target=/pip " in fixed(make(tmp_path, files))


def test_no_folder_outside_of_the_repository_is_read(tmp_path: Path) -> None:
    path = make(tmp_path, {"acme-base/Dockerfile": BASE, "app/Dockerfile": NAMED, "app/.git/HEAD": ""})
    assert "target=/pip " not in fixed(path)


MAKE = """TAG ?= first
REGISTRY ?= a.example
test:
\tcd tools && ls
ground:
\tdocker buildx build \\
\t\t--tag ${REGISTRY}/acme/ground:${TAG} \\
\t\t$(if ${LATEST},--tag ${REGISTRY}/acme/ground:latest) \\
\t\t--platform ${PLATFORMS} \\
\t\t-f ./docker/ground.Dockerfile \\
\t\t$(if ${PUSH},--push .,.)
"""
SHELL = "REGISTRY=a.example\ndocker build -t $REGISTRY/acme/ground:$1 -f docker/ground.Dockerfile .\n"


@pytest.mark.parametrize(
    ("name", "text", "known"),
    [
        ("Makefile", MAKE, True),
        ("build.sh", SHELL, True),
        ("Makefile", MAKE.replace("REGISTRY ?= a.example", "REGISTRY ?= b.example"), False),
        ("Makefile", MAKE.replace("\tdocker buildx", "\tcd docker && docker buildx"), False),
        ("build.sh", "cd docker\n" + SHELL, False),
        ("build.sh", SHELL.replace("REGISTRY=a.example", "REGISTRY=$(registry)"), False),
    ],
)
def test_variables_that_the_file_sets(tmp_path: Path, name: str, text: str, known: bool) -> None:
    child = "ARG BASE=4\nFROM a.example/acme/ground:${BASE}\nRUN pip install flask\n"
    path = make(tmp_path, {name: text, "docker/ground.Dockerfile": BASE, "app/Dockerfile": child})
    assert ("target=/pip " in fixed(path)) == known


@pytest.mark.parametrize(
    ("image", "base", "known"),
    [
        ("${IMAGE:-acme/ground}", "acme/ground:4", True),
        ("${IMAGE:-acme/ground:1}", "acme/ground", True),
        ("acme/ground:${TAG:-1}", "acme/ground:4", True),
        ("acme/ground:$TAG", "acme/ground:4", True),
        ("${OWNER-acme}/ground:1", "acme/ground:1", True),
        ("${OWNER-acme}/ground:1", "acme/ground:4", False),
        ("${OWNER}/ground:1", "acme/ground:1", False),
        ("acme/$$ground", "acme/ground", False),
    ],
)
def test_variables_of_a_compose_file(tmp_path: Path, image: str, base: str, known: bool) -> None:
    compose = f"services:\n  ground:\n    image: '{image}'\n    build: ground\n"
    child = f"FROM {base}\nRUN pip install flask\n"
    path = make(tmp_path, {"compose.yaml": compose, "ground/Dockerfile": BASE, "app/Dockerfile": child})
    assert ("target=/pip " in fixed(path)) == known


@pytest.mark.parametrize(
    ("name", "text", "known"),
    [
        ("docker/cpu.yaml", COMPOSE.replace("build: base", "build: ../base"), True),
        ("docker/cpu.yaml", COMPOSE.replace("build: base", "build: ../base").replace("services:", "spec:"), False),
        (".cpu.yaml", COMPOSE, False),
        ("cpu.txt", COMPOSE, False),
    ],
)
def test_a_compose_file_with_another_name(tmp_path: Path, name: str, text: str, known: bool) -> None:
    path = make(tmp_path, {name: text, "docker/app/Dockerfile": APP}).parent.parent / "docker" / "app" / "Dockerfile"
    assert ("target=/pip " in fixed(path)) == known


INSTALLS = "RUN apt-get update && apt-get install -y git\n"
ROS = f"FROM ubuntu:22.04\n{INSTALLS}"
GIVEN = """services:
  arm:
    build:
      context: ..
      dockerfile: arm/Dockerfile
      args:
        BASE: ${BASE:-acme/robot:cpu_base}
"""


@pytest.mark.parametrize(
    ("steps", "compose", "for_good"),
    [
        (f"RUN rosdep install -y --from-paths src\n{INSTALLS}", GIVEN, False),
        (f"{INSTALLS}RUN rosdep install -y --from-paths src\n", GIVEN, True),
        ("RUN rosdep install -y --from-paths src\n", GIVEN, False),
        ("RUN rosdep install -y --from-paths src\n", GIVEN.replace("acme/robot", "acme/other"), True),
    ],
)
def test_a_folder_below_builds_on_the_image(tmp_path: Path, steps: str, compose: str, for_good: bool) -> None:
    named = "services:\n  base:\n    image: acme/robot:cpu_base\n    build: {context: ., dockerfile: Dockerfile.ROS}\n"
    arm = f"ARG BASE=ubuntu:22.04\nFROM $BASE\n{steps}"
    files = {"cpu.yaml": named, "Dockerfile.ROS": ROS, "arm/compose.yaml": compose, "arm/Dockerfile": arm}
    make(tmp_path, files)
    assert ("docker-clean" in fixed(tmp_path / "Dockerfile.ROS")) is for_good


@pytest.mark.parametrize(
    ("default", "command", "is_known"),
    [
        ("old/base", "docker build --build-arg=BASE=$(NAME) -f app/Dockerfile .", True),
        ("old/base", "docker build --build-arg=BASE=acme/other -f app/Dockerfile .", False),
        ("old/base", "docker build --build-arg=OTHER=$(NAME) -f app/Dockerfile .", False),
        # Without the argument, a build begins with this one.
        ("python:3.13", "docker build --build-arg=BASE=$(NAME) -f app/Dockerfile .", False),
    ],
)
def test_an_image_that_all_builds_give_in_place_of_the_default(
    tmp_path: Path, default: str, command: str, is_known: bool
) -> None:
    text = f"ARG BASE={default}\nFROM $BASE\nRUN pip install flask\n"
    makefile = f"NAME := acme/base\nbase:\n\tdocker build -t acme/base base\napp:\n\t{command}\n"
    assert ("target=/pip" in fixed(make(tmp_path, {"app/Dockerfile": text, "Makefile": makefile}))) == is_known


def test_the_base_begins_with_an_argument(tmp_path: Path) -> None:
    files = {
        "ground/Dockerfile": BASE,
        "base/Dockerfile": "ARG GROUND=acme/ground:1@sha256:0\nFROM ${GROUND}\nRUN echo\n",
        "app/Dockerfile": "ARG BASE=acme/base:1\nFROM ${BASE}\nRUN pip install flask\n",
        "Makefile": "all:\n\tdocker build -t acme/ground:1 ground\n\tdocker build -t acme/base:1 base\n",
    }
    assert "target=/pip" in fixed(make(tmp_path, files))


@pytest.mark.parametrize(
    ("base", "is_known"),
    [(BASE, True), ("FROM quay.test/upstream/builder-base\n" + BASE.partition("\n")[2], False)],
)
@pytest.mark.parametrize("name", ["$REGISTRY/builder-base:$TAG", "${REGISTRY}/builder-base"])
def test_a_registry_that_only_the_build_tells(tmp_path: Path, name: str, base: str, *, is_known: bool) -> None:
    files = {
        "base/Dockerfile": base,
        "app/Dockerfile": "ARG BASE=ghcr.io/acme/builder-base\nFROM ${BASE}\nRUN pip install flask\n",
        "build.sh": f"docker build -t {name} base\n",
    }
    assert ("target=/pip" in fixed(make(tmp_path, files))) == is_known


@pytest.mark.parametrize("base", ["${REGISTRY}/builder-base", "${REGISTRY:-ghcr.io/acme}/builder-base:${TAG}"])
def test_a_registry_by_default(tmp_path: Path, base: str) -> None:
    files = {
        "base/Dockerfile": BASE,
        "app/Dockerfile": f"ARG REGISTRY=ghcr.io/acme\nARG TAG=1\nFROM {base}\nRUN pip install flask\n",
        "build.sh": "docker build -t ghcr.io/acme/builder-base:$TAG base\n",
    }
    assert "target=/pip" in fixed(make(tmp_path, files))
